package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func workerThreads() *analysis.Rule {
	return &analysis.Rule{
		Name: "worker-threads", Category: model.CategoryThreads, Severity: model.Minor,
		Title: "Threads",
		What:  "new Worker of node:worker_threads, and pools made of it: piscina, workerpool, tinypool, threads.",
		Why: "An isolate is one thread. The runtime evaluates the app once more for each worker, starting with the worker's module, and passes messages " +
			"between them; all take turns on that thread. Nothing runs in parallel, the CPU time adds up, and while a worker computes no request is answered. " +
			"A worker made of text (`eval: true`) throws, as does the package threads, which looks for its workers by the place of its caller.",
		Remedy: "Nothing has to be done for small tasks. Move long computations to a queue's consumer or another service, which has its own CPU time, or " +
			"into a container. Put the code of workers into files.",
		Bad:         "const { Worker } = require('worker_threads');\nmodule.exports = () => new Worker('./job.js');\n",
		Good:        "const { isMainThread } = require('worker_threads');\nmodule.exports = isMainThread;\n",
		Since:       checked,
		Probe:       "worker-threads",
		Mentions:    analysis.Imports("worker_threads", "node:worker_threads", "piscina", "workerpool", "tinypool", "threads"),
		CheckModule: checkWorkerThreads,
	}
}

// threadStarts are calls that start worker threads, of which unfound cannot find theirs in a bundle.
var (
	threadStarts = set("node:worker_threads.Worker", "piscina", "piscina.Piscina", "workerpool.pool", "tinypool", "tinypool.Tinypool", "threads.spawn", "threads.Pool")
	unfound      = set("threads.spawn", "threads.Pool")
)

func checkWorkerThreads(p *analysis.ModulePass) {
	calls(p, threadStarts, func(c *syntax.Call) {
		text, isText := c.Arg(1).Fields["eval"]
		if unfound[c.Callee] || isText && text.Text != "false" {
			p.Report(c.Span, fmt.Sprintf("%s fails: its worker's code is not in a file the build can see", code(c)), "Use node:worker_threads or piscina with the path of a file.",
				model.Need{Kind: model.NeedNative, Detail: "threads"}).Severity = model.Blocker
			return
		}
		p.Report(c.Span, fmt.Sprintf("%s starts no thread: the worker takes turns with the app on one thread, so nothing runs in parallel", code(c)),
			"Nothing has to be done for small tasks. Move long computations to a queue or another service.", model.Need{Kind: model.NeedProcess, Detail: "threads"})
	})
}

func clusterFork() *analysis.Rule {
	return &analysis.Rule{
		Name: "cluster-fork", Category: model.CategoryThreads, Severity: model.Minor,
		Title: "Processes of node:cluster, and forked modules",
		What:  "cluster.fork, packages that call it (throng, sticky-cluster), and child_process.fork.",
		Why: "Workers start no processes. The runtime evaluates the app once more in the same isolate: for the first worker of a cluster, which then serves " +
			"all requests, and for each forked module. Further workers of a cluster wait until that one ends. Nothing runs in parallel, and the CPU time adds up.",
		Remedy:   "Nothing has to be done. Without cluster the server starts faster and takes less memory: run what the forked process runs.",
		Bad:      "const cluster = require('cluster');\nif (cluster.isPrimary) cluster.fork();\nelse require('http').createServer((req, res) => res.end('hi')).listen(3000);\n",
		Good:     "require('http').createServer((req, res) => res.end('hi')).listen(3000);\n",
		Since:    checked,
		Probe:    "cluster-fork",
		Mentions: analysis.Imports("cluster", "node:cluster", "throng", "sticky-cluster", "child_process", "node:child_process"),
		CheckModule: reportCalls(set("node:cluster.fork", "throng", "throng.throng", "sticky-cluster", "node:child_process.fork"),
			"%s starts no process: it runs in the same isolate, on the same thread", "Nothing has to be done.", model.Need{Kind: model.NeedProcess, Detail: "processes"}),
	}
}

func atomicsWait() *analysis.Rule {
	return &analysis.Rule{
		Name: "atomics-wait", Category: model.CategoryThreads, Severity: model.Major,
		Title:    "Thread that is put to sleep",
		What:     "Atomics.wait, by which a thread sleeps without giving control back.",
		Why:      "Atomics.wait would stop the whole isolate. workerd refuses it with a TypeError.",
		Remedy:   "Wait with `await` and a timer.",
		Bad:      "module.exports = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);\n",
		Good:     "module.exports = (ms) => new Promise((resolve) => setTimeout(resolve, ms));\n",
		Since:    checked,
		Probe:    "atomics-wait",
		Mentions: []string{"Atomics"},
		CheckModule: reportCalls(set("Atomics.wait"),
			"%s cannot put the isolate to sleep; it throws a TypeError", "Wait with `await` and a timer."),
	}
}

func childProcess() *analysis.Rule {
	return &analysis.Rule{
		Name: "child-process", Category: model.CategoryProcess, Severity: model.Blocker,
		Title: "Other programs",
		What:  "exec, execFile, spawn and their synchronous forms of node:child_process, and packages that call them: execa, shelljs, cross-spawn.",
		Why:   "Workers run no other programs, and there is none in the image's place. The functions throw an error that says so.",
		Remedy: "Replace the program with a package in JavaScript or WebAssembly, call a service, or keep this service in a container. Guard calls that " +
			"the app can do without.",
		Bad:         "const { execFile } = require('child_process');\nmodule.exports = (file) => execFile('convert', [file, 'out.png']);\n",
		Good:        "const pattern = /x/;\nmodule.exports = (text) => pattern.exec(text);\n",
		Since:       checked,
		Probe:       "child-process",
		Mentions:    analysis.Imports("child_process", "node:child_process", "execa", "shelljs", "cross-spawn", "zx", "simple-git", "node-cmd"),
		CheckModule: checkChildProcess,
	}
}

// programs are calls that start another program.
var programs = set("node:child_process.exec", "node:child_process.execSync", "node:child_process.execFile", "node:child_process.execFileSync",
	"node:child_process.spawn", "node:child_process.spawnSync", "execa", "execa.execa", "execa.execaSync", "execa.execaCommand", "execa.sync",
	"execa.command", "shelljs.exec", "cross-spawn", "cross-spawn.spawn", "cross-spawn.sync", "zx.$", "simple-git", "simple-git.simpleGit", "node-cmd.run", "node-cmd.get")

func checkChildProcess(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if !programs[c.Callee] {
			continue
		}
		what := "another program"
		if program := programOf(c.Arg(0)); program != "" {
			what = program
		}
		p.Report(c.Span, fmt.Sprintf("%s starts %s; Workers run no other programs, and the call throws", code(c), what),
			"Replace it with a package in JavaScript or WebAssembly or a service, or keep this service in a container.", model.Need{Kind: model.NeedNative, Detail: "child process"})
	}
}
