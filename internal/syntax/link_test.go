package syntax

import (
	"path"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestLink runs every file under testdata/link: the modules are parsed and linked; "want" is the dump of all of them.
func TestLink(t *testing.T) {
	runFixtures(t, "testdata/link/*.txtar", func(files []txtar.File) string {
		var modules []*Module
		for _, file := range files {
			modules = append(modules, Parse(file.Name, file.Data, ParseOptions{ImagePath: path.Join("/app", file.Name), Workdir: "/app"}))
		}
		Link(modules, resolverFor(modules))
		var out strings.Builder
		for _, module := range modules {
			out.WriteString("# " + module.File + "\n" + dump(module))
		}
		return out.String()
	})
}

// resolverFor finds relative specifiers among the modules, with the extensions and index files that Node and TypeScript try.
func resolverFor(modules []*Module) func(from, specifier string) (string, bool) {
	known := map[string]bool{}
	for _, m := range modules {
		known[m.File] = true
	}
	return func(from, specifier string) (string, bool) {
		if !strings.HasPrefix(specifier, ".") {
			return "", false
		}
		base := path.Join(path.Dir(from), specifier)
		for _, candidate := range []string{base, base + ".js", base + ".ts", base + "/index.js", base + "/index.ts"} {
			if known[candidate] {
				return candidate, true
			}
		}
		return "", false
	}
}

// TestLinkTwice checks that linking again changes nothing.
func TestLinkTwice(t *testing.T) {
	a := Parse("a.js", []byte(`const {db} = require("./b"); db.query(1); module.exports.go = () => db.end();`), ParseOptions{})
	b := Parse("b.js", []byte(`const {Pool} = require("pg"); exports.db = new Pool(); require("./a").go();`), ParseOptions{})
	modules := []*Module{a, b}
	Link(modules, resolverFor(modules))
	first := dump(a) + dump(b)
	if !strings.Contains(first, "pg.Pool().query") {
		t.Fatalf("the modules are not linked:\n%s", first)
	}
	Link(modules, resolverFor(modules))
	if again := dump(a) + dump(b); again != first {
		t.Errorf("got:\n%s\nwant:\n%s", again, first)
	}
}
