package load

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// TestEntry loads each project under testdata/entry and compares what its containers run and ship with the file "want" of
// the archive. UPDATE_GOLDEN=1 rewrites that file.
func TestEntry(t *testing.T) {
	archives, err := filepath.Glob("testdata/entry/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			dir := filepath.Join(t.TempDir(), "app")
			var files []txtar.File
			for _, file := range archive.Files {
				if file.Name == "want" {
					want = string(file.Data)
					continue
				}
				files = append(files, file)
				target := filepath.Join(dir, filepath.FromSlash(file.Name))
				if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(target, file.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got := dumpServices(t, dir)
			if os.Getenv("UPDATE_GOLDEN") == "1" {
				archive.Files = append(files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

// dumpServices writes down what follow found for every service of a directory.
func dumpServices(t *testing.T, dir string) string {
	t.Helper()
	tree, file, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	workspace, err := Load(tree, Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, project := range workspace.Projects {
		for _, service := range project.Services {
			dumpEntry(&b, service)
			dumpShip(&b, service.Ship)
		}
	}
	return b.String()
}

func dumpEntry(b *bytes.Buffer, service *model.Service) {
	e := service.Entry
	fmt.Fprintf(b, "service %s: %s\n", service.Name, e.Kind)
	line := func(name string, values ...string) {
		if text := strings.Join(values, " "); strings.TrimSpace(text) != "" {
			fmt.Fprintf(b, "  %s: %s\n", name, text)
		}
	}
	line("argv", fmt.Sprintf("%q", e.Argv), "at", e.Span.String())
	for _, step := range e.Before {
		line("before", step.Kind, fmt.Sprintf("%q", step.Text), "at", step.Span.String())
	}
	for _, step := range e.Trail {
		line("trail", step.Kind, fmt.Sprintf("%q", step.Text), "at", step.Span.String())
	}
	if e.Module != "" || e.ImageModule != "" {
		line("module", e.Module, "as", e.ImageModule, map[bool]string{true: "built"}[e.Built], "named at", e.ModuleSpan.String())
	}
	line("workdir", e.Workdir)
	line("node", e.NodeArgs...)
	line("preload", e.Preload...)
	line("args", e.Args...)
	for _, v := range e.Env {
		line("env", v.Name+"="+v.Value)
	}
	line("launchers", e.Launchers...)
	for _, other := range e.Others {
		line("other", fmt.Sprintf("%s %q", other.Name, other.Argv), other.Module, other.ImageModule, "at", other.Span.String())
	}
	if e.StaticRoot != "" || e.StaticBuild != "" {
		line("static", fmt.Sprintf("%s build %q spa %v", e.StaticRoot, e.StaticBuild, e.StaticSPA))
	}
	line("problem", e.Problem)
}

func dumpShip(b *bytes.Buffer, ship *model.Ship) {
	if ship == nil {
		return
	}
	for _, module := range ship.Modules {
		fmt.Fprintf(b, "  ships: %s as %s\n", module.Source, module.Image)
	}
	for _, p := range ship.Packages {
		var places []string
		for _, span := range p.Spans {
			places = append(places, span.String())
		}
		fmt.Fprintf(b, "  package: %s range %q version %q dev %v at %s\n", p.Name, p.Range, p.Version, p.Dev, strings.Join(places, ", "))
	}
	fmt.Fprintf(b, "  manifests: %s\n", strings.Join(ship.Manifests, " "))
	for _, left := range ship.LeftOut {
		fmt.Fprintf(b, "  left out: %d %s\n", left.Files, left.Reason)
	}
	for _, dynamic := range ship.Dynamic {
		fmt.Fprintf(b, "  dynamic: %s at %s\n", dynamic.Text, dynamic.Span)
	}
	for _, missing := range ship.Missing {
		fmt.Fprintf(b, "  missing: %s at %s\n", missing.Text, missing.Span)
	}
}

// TestEntryIsStable loads every case twice: maps must not decide an order.
func TestEntryIsStable(t *testing.T) {
	archives, _ := filepath.Glob("testdata/entry/*.txtar")
	slices.Sort(archives)
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "app")
		for _, file := range archive.Files {
			target := filepath.Join(dir, filepath.FromSlash(file.Name))
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(target, file.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		first := dumpServices(t, dir)
		for range 3 {
			if again := dumpServices(t, dir); again != first {
				t.Fatalf("%s differs between runs:\n%s", name, cmp.Diff(first, again))
			}
		}
	}
}
