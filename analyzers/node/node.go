// Package node holds the rules about JavaScript and TypeScript that runs on Node.js: what a program does that works
// differently in workerd, or not at all.
//
// The claims are about the lifted app: packed by the emitted project's build and hosted by its runtime, in a Durable
// Object or a plain Worker. Each rule about the runtime names a probe that shows the claim in workerd.
package node

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// Language lists the rules.
func Language() *analysis.Language {
	return &analysis.Language{
		Name:    "node",
		Example: "app.js",
		Rules: []*analysis.Rule{
			dirnamePath(), fsRead(), fsReaddir(), fsStatic(), fsSync(), fsUpload(), fsWatch(), fsWrite(), fsWriteTmp(), fsWriteVolume(),
			http2Server(), httpListen(), listenSeveral(), netListenTCP(), tlsOwn(), udpListen(), unixSocketListen(), websocketUpgrade(),
			atomicsWait(), childProcess(), clusterFork(), processExit(), processKill(), processManager(), processSignal(), stdinReadline(), workerThreads(),
			cryptoSync(), hashCost(), heavyLoop(), heavyPackage(), zlibSync(), codeGeneration(), codeGenerationPackage(), nativeAddon(),
			cacheMemory(), eventBusMemory(), memoryState(), rateLimitMemory(), sessionMemory(), bootIO(), timer(), timerPoll(),
			httpAgentPool(), netConnect(), networkLocalhost(), smtpPort25(), bodyLimit(), poolAtModuleScope(), secretInSource(), sqliteFile(), templateFromDisk(),
		},
	}
}

// checked is the day the claims of these rules were last seen in workerd.
const checked = "2026-11-21"

// maker is the callee without the method at its end: "pg.Pool()" of "pg.Pool().query".
func maker(callee string) string {
	if i := strings.LastIndex(callee, "()."); i >= 0 {
		return callee[:i+2]
	}
	return ""
}

// packageOf is the package or builtin module that a resolved name begins with: "pg" of "pg.Pool().query",
// "@scope/x" of "@scope/x.y", "node:fs/promises" of "node:fs/promises.readFile".
func packageOf(callee string) string {
	rest, scope := callee, ""
	if strings.HasPrefix(callee, "@") {
		if i := strings.IndexByte(callee, '/'); i > 0 {
			scope, rest = callee[:i+1], callee[i+1:]
		}
	}
	if i := strings.IndexAny(rest, ".("); i >= 0 {
		rest = rest[:i]
	}
	return scope + rest
}

// calls visits the calls of the module whose callee is one of the names.
func calls(p *analysis.ModulePass, names map[string]bool, visit func(c *syntax.Call)) {
	for i := range p.Module.Calls {
		if c := &p.Module.Calls[i]; names[c.Callee] {
			visit(c)
		}
	}
}

// reportCalls makes the check of a rule that says the same of every call of these names. %s in the message is the callee as
// written.
func reportCalls(names map[string]bool, message, remedy string, needs ...model.Need) func(*analysis.ModulePass) {
	return func(p *analysis.ModulePass) {
		calls(p, names, func(c *syntax.Call) { p.Report(c.Span, fmt.Sprintf(message, code(c)), remedy, needs...) })
	}
}

// code is the callee as written, as code in a message and on one line.
func code(c *syntax.Call) string {
	return "`" + strings.ReplaceAll(strings.Join(strings.Fields(c.Text), " "), " .", ".") + "`"
}

func set(names ...string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, name := range names {
		out[name] = true
	}
	return out
}
