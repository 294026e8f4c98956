package node

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// fsPackages are node:fs and the packages that offer its functions under the same names.
func fsPackages() []string {
	return []string{"node:fs", "node:fs/promises", "fs-extra", "graceful-fs"}
}

// fsMentions are the texts by which a module shows that it works with files.
func fsMentions() []string {
	return analysis.Imports("fs", "node:fs", "fs-extra", "graceful-fs")
}

// fsFunction is the function of node:fs that a call calls, without "Sync": "writeFile" of "node:fs.writeFileSync". It is empty
// for other calls.
func fsFunction(c *syntax.Call) (name string, sync bool) {
	for _, p := range fsPackages() {
		rest, ok := strings.CutPrefix(c.Callee, p+".")
		if !ok {
			continue
		}
		rest = strings.TrimPrefix(rest, "promises.")
		if strings.ContainsAny(rest, ".(/") {
			return "", false
		}
		name, sync = strings.CutSuffix(rest, "Sync")
		return name, sync
	}
	return "", false
}

// fsReaders are functions that read a file's content.
var fsReaders = set("readFile", "createReadStream", "readJson", "readJSON")

// fsWriters are functions that keep data in a file, by the argument that names it.
var fsWriters = map[string]int{
	"writeFile": 0, "appendFile": 0, "createWriteStream": 0, "outputFile": 0, "outputJson": 0, "outputJSON": 0, "writeJson": 0,
	"writeJSON": 0, "copyFile": 1, "cp": 1, "copy": 1, "rename": 1, "move": 1, "open": 0,
}

// write is one call that keeps data in a file.
type write struct {
	call *syntax.Call
	at   location
}

// writes are the calls of the module that keep data in files.
func writes(p *analysis.ModulePass) []write {
	var found []write
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		name, _ := fsFunction(c)
		argument, ok := fsWriters[name]
		if !ok || name == "open" && !opensForWriting(c) {
			continue
		}
		found = append(found, write{c, locate(p.ServicePass, c.Arg(argument))})
	}
	return found
}

// opensForWriting tells whether the flags of an open call create or change the file. Without constant flags it reads.
func opensForWriting(c *syntax.Call) bool {
	flags := c.Arg(1)
	return flags.Kind == syntax.String && strings.ContainsAny(flags.Text, "wa+")
}
