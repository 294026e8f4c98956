package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func memoryState() *analysis.Rule {
	return &analysis.Rule{
		Name: "memory-state", Category: model.CategoryState, Severity: model.Minor,
		Title: "Memory that requests share",
		What:  "A variable, Map, array or object of a module that requests change: counters, caches, sessions, rate limits, in-process queues.",
		Why: "Plain Workers run in many isolates that share no memory, and an isolate can end at any time: each request may see another copy. " +
			"One Durable Object is one process for all requests and keeps it until it is evicted, as a container keeps it until it restarts.",
		Remedy:      "Nothing has to be done for a Durable Object, which convert chooses for this. What must survive a restart belongs in a store.",
		Bad:         "const app = require('express')();\nlet visits = 0;\napp.get('/', (req, res) => {\n  visits += 1;\n  res.json({ visits });\n});\n",
		Good:        "const app = require('express')();\nconst started = Date.now();\napp.get('/', (req, res) => {\n  let visits = 0;\n  visits += 1;\n  res.json({ visits, started });\n});\n",
		Since:       checked,
		Probe:       "memory-state",
		OnlyShipped: true,
		CheckModule: checkMemoryState,
	}
}

func checkMemoryState(p *analysis.ModulePass) {
	seen := map[string]bool{}
	for i := range p.Module.Assigns {
		a := &p.Module.Assigns[i]
		if !a.Global || a.Where == syntax.AtModule || seen[a.Target] || !holdsState(p.Module, a) {
			continue
		}
		seen[a.Target] = true
		p.Report(a.Span, fmt.Sprintf("`%s` is changed after start-up and shared by all requests; isolates share no memory, so each would count for itself", a.Target),
			"Nothing has to be done for a Durable Object, which convert chooses for this; what must survive a restart belongs in a store.",
			model.Need{Kind: model.NeedProcess, Detail: "memory"})
	}
}

// holdsState tells whether the changed variable is data rather than a configuration object that a function fills once:
// a number or string that is reassigned, or a collection that is added to.
func holdsState(module *syntax.Module, a *syntax.Assign) bool {
	for _, v := range module.Globals {
		if v.Name != a.Target {
			continue
		}
		if fromImport(module, v) {
			return false // calls that look like changes are calls of another module or package
		}
		switch v.Kind {
		case "import", "class", "function":
			return false
		}
		if a.Kind == "method" || a.Kind == "property" || a.Kind == "delete" {
			return v.Init.Kind == syntax.Object || v.Init.Kind == syntax.Array || collections[v.Maker]
		}
		return true
	}
	return false
}

// fromImport tells whether a variable is what require or a dynamic import gave.
func fromImport(module *syntax.Module, v syntax.Variable) bool {
	for _, at := range module.Imports {
		if at.Span.Start.Line == v.Span.Start.Line && at.Kind != "type" {
			return true
		}
	}
	return false
}

// collections are constructors of what holds data.
var collections = set("Map", "Set", "WeakMap", "Array", "Object", "Object.create")
