package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func fsSync() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-sync", Category: model.CategoryFS, Severity: model.Info,
		Title: "Synchronous file access while a request is served",
		What:  "Functions of node:fs that end in Sync, called in a request handler.",
		Why: "They work: the image's files and volumes are reached without waiting for anything. As in Node, no other request of the process " +
			"goes on while they run, and the time counts as CPU time.",
		Remedy:      "Nothing has to be done for small files. Read large ones once at start-up, or as a stream.",
		Bad:         "const app = require('express')();\nconst fs = require('fs');\napp.get('/', (req, res) => res.send(fs.readFileSync('/app/page.html', 'utf8')));\n",
		Good:        "const app = require('express')();\nconst fs = require('fs');\nconst page = fs.readFileSync('/app/page.html', 'utf8');\napp.get('/', (req, res) => res.send(page));\n",
		Since:       checked,
		Probe:       "fs-sync",
		Mentions:    []string{"Sync("},
		CheckModule: checkFSSync,
	}
}

func checkFSSync(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if name, sync := fsFunction(c); sync && c.Where == syntax.InHandler && name != "exists" {
			p.Report(c.Span, fmt.Sprintf("%s in a request works, and holds up the other requests while it runs, as in Node", code(c)), "Read large files once at start-up, or as a stream.")
		}
	}
}

func fsWatch() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-watch", Category: model.CategoryFS, Severity: model.Minor,
		Title: "Watch files for changes",
		What:  "fs.watch, fs.watchFile, and packages such as chokidar.",
		Why: "The files of the image are part of the Worker and never change while it runs. A watcher starts without an error and is told of what " +
			"the app itself writes, never of an edit from outside.",
		Remedy:      "Leave watching to development. Configuration that changes while the app runs belongs into KV or a store.",
		Bad:         "const fs = require('fs');\nfs.watch('/app/config.json', () => console.log('changed'));\n",
		Good:        "const fs = require('fs');\nmodule.exports = JSON.parse(fs.readFileSync('/app/config.json', 'utf8'));\n",
		Since:       checked,
		Probe:       "fs-watch",
		Mentions:    append(analysis.Imports("chokidar", "node-watch", "gaze", "sane"), "watch(", "watchFile("),
		CheckModule: checkFSWatch,
	}
}

// watchers are calls of packages that watch files.
var watchers = set("chokidar.watch", "chokidar.FSWatcher", "node-watch", "gaze", "gaze.Gaze", "sane")

func checkFSWatch(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if name, _ := fsFunction(c); name == "watch" || name == "watchFile" || watchers[c.Callee] {
			p.Report(c.Span, fmt.Sprintf("%s never sees a change from outside: the image's files stay as they were built", code(c)), "Leave watching to development, and keep changing configuration in KV or a store.")
		}
	}
}

func fsReaddir() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-readdir", Category: model.CategoryFS, Severity: model.Info,
		Title: "Directory that is listed at run time",
		What:  "readdir, opendir and glob packages over a folder of the image.",
		Why: "The build packs the image's files with their folders, and the runtime lists them as the container did. Modules that are listed and " +
			"then required are packed as well, when their folder is a constant.",
		Remedy:      "Nothing has to be done.",
		Bad:         "const fs = require('fs');\nfor (const name of fs.readdirSync('/app/routes')) console.log(name);\n",
		Good:        "const routes = ['users.js', 'orders.js'];\nfor (const name of routes) console.log(name);\n",
		Since:       checked,
		Probe:       "fs-readdir",
		Mentions:    append(analysis.Imports("glob", "fast-glob", "globby", "tinyglobby"), "readdir", "opendir"),
		CheckModule: checkFSReaddir,
	}
}

// globbers are calls of packages that list files by patterns.
var globbers = set("glob", "glob.sync", "glob.globSync", "glob.glob", "glob.glob.sync", "fast-glob", "fast-glob.sync", "globby", "globby.sync", "globby.globby",
	"globby.globbySync", "tinyglobby.glob", "tinyglobby.globSync")

func checkFSReaddir(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		name, _ := fsFunction(c)
		if name != "readdir" && name != "opendir" && !globbers[c.Callee] {
			continue
		}
		at := locate(p.ServicePass, c.Arg(0))
		if at.keeping == keptByVolume || at.keeping == keptForRun {
			continue
		}
		p.Report(c.Span, fmt.Sprintf("%s lists files of the image, which are packed with the Worker with their folders", code(c)), "Nothing has to be done.",
			model.Need{Kind: model.NeedFiles, Detail: at.path})
	}
}

func dirnamePath() *analysis.Rule {
	return &analysis.Rule{
		Name: "dirname-path", Category: model.CategoryFS, Severity: model.Info,
		Title: "Path of the module itself",
		What:  "__dirname, __filename, import.meta.url, import.meta.dirname and import.meta.filename.",
		Why: "Workers know none of them: the names are undefined, and import.meta.url is no file. The build writes the path the module has in the " +
			"image in their place, so that paths made from them lead to the image's files.",
		Remedy:      "Nothing has to be done.",
		Bad:         "const path = require('path');\nmodule.exports = path.join(__dirname, 'views');\n",
		Good:        "module.exports = '/app/views';\n",
		Since:       checked,
		Probe:       "dirname-path",
		Mentions:    []string{"__dirname", "__filename", "import.meta"},
		CheckModule: checkDirname,
	}
}

// moduleNames are the names of the module's own place.
var moduleNames = set("__dirname", "__filename", "import.meta.url", "import.meta.dirname", "import.meta.filename")

// checkDirname reports the first use in a module: the others say the same.
func checkDirname(p *analysis.ModulePass) {
	for _, r := range p.Module.Reads {
		if moduleNames[r.Name] {
			p.Report(r.Span, fmt.Sprintf("`%s` is unknown to Workers; the build puts the module's path in the image in its place", r.Name), "Nothing has to be done.")
			return
		}
	}
}
