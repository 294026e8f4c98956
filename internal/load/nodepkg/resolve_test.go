package nodepkg

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/source"
)

// memory is a repository in memory: text by path.
type memory map[string]string

func archive(text string) memory {
	files := memory{}
	for _, file := range txtar.Parse([]byte(text)).Files {
		files[file.Name] = string(file.Data)
	}
	return files
}

func (m memory) IsFile(name string) bool { _, ok := m[name]; return ok }

func (m memory) IsDir(name string) bool { return name == "." || len(m.List(name)) > 0 }

func (m memory) Read(name string) ([]byte, error) {
	text, ok := m[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (m memory) List(dir string) []string {
	var names []string
	for name := range m {
		rest, ok := strings.CutPrefix(name, dir+"/")
		if dir == "." {
			rest, ok = name, true
		}
		if ok {
			first, _, _ := strings.Cut(rest, "/")
			names = append(names, first)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestResolve(t *testing.T) {
	files := archive(`
-- package.json --
{"name": "root", "workspaces": ["packages/*"]}
-- app/package.json --
{
  "name": "app",
  "exports": {"./self": "./src/self.ts"},
  "imports": {"#dep": "left-pad", "#in/*.js": {"types": "./types/*.d.ts", "node": "./src/in/*.ts"}},
  "dependencies": {"linked": "file:../elsewhere/linked"}
}
-- app/tsconfig.json --
{"references": [{"path": "./tsconfig.app.json"}]}
-- app/tsconfig.app.json --
{"extends": ["./one.json", "./two"], "compilerOptions": {"paths": {"@/*": ["../src/*"], "@/special/*": ["../special/*"], "fs-like": ["../src/fs.ts"]}}}
-- app/one.json --
{"compilerOptions": {"baseUrl": "nowhere"}}
-- app/two.json --
{"compilerOptions": {"baseUrl": "./base"}}
-- app/src/main.ts --
-- app/src/self.ts --
-- app/src/in/a.ts --
-- app/src/fs.ts --
-- app/src/both.ts --
-- app/src/both/index.ts --
-- app/src/dir/index.mjs --
-- app/src/view.vue --
-- app/src/types.d.ts --
-- app/special/x.tsx --
-- app/base/based.js --
-- elsewhere/linked/package.json --
{"name": "linked", "main": "lib"}
-- elsewhere/linked/lib/index.js --
-- packages/ui/package.json --
{"name": "@x/ui", "exports": {".": {"import": "./dist/index.mjs", "types": "./dist/index.d.ts"}, "./deep/*": ["./dist/deep/*.js"], "./package.json": "./package.json"}}
-- packages/ui/src/index.ts --
-- packages/ui/src/deep/button.tsx --
-- packages/nomain/package.json --
{"name": "nomain"}
-- packages/nomain/index.ts --
-- packages/nomain/util.ts --
`)
	tests := []struct {
		specifier string
		want      Resolution
	}{
		{"./self", Resolution{File: "app/src/self.ts"}},
		{"./self.js", Resolution{File: "app/src/self.ts"}},
		{"./both", Resolution{File: "app/src/both.ts"}},
		{"./both/", Resolution{File: "app/src/both.ts"}},
		{"./dir", Resolution{File: "app/src/dir/index.mjs"}},
		{"./view.vue", Resolution{File: "app/src/view.vue"}},
		{"./view.vue?raw", Resolution{File: "app/src/view.vue"}},
		{"..", Resolution{}},
		{"./gone", Resolution{}},
		{"#dep", Resolution{Package: "left-pad"}},
		{"#in/a.js", Resolution{File: "app/src/in/a.ts"}},
		{"#none", Resolution{}},
		{"@/self", Resolution{File: "app/src/self.ts"}},
		{"@/special/x", Resolution{File: "app/special/x.tsx"}},
		{"fs-like", Resolution{File: "app/src/fs.ts"}},
		{"based", Resolution{File: "app/base/based.js"}},
		{"app/self", Resolution{File: "app/src/self.ts"}},
		{"linked", Resolution{File: "elsewhere/linked/lib/index.js"}},
		{"@x/ui", Resolution{File: "packages/ui/src/index.ts"}},
		{"@x/ui/deep/button", Resolution{File: "packages/ui/src/deep/button.tsx"}},
		{"@x/ui/package.json", Resolution{File: "packages/ui/package.json"}},
		{"nomain", Resolution{File: "packages/nomain/index.ts"}},
		{"nomain/util", Resolution{File: "packages/nomain/util.ts"}},
		{"express", Resolution{Package: "express"}},
		{"@scope/name/sub", Resolution{Package: "@scope/name"}},
		{"fs", Resolution{Builtin: "node:fs"}},
		{"fs/promises", Resolution{Builtin: "node:fs/promises"}},
		{"node:test", Resolution{Builtin: "node:test"}},
		{"string_decoder/", Resolution{Package: "string_decoder"}},
		{"", Resolution{}},
	}
	resolver := NewResolver(New(files))
	for _, test := range tests {
		t.Run(test.specifier, func(t *testing.T) {
			if diff := cmp.Diff(test.want, resolver.Resolve("app/src/main.ts", test.specifier)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSourceOf(t *testing.T) {
	tests := []struct{ name, files, rel, want string }{
		{"nothing says how", "-- p/src/a.ts --\n", "dist/a.js", "p/src/a.ts"},
		{"extension left out", "-- p/src/a.ts --\n", "dist/a", "p/src/a.ts"},
		{"a directory", "-- p/src/index.ts --\n", "dist", "p/src/index.ts"},
		{"beside its source", "-- p/bin/www.ts --\n", "bin/www.js", "p/bin/www.ts"},
		{"output in output", "-- p/src/a.ts --\n", "build/dist/a.js", "p/src/a.ts"},
		{"not another file of the output", "-- p/dist/b.js --\n-- p/src/b.js --\n", "dist/a.js", ""},
		{"a folder per application", "-- p/apps/api/src/main.ts --\n", "dist/apps/api/main.js", "p/apps/api/src/main.ts"},
		{"the root of tsc's inputs is not known", `-- p/tsconfig.json --
{"compilerOptions": {"outDir": "./out"}, "include": ["lib/**/*", "test"]}
-- p/lib/x/a.ts --
`, "out/x/a.js", "p/lib/x/a.ts"},
		{"outDir of a base configuration is relative to it", `-- p/tsconfig.json --
{"extends": "../base/tsconfig.json"}
-- base/tsconfig.json --
{"compilerOptions": {"outDir": "../p/js", "rootDir": "../p/ts"}}
-- p/ts/a.mts --
`, "js/a.mjs", "p/ts/a.mts"},
		{"extends in a circle", "-- p/tsconfig.json --\n{\"extends\": \"./tsconfig.json\"}\n", "dist/a.js", ""},
		{"of two entries the one of the name", "-- p/package.json --\n{\"scripts\": {\"build\": \"esbuild src/a.ts src/b.ts --bundle --outdir=dist\"}}\n-- p/src/a.ts --\n-- p/src/b.ts --\n", "dist/b.js", "p/src/b.ts"},
		{"of two entries none fits", "-- p/package.json --\n{\"scripts\": {\"build\": \"esbuild x/a.ts x/b.ts --bundle --outdir=dist\"}}\n-- p/x/a.ts --\n-- p/x/b.ts --\n", "dist/c.js", ""},
		{"not by a configuration that is broken", "-- p/tsconfig.json --\n{\"compilerOptions\": \n-- p/src/a.ts --\n", "dist/a.js", "p/src/a.ts"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _ := New(archive(test.files)).SourceOf("p", test.rel)
			if got != test.want {
				t.Errorf("SourceOf(%q) = %q, want %q", test.rel, got, test.want)
			}
		})
	}
}

func TestJSONPlaces(t *testing.T) {
	text := "\xef\xbb\xbf{\n\t// why\n\t\"a\": [1, \"b\\n\",],\n\t\"a\": {\"é\": \"x\"}\n}"
	root, err := ParseJSON("f.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	value := root.Get("a", "é")
	if got, want := value.Text(), "x"; got != want {
		t.Errorf("the last of equal names is %q, want %q", got, want)
	}
	want := source.Span{File: "f.json", Start: source.Position{Line: 4, Column: 15}, End: source.Position{Line: 4, Column: 16}}
	if diff := cmp.Diff(want, value.Span()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if list := root.Fields()[0].Value; len(list.Items()) != 2 || !slices.Equal(list.Strings(), []string{"b\n"}) {
		t.Errorf("items are %q", list.Strings())
	}
	if _, err := ParseJSON("f.json", []byte(`{"a": }`)); err == nil {
		t.Error("broken text is read")
	}
}
