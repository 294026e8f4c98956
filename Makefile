# What every target needs comes from go.mod and templates/package-lock.json; nothing is installed by hand.
GO      ?= go
NPM     ?= npm
BIN     := bin/dock2edge
NODEBIN := $(CURDIR)/templates/node_modules/.bin
export PATH := $(NODEBIN):$(PATH)
export WRANGLER_SEND_METRICS := false

.PHONY: setup build run test suite check bench probes fuzz generate clean

setup: templates/node_modules/.setup build ## install the pinned toolchain (Node 22, wrangler, esbuild) and build the program

templates/node_modules/.setup: templates/package-lock.json
	$(NPM) ci --prefix templates --no-fund --no-audit
	@touch $@

build: ## build bin/dock2edge
	$(GO) build -o $(BIN) ./cmd/dock2edge

run: setup ## audit, convert and verify the bundled example in workerd
	./testdata/projects/run-example $(BIN)

test: setup ## every test: Go, TypeScript in workerd, conversions against their originals
	./testdata/services/install
	$(GO) test -timeout 60m ./...
	$(NPM) test --prefix templates

suite: setup ## small unmodified apps on Node.js and in workerd; GROUP=express APP=json for some (docs/suite.md)
	./testdata/services/install
	SUITE=1 SUITE_WORK=bin/suite SUITE_OUT=bin/suite/results GROUP="$(GROUP)" APP="$(APP)" \
		$(GO) test -count=1 -timeout 120m -run '^TestSuite$$' ./internal/cli; status=$$?; cat bin/suite/results.txt; exit $$status

check: setup ## formatters, vet, types
	test -z "$$(gofmt -l cmd internal analyzers templates/*.go)"
	$(GO) vet ./...
	$(NPM) run check --prefix templates

bench: setup ## speed of audit and convert beside their peers, cost of the lift beside Node.js
	./testdata/bench/run $(BIN)
	./testdata/bench/lift/run $(BIN)

probes: setup ## show every claim about the runtime in workerd
	$(GO) test -timeout 30m -run 'TestProbes' ./analyzers/...

generate: build ## docs that are made from declarations
	./$(BIN) docs docs

clean:
	rm -rf bin templates/node_modules
