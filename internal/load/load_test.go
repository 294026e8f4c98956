package load

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// TestLoad loads every archive of testdata/load and compares the workspace with its file "want". The archive's comment may
// name the one file to load ("file: compose.prod.yaml") and the caller's variables ("env: NAME=value").
func TestLoad(t *testing.T) {
	names, err := filepath.Glob("testdata/load/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			options := Options{Environment: map[string]string{}}
			for line := range strings.Lines(string(archive.Comment)) {
				line = strings.TrimSpace(line)
				if file, ok := strings.CutPrefix(line, "file: "); ok {
					options.File = file
				}
				if pair, ok := strings.CutPrefix(line, "env: "); ok {
					key, value, _ := strings.Cut(pair, "=")
					options.Environment[key] = value
				}
			}
			files, want := withoutWant(archive.Files)
			workspace := loadFiles(t, files, options)
			got := dumpWorkspace(workspace)
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

func withoutWant(all []txtar.File) (files []txtar.File, want string) {
	for _, f := range all {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		files = append(files, f)
	}
	return files, want
}

// loadFiles loads files as a directory called "app".
func loadFiles(t *testing.T, files []txtar.File, options Options) *model.Workspace {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "app")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, _, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	workspace, err := Load(tree, options)
	if err != nil {
		t.Fatal(err)
	}
	return workspace
}

// dumpWorkspace writes what Compose files and Dockerfiles say as text; what is followed from them is TestEntry's.
func dumpWorkspace(w *model.Workspace) string {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	findings := func(list []model.Finding) {
		for _, f := range list {
			line("  %s %s [%s] %s: %s", f.Severity, f.Rule, f.Service, f.Span, f.Message)
		}
	}
	line("workspace")
	findings(w.Findings)
	for _, p := range w.Projects {
		line("project %s in %s from %s", p.Name, p.Dir, strings.Join(p.ComposeFiles, " "))
		for _, s := range p.Services {
			dumpService(line, s)
		}
		for _, v := range p.Volumes {
			line("  volume %s external=%v", v.Name, v.External)
		}
		for _, o := range append(append([]*model.FileObject{}, p.Secrets...), p.Configs...) {
			line("  object %s file=%q content=%q", o.Name, o.File, o.Content)
		}
		findings(p.Findings)
	}
	return out.String()
}

func dumpService(line func(string, ...any), s *model.Service) {
	line("  service %s %s image=%q profiles=%v networks=%v aliases=%v links=%v restart=%q workdir=%q user=%q", s.Name, s.Span, s.ImageRef, s.Profiles, s.Networks, s.Aliases, s.Links, s.Restart, s.WorkingDir, s.User)
	if b := s.Build; b != nil {
		line("    build %s dockerfile=%q target=%q inline=%v contexts=%v %s", b.Context, b.Dockerfile, b.Target, b.Inline != "", b.AdditionalContexts, b.Span)
	}
	for _, p := range s.Ports {
		line("    port %s:%s:%d/%s %s", p.HostIP, p.Published, p.Target, p.Protocol, p.Span)
	}
	for _, p := range s.Expose {
		line("    expose %d/%s %s", p.Target, p.Protocol, p.Span)
	}
	for _, m := range s.Mounts {
		line("    mount %s %s:%s ro=%v image=%v %s", m.Type, m.Source, m.Target, m.ReadOnly, m.FromImage, m.Span)
	}
	for _, v := range s.Environment {
		value := v.Value
		if v.Secret {
			value = "(secret)"
		}
		line("    env %s=%q set=%v %s %s refs=%v %s", v.Name, value, v.HasValue, v.Origin, v.File, v.Refs, v.Span)
	}
	for _, g := range append(append([]model.FileGrant{}, s.Secrets...), s.Configs...) {
		line("    grant %s at %s %s", g.Source, g.Target, g.Span)
	}
	for _, d := range s.DependsOn {
		line("    depends on %s %s %s", d.Service, d.Condition, d.Span)
	}
	if h := s.Healthcheck; h != nil {
		line("    health %q path=%q port=%d disabled=%v image=%v %s", h.Test, h.URLPath, h.Port, h.Disabled, h.FromImage, h.Span)
	}
	if d := s.Deploy; d.Replicas != 1 || d.MemoryBytes != 0 || d.CPUs != 0 {
		line("    deploy replicas=%d memory=%d cpus=%v %s", d.Replicas, d.MemoryBytes, d.CPUs, d.Span)
	}
	if s.Entrypoint != nil {
		line("    entrypoint %q %s", s.Entrypoint.Argv, s.Entrypoint.Span)
	}
	if s.Command != nil {
		line("    command %q %s", s.Command.Argv, s.Command.Span)
	}
	for _, k := range s.Keys {
		if !k.Read {
			line("    unread %s = %q %s", k.Path, k.Value, k.Span)
		}
	}
	if i := s.Image; i != nil {
		line("    from %s ignore=%q stages=%d target=%s", i.File, i.IgnoreFile, len(i.Stages), i.Target.ID())
		for _, f := range i.Files {
			line("    file %s <- %s (%s, line %d)", f.Image, f.Source, f.Stage, f.Span.Start.Line)
		}
	}
}

// TestSameTwice loads the same files twice; the order in which a directory is written must not matter.
func TestSameTwice(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/load/stack.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := withoutWant(archive.Files)
	first := dumpWorkspace(loadFiles(t, files, Options{}))
	for i, j := 0, len(files)-1; i < j; i, j = i+1, j-1 {
		files[i], files[j] = files[j], files[i]
	}
	if diff := cmp.Diff(first, dumpWorkspace(loadFiles(t, files, Options{}))); diff != "" {
		t.Errorf("two loads differ:\n%s", diff)
	}
}

// BenchmarkLoad loads a stack of three services; it should stay well under 20 ms.
func BenchmarkLoad(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/load/stack.txtar")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for _, f := range archive.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		tree, _, err := source.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Load(tree, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
