package node

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// programOf is the first word of a command, when it is a plain name.
func programOf(v syntax.Value) string {
	if v.Kind != syntax.String && v.Kind != syntax.Template {
		return ""
	}
	word, _, _ := strings.Cut(strings.TrimSpace(v.Text), " ")
	if word == "" || strings.ContainsAny(word, "*=$\"'`;&|<>\n") {
		return ""
	}
	return "`" + word + "`"
}

// trimCall takes the call off the name of what a call returned: "express" of "express()".
func trimCall(made string) string { return strings.TrimSuffix(made, "()") }

func processManager() *analysis.Rule {
	return &analysis.Rule{
		Name: "process-manager", Category: model.CategoryProcess, Severity: model.Info,
		Title: "Process manager or watcher in front of the app",
		What:  "pm2, forever, nodemon and node --watch in the container's command.",
		Why: "A Worker is started by requests and restarted by the platform. The program behind the manager is what runs; the manager's settings " +
			"(instances, restarts, memory limits, watching) have no meaning. Further programs it starts are dockerfile-several-processes.",
		Remedy:       "Nothing has to be done.",
		Bad:          "-- Dockerfile --\nFROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"pm2-runtime\", \"app.js\"]\n-- app.js --\nrequire('http').createServer((req, res) => res.end('hi')).listen(3000);\n",
		Good:         "-- Dockerfile --\nFROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"app.js\"]\n-- app.js --\nrequire('http').createServer((req, res) => res.end('hi')).listen(3000);\n",
		Since:        checked,
		CheckService: checkProcessManager,
	}
}

func checkProcessManager(p *analysis.ServicePass) {
	entry := p.Service.Entry
	if entry == nil || entry.Kind != "node" || entry.Span.IsZero() {
		return
	}
	for _, launcher := range entry.Launchers {
		if slices.Contains([]string{"pm2", "pm2-runtime", "pm2-docker", "forever", "nodemon", "node --watch", "node-dev", "ts-node-dev", "tsnd"}, launcher) {
			p.Report(entry.Span, fmt.Sprintf("%s starts the app; the Worker runs the program itself and is restarted by the platform", launcher), "Nothing has to be done.")
		}
	}
}

func processSignal() *analysis.Rule {
	return &analysis.Rule{
		Name: "process-signal", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "Work that is done when the process is told to end",
		What:  "Listeners for SIGTERM, SIGINT, beforeExit, and packages such as terminus or death.",
		Why: "A Durable Object that is evicted, or replaced by a deploy, gets no signal: the listener never runs. Registering it is harmless. " +
			"Connections are closed with the object, and writes to volumes and storage are on disk when the call returns.",
		Remedy:      "Nothing has to be done for closing connections and servers. Save state when it changes, not at the end.",
		Bad:         "process.on('SIGTERM', () => process.exit(0));\n",
		Good:        "process.on('unhandledRejection', (error) => console.error(error));\n",
		Since:       checked,
		Probe:       "process-signal",
		Mentions:    append(analysis.Imports("@godaddy/terminus", "death", "node-graceful-shutdown", "http-graceful-shutdown", "close-with-grace", "signal-exit"), "SIGTERM", "SIGINT", "SIGHUP", "beforeExit"),
		CheckModule: checkProcessSignal,
	}
}

// shutdownPackages are calls of packages that listen for signals.
var shutdownPackages = set("@godaddy/terminus.createTerminus", "death", "http-graceful-shutdown", "close-with-grace", "signal-exit", "signal-exit.onExit")

func checkProcessSignal(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		event := c.Arg(0)
		listens := (c.Callee == "process.on" || c.Callee == "process.once" || c.Callee == "process.addListener") && event.Kind == syntax.String &&
			(strings.HasPrefix(event.Text, "SIG") || event.Text == "beforeExit")
		if !listens && !shutdownPackages[c.Callee] {
			continue
		}
		what := code(c)
		if listens {
			what = "The listener for " + event.Text
		}
		p.Report(c.Span, what+" never runs: an object that is evicted or replaced gets no signal", "Save state when it changes; nothing has to be done for closing connections.")
	}
}

