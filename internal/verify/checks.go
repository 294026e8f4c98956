package verify

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/tailscale/hujson"
)

// maxBuilds is how many Workers are built at once at most: each build is a Node.js process with esbuild beside it.
const maxBuilds = 4

// notBuilt is why nothing can be asked of a Worker.
const notBuilt = "the Worker could not be built"

// install makes sure that the project's packages are there.
func (r *runner) install(ctx context.Context) bool {
	if fresh(r.options.Dir) {
		r.check("install", "", "passed", "node_modules is there")
		return true
	}
	out, err := run(ctx, r.options.Dir, r.env(nil), "npm", "install", "--no-audit", "--no-fund")
	if err != nil {
		r.check("install", "", "failed", fmt.Sprintf("%v\n%s", err, lastLines(out, 15)))
		return false
	}
	r.check("install", "", "passed", "npm install")
	return true
}

// fresh tells whether node_modules was installed after package.json was written.
func fresh(dir string) bool {
	installed, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	if err != nil {
		return false
	}
	manifest, err := os.Stat(filepath.Join(dir, "package.json"))
	return err == nil && !manifest.ModTime().After(installed.ModTime())
}

// schema checks every wrangler.jsonc against the schema that the project's wrangler ships.
func (r *runner) schema() {
	schema, err := compileSchema(filepath.Join(r.options.Dir, "node_modules", "wrangler", "config-schema.json"))
	for _, s := range r.workers() {
		if err != nil {
			r.check("schema", s.Worker, "skipped", "wrangler's schema cannot be read: "+err.Error())
			continue
		}
		text, err := os.ReadFile(filepath.Join(r.dir(s), "wrangler.jsonc"))
		if err != nil {
			r.check("schema", s.Worker, "failed", err.Error())
			continue
		}
		if err := validateConfig(schema, text); err != nil {
			r.check("schema", s.Worker, "failed", err.Error())
			continue
		}
		r.check("schema", s.Worker, "passed", "")
	}
}

func compileSchema(file string) (*jsonschema.Schema, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("wrangler.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("wrangler.json")
}

func validateConfig(schema *jsonschema.Schema, text []byte) error {
	standard, err := hujson.Standardize(text)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(standard))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// build runs every Worker's own build, several at once, and tells which could be built.
func (r *runner) build(ctx context.Context) map[string]bool {
	workers := r.workers()
	outputs, errs := make([]string, len(workers)), make([]error, len(workers))
	slots := make(chan struct{}, min(maxBuilds, runtime.NumCPU()))
	var wait sync.WaitGroup
	for i, s := range workers {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			outputs[i], errs[i] = run(ctx, r.dir(s), r.env(nil), "npm", "run", "build", "--silent")
		})
	}
	wait.Wait()
	built := map[string]bool{}
	for i, s := range workers {
		if errs[i] != nil {
			r.check("build", s.Worker, "failed", lastLines(outputs[i], 25))
			continue
		}
		built[s.Name] = true
		r.check("build", s.Worker, "passed", lastLines(outputs[i], 1))
	}
	return built
}

// types generates the binding types and type-checks the Worker's own files and the runtime with them.
func (r *runner) types(ctx context.Context) {
	for _, s := range r.workers() {
		switch {
		case s.Target == "assets":
			r.check("types", s.Worker, "skipped", "a Worker of assets has no code")
		case !r.built[s.Name]:
			r.check("types", s.Worker, "skipped", notBuilt)
		default:
			out, err := run(ctx, r.dir(s), r.env(nil), "npm", "run", "types", "--silent")
			if err == nil {
				out, err = run(ctx, r.dir(s), r.env(nil), "npm", "run", "check", "--silent")
			}
			if err != nil {
				r.check("types", s.Worker, "failed", lastLines(out, 15))
				continue
			}
			r.check("types", s.Worker, "passed", "")
		}
	}
}

var uploadSize = regexp.MustCompile(`Total Upload: .*`)

// dryRun packs each Worker as a deploy would and reports the size.
func (r *runner) dryRun(ctx context.Context) {
	for _, s := range r.workers() {
		if !r.built[s.Name] {
			r.check("dry-run", s.Worker, "skipped", notBuilt)
			continue
		}
		dir, err := os.MkdirTemp("", "dock2edge-dry-run-*")
		if err != nil {
			r.check("dry-run", s.Worker, "skipped", err.Error())
			continue
		}
		out, err := run(ctx, r.dir(s), r.env(nil), "npx", "wrangler", "deploy", "--dry-run", "--outdir", dir)
		os.RemoveAll(dir)
		if err != nil {
			r.check("dry-run", s.Worker, "failed", lastLines(out, 15))
			continue
		}
		r.check("dry-run", s.Worker, "passed", strings.TrimSpace(uploadSize.FindString(out)))
	}
}
