package analysistest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestWantsOf(t *testing.T) {
	archive := txtar.Parse([]byte("A fixture.\nwant package.json:2 \"cluster\"\nwant compose.yaml `no service`\n" +
		"-- app.js --\nf(); // want \"one\" `two`\n// want \"above\"\n\n// another comment\ng();\n" +
		"-- Dockerfile --\n# want \"base\"\nFROM node\nRUN echo \"want \\\"nothing\\\"\"\n"))
	wants, err := wantsOf(archive)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range wants {
		got = append(got, fmt.Sprintf("%s:%d %s", w.file, w.line, w.pattern))
	}
	want := []string{"package.json:2 cluster", "compose.yaml:0 no service", "app.js:1 one", "app.js:1 two", "app.js:5 above", "Dockerfile:2 base"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWantsThatCannotBeReadAreErrors(t *testing.T) {
	for _, text := range []string{"want package.json:2 cluster\n", "-- app.js --\nf(); // want \"(\"\n", "-- app.js --\nf(); // want \"\\q\"\n"} {
		if _, err := wantsOf(txtar.Parse([]byte(text))); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestSupply(t *testing.T) {
	for _, c := range []struct {
		name, archive string
		want          map[string]string
	}{
		{"nothing", "-- compose.yaml --\nservices: {}\n", map[string]string{"app.js": "createServer", "package.json": "fixture", "Dockerfile": `["node", "app.js"]`}},
		{"ESM", "-- app.js --\nimport fs from \"fs\";\n", map[string]string{"package.json": `"type": "module"`}},
		{"TypeScript", "-- src/server.ts --\nimport fs from \"fs\";\n", map[string]string{"Dockerfile": `["npx", "tsx", "src/server.ts"]`}},
		{"given", "-- Dockerfile --\nFROM x\n-- package.json --\n{}\n-- app.mjs --\n", map[string]string{"Dockerfile": "FROM x", "package.json": "{}"}},
	} {
		full := supply(txtar.Parse([]byte(c.archive)))
		for name, part := range c.want {
			at := slices.IndexFunc(full.Files, func(f txtar.File) bool { return f.Name == name })
			if at < 0 || !strings.Contains(string(full.Files[at].Data), part) {
				t.Errorf("%s: %s does not hold %q", c.name, name, part)
			}
		}
	}
}
