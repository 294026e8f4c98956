package plan_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/analyzers"
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/load"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
	"github.com/dock2edge/dock2edge/internal/source"
)

// TestPlan plans every archive of testdata and compares a dump of the plan with its file "want". Lines of the archive's
// comment choose: "target: SERVICE=TARGET", "servers: KIND=TARGET", "plan: free", "show: PART …" (parts of the dump; all when not given).
// UPDATE_GOLDEN=1 writes "want".
func TestPlan(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			options, show := directives(string(archive.Comment))
			var files []txtar.File
			want := ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files = append(files, f)
			}
			d := dump{show: show}
			for _, p := range plans(t, files, options) {
				d.plan(p)
			}
			got := d.out.String()
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

func directives(comment string) (model.Options, map[string]bool) {
	options := model.Options{CompatibilityDate: "2026-11-01", PlanName: "paid", Transport: "connect", Targets: map[string]model.Target{}, Servers: map[model.ServerKind]model.Target{}}
	show := map[string]bool{}
	for line := range strings.Lines(comment) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "target":
			service, target, _ := strings.Cut(value, "=")
			options.Targets[service] = model.Target(target)
		case "servers":
			kind, target, _ := strings.Cut(value, "=")
			options.Servers[model.ServerKind(kind)] = model.Target(target)
		case "plan":
			options.PlanName = value
		case "show":
			for _, part := range strings.Fields(value) {
				show[part] = true
			}
		}
	}
	return options, show
}

// plans loads the files as a directory called "app", runs all rules and plans every project.
func plans(t *testing.T, files []txtar.File, options model.Options) []*model.Plan {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "app")
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, file, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	workspace, err := load.Load(tree, load.Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := analysis.Run(context.Background(), tree, workspace, analyzers.All(), analysis.Options{
		Resolve: func(project *model.Project, service *model.Service) func(from, specifier string) (string, bool) {
			return load.NewResolver(tree, project, service).Resolve
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var list []*model.Plan
	for _, project := range workspace.Projects {
		list = append(list, plan.Build(project, findings, options))
	}
	return list
}

// dump writes a plan as text, one fact per line.
type dump struct {
	show map[string]bool
	out  strings.Builder
}

func (d *dump) line(part, format string, args ...any) {
	if len(d.show) == 0 || d.show[part] {
		fmt.Fprintf(&d.out, format+"\n", args...)
	}
}

func (d *dump) plan(p *model.Plan) {
	fmt.Fprintf(&d.out, "project %s\n", p.Project.Name)
	for _, sp := range p.Services {
		d.service(sp)
	}
	for _, x := range p.Dispositions {
		d.line("keys", "key %s", disposition(x))
	}
	for _, w := range p.Warnings {
		d.line("warnings", "warning %s", w)
	}
	for _, q := range p.Questions {
		d.line("questions", "question %s: %s %v", q.Service, q.Text, q.Choices)
	}
}

func (d *dump) service(sp *model.ServicePlan) {
	fmt.Fprintf(&d.out, "service %s: %s worker=%q port=%d public=%v\n", sp.Service.Name, sp.Target, sp.WorkerName, sp.Port, sp.Public)
	for _, why := range sp.Why {
		d.line("why", "  why %s", reason(why))
	}
	for _, r := range sp.Rejected {
		d.line("rejected", "  not %s: %s", r.Target, reason(r.Why))
	}
	for _, b := range sp.Bindings {
		d.line("bindings", "  binding %s %s → %s %s: %s", b.Kind, b.Name, b.Worker, b.Class, reason(b.Why))
	}
	for _, p := range sp.Peers {
		d.line("peers", "  peer %s: %s %s %s (%s)", p.Name, p.Kind, p.Binding, p.Protocol, p.Service)
	}
	for _, v := range sp.Vars {
		d.line("vars", "  var %s=%q %s", v.Name, shorten(v.Value), v.Origin)
	}
	for _, s := range sp.Secrets {
		d.line("secrets", "  secret %s: %s", s.Name, s.Why)
	}
	for _, f := range sp.SecretFiles {
		d.line("secrets", "  secret file %s ← %s", f.Path, f.Variable)
	}
	for _, v := range sp.Volumes {
		d.line("volumes", "  volume %s %s %q", v.Kind, v.Path, v.Name)
	}
	d.recipe(sp)
	for _, x := range sp.Dispositions {
		d.line("dispositions", "  disposition %s", disposition(x))
	}
}

func (d *dump) recipe(sp *model.ServicePlan) {
	if sp.Recipe == nil {
		return
	}
	for _, stage := range sp.Recipe.Stages {
		d.line("recipe", "  stage %s from %s workdir %s env %v exclude %v", stage.Name, stage.From, stage.Workdir, stage.Env, stage.Exclude)
		for _, step := range stage.Steps {
			d.line("recipe", "    %s", recipeStep(step))
		}
	}
	for _, step := range sp.Recipe.Overlays {
		d.line("recipe", "  overlay %s", recipeStep(step))
	}
	if node := sp.Recipe.Node; node != nil {
		d.line("recipe", "  node %s in %s preload %v registry %v", node.Entry, node.Workdir, node.Preload, node.Registry)
	}
	if static := sp.Recipe.Static; static != nil {
		d.line("recipe", "  static %s", static.Root)
	}
	for _, s := range sp.Sources {
		d.line("sources", "  source %s ← %s", s.To, s.From)
	}
}

func recipeStep(s model.RecipeStep) string {
	switch {
	case s.Run != "":
		return fmt.Sprintf("run in %s env %v line %d: %s", s.Cwd, s.Env, s.Line, s.Run)
	case s.Write != nil:
		return fmt.Sprintf("write %s line %d: %q", s.To, s.Line, *s.Write)
	}
	return fmt.Sprintf("copy %v from %q to %s line %d", s.Copy, s.CopyFrom, s.To, s.Line)
}

func reason(r model.Reason) string {
	text := r.Text
	for _, c := range r.Cites {
		text += fmt.Sprintf(" [%s]", strings.TrimSpace(c.Rule+" "+place(c.Span)))
	}
	return text
}

func disposition(x model.Disposition) string {
	return fmt.Sprintf("%s [%s] %s: %s", x.What, place(x.Span), x.Outcome, x.Why)
}

func place(s source.Span) string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File, s.Start.Line)
}

func shorten(text string) string {
	if len(text) > 60 {
		return fmt.Sprintf("%s… %d bytes", text[:20], len(text))
	}
	return text
}
