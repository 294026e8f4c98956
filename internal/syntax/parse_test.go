package syntax

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestParse runs every file under testdata/parse: the last section, "want", is the dump of all sections before it, in order.
// Modules stand at /app in the image. UPDATE_GOLDEN=1 rewrites the expectations.
func TestParse(t *testing.T) {
	runFixtures(t, "testdata/parse/*.txtar", func(files []txtar.File) string {
		var out strings.Builder
		for _, file := range files {
			module := Parse(file.Name, file.Data, ParseOptions{ImagePath: path.Join("/app", file.Name), Workdir: "/app"})
			out.WriteString("# " + file.Name + "\n" + dump(module))
		}
		return out.String()
	})
}

func runFixtures(t *testing.T, pattern string, run func([]txtar.File) string) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures match %s: %v", pattern, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			inputs, want := archive.Files, []byte(nil)
			if last := len(inputs) - 1; last >= 0 && inputs[last].Name == "want" {
				inputs, want = inputs[:last], inputs[last].Data
			}
			if len(inputs) == 0 {
				t.Fatal("the fixture holds no module")
			}
			got := []byte(run(inputs))
			if os.Getenv("UPDATE_GOLDEN") == "1" {
				archive.Files = append(inputs[:len(inputs):len(inputs)], txtar.File{Name: "want", Data: got})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// fixtureFiles are the modules of all fixtures by name.
func fixtureFiles(tb testing.TB) map[string][]byte {
	tb.Helper()
	names, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name != "want" {
				files[path.Join(filepath.Base(name), file.Name)] = file.Data
			}
		}
	}
	return files
}
