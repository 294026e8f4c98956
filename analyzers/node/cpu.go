package node

import (
	"cmp"
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func hashCost() *analysis.Rule {
	return &analysis.Rule{
		Name: "hash-cost", Category: model.CategoryCPU, Severity: model.Minor,
		Title: "Password hash with a high cost",
		What:  "bcrypt with 12 rounds or more, PBKDF2 with 100,000 iterations or more, scrypt with N of 2^15 or more.",
		Why: "Such a hash takes hundreds of milliseconds of CPU time: more than the 10 ms that a request has on the free plan, and it is billed on the " +
			"paid one. bcryptjs, which takes bcrypt's place, is about three times slower than the native addon.",
		Remedy:      "Use the paid plan, and set `limits.cpu_ms` above what a hash takes. crypto.subtle and node:crypto are faster than JavaScript.",
		Links:       []string{"https://developers.cloudflare.com/workers/platform/limits/"},
		Bad:         "const bcrypt = require('bcrypt');\nmodule.exports = (password) => bcrypt.hash(password, 14);\n",
		Good:        "const bcrypt = require('bcrypt');\nmodule.exports = (password) => bcrypt.hash(password, 10);\n",
		Since:       checked,
		Mentions:    append(analysis.Imports("bcrypt", "bcryptjs"), "pbkdf2", "scrypt"),
		CheckModule: checkHashCost,
	}
}

// costs are the calls of password hashes: which argument holds the cost, and from which on it is high.
var costs = map[string]struct {
	argument int
	high     float64
	unit     string
}{
	"bcrypt.hash": {1, 12, "rounds"}, "bcrypt.hashSync": {1, 12, "rounds"}, "bcrypt.genSalt": {0, 12, "rounds"}, "bcrypt.genSaltSync": {0, 12, "rounds"},
	"bcryptjs.hash": {1, 12, "rounds"}, "bcryptjs.hashSync": {1, 12, "rounds"}, "bcryptjs.genSalt": {0, 12, "rounds"}, "bcryptjs.genSaltSync": {0, 12, "rounds"},
	"node:crypto.pbkdf2": {2, 100_000, "iterations"}, "node:crypto.pbkdf2Sync": {2, 100_000, "iterations"},
}

func checkHashCost(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		cost, ok := costs[c.Callee]
		value, unit := c.Arg(cost.argument), cost.unit
		if c.Callee == "node:crypto.scrypt" || c.Callee == "node:crypto.scryptSync" {
			ok, cost.high, unit = true, 1<<15, "as N"
			for _, option := range []string{"N", "cost"} {
				if v, set := c.Arg(3).Fields[option]; set {
					value = v
				}
			}
		}
		if ok && value.Kind == syntax.Number && value.Number >= cost.high {
			p.Report(c.Span, fmt.Sprintf("%s with %.0f %s takes hundreds of milliseconds of CPU time; a request has %d ms on the free plan", code(c), value.Number, unit, platform.CPUTime().Free),
				"Use the paid plan, and set `limits.cpu_ms` above what a hash takes.")
		}
	}
}

func cryptoSync() *analysis.Rule {
	return &analysis.Rule{
		Name: "crypto-sync", Category: model.CategoryCPU, Severity: model.Minor,
		Title: "Synchronous password hash while a request is served",
		What:  "pbkdf2Sync, scryptSync, bcrypt.hashSync and bcrypt.compareSync in a request handler.",
		Why: "As in Node, no other request of the process goes on while it runs. The one Durable Object serves everybody, so all wait; its CPU time is " +
			"counted for the request.",
		Remedy:   "Use the asynchronous form, and keep the cost low.",
		Bad:      "const crypto = require('crypto');\nconst app = require('express')();\napp.post('/login', (req, res) => res.send(crypto.pbkdf2Sync(req.body.password, 'salt', 10000, 32, 'sha256')));\n",
		Good:     "const crypto = require('crypto');\nmodule.exports = (password, done) => crypto.pbkdf2(password, 'salt', 10000, 32, 'sha256', done);\n",
		Since:    checked,
		Probe:    "crypto-sync",
		Mentions: []string{"Sync("},
		CheckModule: inHandlers(set("node:crypto.pbkdf2Sync", "node:crypto.scryptSync", "node:crypto.generateKeyPairSync", "bcrypt.hashSync", "bcrypt.compareSync", "bcryptjs.hashSync", "bcryptjs.compareSync"),
			"%s in a request holds up all other requests of the process while it runs", "Use the asynchronous form."),
	}
}

