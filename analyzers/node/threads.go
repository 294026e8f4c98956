package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func workerThreads() *analysis.Rule {
	return &analysis.Rule{
		Name: "worker-threads", Category: model.CategoryThreads, Severity: model.Blocker,
		Title: "Threads",
		What:  "new Worker of node:worker_threads, and pools made of it: piscina, workerpool, tinypool, threads.",
		Why:   "An isolate is one thread. node:worker_threads loads, and each `new Worker` throws an error.",
		Remedy: "Do the work in the request if it fits the CPU limit, or move it to a queue's consumer or another service. Long computations stay " +
			"in a container.",
		Bad:      "const { Worker } = require('worker_threads');\nmodule.exports = () => new Worker('./job.js');\n",
		Good:     "const { isMainThread } = require('worker_threads');\nmodule.exports = isMainThread;\n",
		Since:    checked,
		Probe:    "worker-threads",
		Mentions: analysis.Imports("worker_threads", "node:worker_threads", "piscina", "workerpool", "tinypool", "threads"),
		CheckModule: reportCalls(set("node:worker_threads.Worker", "piscina", "piscina.Piscina", "workerpool.pool", "tinypool", "tinypool.Tinypool", "threads.spawn", "threads.Pool"),
			"%s fails: an isolate has no threads", "Do the work in the request, or move it to a queue or another service.", model.Need{Kind: model.NeedNative, Detail: "threads"}),
	}
}

func clusterFork() *analysis.Rule {
	return &analysis.Rule{
		Name: "cluster-fork", Category: model.CategoryThreads, Severity: model.Blocker,
		Title: "Processes of node:cluster",
		What:  "cluster.fork, and packages that call it: throng, sticky-cluster.",
		Why: "Workers start no processes. The runtime is the primary process and cluster.fork throws an error, so a program whose primary only forks " +
			"ends without listening.",
		Remedy:   "Start the server without cluster: run what the forked process runs. One instance serves all requests at once, as Node does.",
		Bad:      "const cluster = require('cluster');\nif (cluster.isPrimary) cluster.fork();\nelse require('http').createServer((req, res) => res.end('hi')).listen(3000);\n",
		Good:     "require('http').createServer((req, res) => res.end('hi')).listen(3000);\n",
		Since:    checked,
		Probe:    "cluster-fork",
		Mentions: analysis.Imports("cluster", "node:cluster", "throng", "sticky-cluster"),
		CheckModule: reportCalls(set("node:cluster.fork", "throng", "throng.throng", "sticky-cluster"),
			"%s fails: Workers start no processes", "Start the server without cluster.", model.Need{Kind: model.NeedNative, Detail: "processes"}),
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
		What:  "exec, execFile, spawn, fork and their synchronous forms of node:child_process, and packages that call them: execa, shelljs, cross-spawn.",
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
	"node:child_process.spawn", "node:child_process.spawnSync", "node:child_process.fork", "execa", "execa.execa", "execa.execaSync", "execa.execaCommand", "execa.sync",
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
