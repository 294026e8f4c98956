package node

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/load"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// TestRoutes runs every project under testdata/routes; its "want" lists the routes, in any order. The first module is what
// the container runs.
func TestRoutes(t *testing.T) {
	names, err := filepath.Glob("testdata/routes/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if archive.Files[0].Name != "want" {
				t.Fatal("the first file of the fixture is not want")
			}
			want := strings.Split(strings.TrimSpace(string(archive.Files[0].Data)), "\n")
			slices.Sort(want)
			got := routesIn(t, archive.Files[1:])
			if !slices.Equal(got, want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// routesIn loads a project of these modules and lists the routes of its service.
func routesIn(t *testing.T, modules []txtar.File) []string {
	t.Helper()
	dir := t.TempDir()
	files := append(slices.Clone(modules),
		txtar.File{Name: "Dockerfile", Data: []byte("FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"" + modules[0].Name + "\"]\n")},
		txtar.File{Name: "package.json", Data: []byte(`{"name": "app"}`)})
	for _, file := range files {
		name := filepath.Join(dir, file.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, _, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	workspace, err := load.Load(tree, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	language := &analysis.Language{Name: "node", Example: "app.js", Rules: []*analysis.Rule{
		{Name: "routes", Mentions: routeMentions(), CheckService: Routes},
	}}
	_, err = analysis.Run(context.Background(), tree, workspace, []*analysis.Language{language}, analysis.Options{
		Resolve: func(project *model.Project, service *model.Service) func(from, specifier string) (string, bool) {
			return load.NewResolver(tree, project, service).Resolve
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, route := range workspace.Projects[0].Services[0].Routes {
		found = append(found, route.Method+" "+route.Path)
	}
	slices.Sort(found)
	return found
}