func zlibSync() *analysis.Rule {
	return &analysis.Rule{
		Name: "zlib-sync", Category: model.CategoryCPU, Severity: model.Minor,
		Title: "Synchronous compression while a request is served",
		What:  "gzipSync, deflateSync, brotliCompressSync and their counterparts in a request handler.",
		Why: "As in Node, no other request of the process goes on while they run, and input and output are in memory at once. The edge compresses " +
			"answers by itself.",
		Remedy:   "Leave the compression of answers to the edge; use streams for the rest.",
		Bad:      "const zlib = require('zlib');\nconst app = require('express')();\napp.get('/', (req, res) => res.send(zlib.gzipSync('text')));\n",
		Good:     "const zlib = require('zlib');\nmodule.exports = (stream) => stream.pipe(zlib.createGzip());\n",
		Since:    checked,
		Probe:    "crypto-sync",
		Mentions: []string{"Sync("},
		CheckModule: inHandlers(set("node:zlib.gzipSync", "node:zlib.gunzipSync", "node:zlib.deflateSync", "node:zlib.inflateSync", "node:zlib.deflateRawSync", "node:zlib.inflateRawSync",
			"node:zlib.unzipSync", "node:zlib.brotliCompressSync", "node:zlib.brotliDecompressSync"),
			"%s in a request holds up all other requests of the process while it runs", "Leave the compression of answers to the edge, or use streams."),
	}
}

// inHandlers makes the check of a rule about calls that only matter while a request is served.
func inHandlers(names map[string]bool, message, remedy string) func(*analysis.ModulePass) {
	return func(p *analysis.ModulePass) {
		calls(p, names, func(c *syntax.Call) {
			if c.Where == syntax.InHandler {
				p.Report(c.Span, fmt.Sprintf(message, code(c)), remedy)
			}
		})
	}
}

func heavyLoop() *analysis.Rule {
	return &analysis.Rule{
		Name: "heavy-loop", Category: model.CategoryCPU, Severity: model.Minor,
		Title: "Loops that run very often",
		What:  "Nested loops with constant bounds whose product is 100 million or more.",
		Why: "Each round takes at least a nanosecond or so. A request has 10 ms of CPU time on the free plan and 30 s by default on the paid one, " +
			"after which it is ended; meanwhile no other request of the process goes on.",
		Remedy:      "Compute ahead, or in a queue's consumer in parts.",
		Links:       []string{"https://developers.cloudflare.com/workers/platform/limits/"},
		Bad:         "module.exports = () => {\n  let sum = 0;\n  for (let i = 0; i < 100000; i++) for (let j = 0; j < 100000; j++) sum += i ^ j;\n  return sum;\n};\n",
		Good:        "module.exports = () => {\n  let sum = 0;\n  for (let i = 0; i < 1000; i++) sum += i;\n  return sum;\n};\n",
		Since:       checked,
		OnlyShipped: true, // no text tells a long loop from any other
		CheckModule: checkHeavyLoop,
	}
}

// manyRounds are more than a request of the free plan can do.
const manyRounds = 1e8

func checkHeavyLoop(p *analysis.ModulePass) {
	for i, outer := range p.Module.Loops {
		if outer.Depth != 1 || outer.Bound < 1 {
			continue
		}
		rounds := outer.Bound
		for _, inner := range p.Module.Loops[i+1:] {
			if inner.Depth > 1 && inner.Bound > 1 && encloses(outer.Span, inner.Span) {
				rounds = max(rounds, outer.Bound*inner.Bound)
			}
		}
		if rounds >= manyRounds && !outer.Awaits {
			p.Report(outer.Span, fmt.Sprintf("The loop runs %.0e rounds; a request has %d ms of CPU time on the free plan", rounds, platform.CPUTime().Free),
				"Compute ahead, or in a queue's consumer in parts.")
		}
	}
}

func encloses(outer, inner source.Span) bool {
	begins := cmp.Or(cmp.Compare(outer.Start.Line, inner.Start.Line), cmp.Compare(outer.Start.Column, inner.Start.Column))
	ends := cmp.Or(cmp.Compare(inner.End.Line, outer.End.Line), cmp.Compare(inner.End.Column, outer.End.Column))
	return begins <= 0 && ends <= 0
}