func processExit() *analysis.Rule {
	return &analysis.Rule{
		Name: "process-exit", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "process.exit",
		What:  "process.exit and process.abort.",
		Why: "The runtime ends the process as in a container: what is under way is answered with 502, and the next request starts the app anew. In " +
			"workerd itself the call does nothing at global scope and ends only the request in a handler.",
		Remedy:      "Nothing has to be done for a failed start. In a handler, answer with an error instead: the exit costs everybody's requests.",
		Bad:         "if (!process.env.DATABASE_URL) process.exit(1);\n",
		Good:        "process.on('exit', () => console.log('over'));\n",
		Since:       checked,
		Probe:       "process-exit",
		Mentions:    append(analysis.Imports("process", "node:process"), "process.exit", "process.abort"),
		CheckModule: checkProcessExit,
	}
}

func checkProcessExit(p *analysis.ModulePass) {
	calls(p, set("process.exit", "process.abort", "process.reallyExit"), func(c *syntax.Call) {
		f := p.Report(c.Span, fmt.Sprintf("%s ends the instance, and the next request starts it again", code(c)), "Nothing has to be done for a start that fails.")
		if c.Where == syntax.InHandler {
			f.Severity = model.Minor
			f.Message = fmt.Sprintf("%s in a request ends the instance for everybody: all requests under way are answered with 502", code(c))
			f.Remedy = "Answer with an error instead."
		}
	})
}

func processKill() *analysis.Rule {
	return &analysis.Rule{
		Name: "process-kill", Category: model.CategoryProcess, Severity: model.Minor,
		Title: "Signals to processes",
		What:  "process.kill, and packages that find or end processes.",
		Why: "There is one process, and its number is 1. A signal to it calls the app's listeners or ends it, as Node does; every other number is " +
			"unknown (ESRCH), since no other process exists.",
		Remedy:      "Nothing has to be done for signals to the own process. Remove what looks after other processes.",
		Bad:         "module.exports = (pid) => process.kill(pid, 'SIGTERM');\n",
		Good:        "module.exports = (job) => job.kill('SIGTERM');\n",
		Since:       checked,
		Probe:       "process-kill",
		Mentions:    append(analysis.Imports("tree-kill", "ps-list", "find-process", "fkill"), "process.kill", "node:process"),
		CheckModule: checkProcessKill,
	}
}

func checkProcessKill(p *analysis.ModulePass) {
	calls(p, set("process.kill", "tree-kill", "ps-list", "find-process", "fkill"), func(c *syntax.Call) {
		if c.Arg(0).Text == "process.pid" {
			return
		}
		p.Report(c.Span, fmt.Sprintf("%s finds no other process: an isolate is one process with the number 1", code(c)), "Remove what looks after other processes.")
	})
}

func stdinReadline() *analysis.Rule {
	return &analysis.Rule{
		Name: "stdin-readline", Category: model.CategoryProcess, Severity: model.Minor,
		Title:       "Input from a terminal",
		What:        "Reading process.stdin, and prompts: readline over process.stdin, inquirer, prompts, enquirer.",
		Why:         "A Worker has no standard input. The runtime's is at its end from the start, so a prompt gets no answer.",
		Remedy:      "Take the input from variables, or keep the command-line part out of the service.",
		Bad:         "process.stdin.on('data', (text) => console.log(String(text)));\n",
		Good:        "process.stdout.write('started');\n",
		Since:       checked,
		Probe:       "stdin-readline",
		Mentions:    append(analysis.Imports("inquirer", "prompts", "enquirer", "readline-sync", "prompt"), "process.stdin", "node:process"),
		CheckModule: checkStdin,
	}
}

func checkStdin(p *analysis.ModulePass) {
	prompts := set("inquirer.prompt", "inquirer.createPromptModule", "prompts", "enquirer.prompt", "readline-sync.question", "prompt.get")
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		reads := strings.HasPrefix(c.Callee, "process.stdin.") && slices.Contains([]string{"on", "once", "read", "pipe", "resume", "setRawMode"}, c.Method)
		over := (c.Callee == "node:readline.createInterface" || c.Callee == "node:readline/promises.createInterface") && c.Arg(0).Fields["input"].Text == "process.stdin"
		if reads || over || prompts[c.Callee] {
			p.Report(c.Span, fmt.Sprintf("%s waits for input, and a Worker has none: standard input ends at once", code(c)), "Take the input from variables.")
		}
	}
}
