package analysis

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// watching finds each call of a method named watch.
func watching() *Language {
	return &Language{Name: "test", Example: "app.js", Rules: []*Rule{
		{
			Name: "watching", Category: model.CategoryFS, Severity: model.Major, Mentions: []string{"watch"},
			CheckModule: func(p *ModulePass) {
				for _, call := range p.Module.Calls {
					if call.Method == "watch" {
						p.Report(call.Span, "It watches", "Do not.", model.Need{Kind: model.NeedFiles})
						p.Route("GET", "/watch", call.Span)
					}
				}
			},
		},
		{
			Name: "several", Category: model.CategoryLimits, Severity: model.Info,
			CheckService: func(p *ServicePass) {
				if len(p.Modules) > 2 {
					p.Report(p.Service.Span, fmt.Sprintf("It has %d modules", len(p.Modules)), "Count them.")
				}
			},
		},
		{
			Name: "empty", Category: model.CategoryLimits, Severity: model.Minor,
			CheckProject: func(p *ProjectPass) {
				if len(p.Project.Services) == 0 {
					p.Report(source.Span{}, "It has no service", "Add one.")
				}
			},
		},
	}}
}

// project writes the files of an archive and makes a workspace with the given services, each shipping the named modules.
func project(t *testing.T, archive string, services ...*model.Service) (*source.Tree, *model.Workspace) {
	t.Helper()
	dir := t.TempDir()
	for _, file := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(file.Name))
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
	return tree, &model.Workspace{Root: dir, Projects: []*model.Project{
		{Name: "test", Dir: ".", ComposeFiles: []string{"compose.yaml"}, Services: services},
	}}
}

func service(name, context string, modules ...string) *model.Service {
	s := &model.Service{
		Name: name, Span: source.At("compose.yaml", 1, 1), Ship: &model.Ship{}, Build: &model.Build{Context: context},
	}
	for _, m := range modules {
		s.Ship.Modules = append(s.Ship.Modules, model.ShippedModule{Source: m, Image: "/app/" + m})
	}
	return s
}

// told prints findings one a line: place, rule, service, and a mark for the silenced.
func told(findings []model.Finding) []string {
	var lines []string
	for _, f := range findings {
		line := f.Span.String() + " " + f.Rule
		if f.Service != "" {
			line += " " + f.Service
		}
		if f.Suppressed != nil {
			line += " silenced: " + f.Suppressed.Reason
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

func run(t *testing.T, tree *source.Tree, workspace *model.Workspace, options Options) []model.Finding {
	t.Helper()
	findings, err := Run(t.Context(), tree, workspace, []*Language{watching()}, options)
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

func expect(t *testing.T, findings []model.Finding, want ...string) {
	t.Helper()
	if got := told(findings); !slices.Equal(got, want) {
		t.Errorf("found\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestRunJudgesWhatShipsForEachService(t *testing.T) {
	tree, workspace := project(t, `
-- compose.yaml --
services: {}
-- shared/w.js --
const fs = require("fs");
fs.watch("x");
-- a/left.js --
const fs = require("fs");
fs.watch("y");
-- b/app.js --
require("../shared/w.js");
`, service("a", "a", "shared/w.js"), service("b", "b", "b/app.js", "shared/w.js"))
	findings := run(t, tree, workspace, Options{})
	expect(t, findings, "shared/w.js:2:1 watching a", "shared/w.js:2:1 watching b")
	if findings[0].Fingerprint == findings[1].Fingerprint || len(findings[0].Fingerprint) != 32 {
		t.Errorf("fingerprints %q and %q", findings[0].Fingerprint, findings[1].Fingerprint)
	}
	for _, s := range workspace.Projects[0].Services {
		if len(s.Routes) != 1 || s.Routes[0].Path != "/watch" {
			t.Errorf("routes of %s: %v", s.Name, s.Routes)
		}
	}
}

func TestAllFilesJudgesTheRestWithoutNeedsOrRoutes(t *testing.T) {
	tree, workspace := project(t, `
-- app/app.js --
console.log("ready");
-- app/tests/t.ts --
import fs from "fs";
fs.watch("y");
-- app/types.d.ts --
declare function watch(): void;
-- app/harmless.js --
fs.wat("not parsed, so its broken end is not told" + ;
-- tools/w.js --
const fs = require("fs");
fs.watch("z");
-- node_modules/p/index.js --
require("fs").watch("z");
`, service("a", "app", "app/app.js"))
	findings := run(t, tree, workspace, Options{AllFiles: true})
	expect(t, findings, "app/tests/t.ts:2:1 watching a", "tools/w.js:2:1 watching")
	for _, f := range findings {
		if f.Needs != nil {
			t.Errorf("%s needs %v though it does not ship", f.Span, f.Needs)
		}
	}
	if routes := workspace.Projects[0].Services[0].Routes; routes != nil {
		t.Errorf("routes of code that does not ship: %v", routes)
	}
}

func TestAllFilesWithoutAnyProject(t *testing.T) {
	tree, workspace := project(t, "-- src/w.js --\nfs.watch('z');\n")
	workspace.Projects = nil
	expect(t, run(t, tree, workspace, Options{AllFiles: true}), "src/w.js:1:1 watching")
}

func TestModulesSpanTheService(t *testing.T) {
	tree, workspace := project(t, "-- a.js --\n// watch\n-- b.js --\n// watch\n-- c.js --\n// nothing a rule mentions\n", service("s", ".", "a.js", "b.js", "c.js"))
	findings := run(t, tree, workspace, Options{})
	expect(t, findings, "compose.yaml:1:1 several s")
	if findings[0].Message != "It has 3 modules" {
		t.Error(findings[0].Message)
	}
}

func TestNamesAreFollowedFromModuleToModule(t *testing.T) {
	archive := "-- a/app.js --\nconst watch = require('./w'); watch.start(1);\n-- a/w.js --\nexports.start = require('fs').watch;\n-- lib/x.js --\n-- b.js --\n"
	resolve := func(_ *model.Project, s *model.Service) func(from, specifier string) (string, bool) {
		return func(from, specifier string) (string, bool) {
			return filepath.ToSlash(filepath.Join(filepath.Dir(from), specifier)) + ".js", strings.HasPrefix(specifier, ".")
		}
	}
	byCallee := &Language{Name: "callee", Example: "app.js", Rules: []*Rule{{Name: "callee", CheckModule: func(p *ModulePass) {
		for _, call := range p.Module.Calls {
			p.Report(call.Span, call.Callee, "")
		}
	}}}}
	services := func() []*model.Service { // a and c share a module, and c and b another
		return []*model.Service{service("a", "a", "a/app.js", "a/w.js"), service("b", ".", "b.js", "lib/x.js"), service("c", ".", "a/w.js", "lib/x.js")}
	}
	tree, workspace := project(t, archive, services()...)
	findings, err := Run(t.Context(), tree, workspace, []*Language{byCallee}, Options{Resolve: resolve})
	if err != nil {
		t.Fatal(err)
	}
	found := slices.ContainsFunc(findings, func(f model.Finding) bool { return f.Span.File == "a/app.js" && f.Message == "node:fs.watch" })
	if !found {
		t.Errorf("the call through a/w.js is not resolved: %+v", findings)
	}
}

func TestFindingsOfLoadingAreKept(t *testing.T) {
	tree, workspace := project(t, "-- a.js --\n")
	workspace.Findings = []model.Finding{{Rule: "x", Span: source.At("z.yaml", 1, 1)}}
	workspace.Projects[0].Findings = []model.Finding{{Rule: "y", Span: source.At("a.yaml", 1, 1)}}
	expect(t, run(t, tree, workspace, Options{}), "a.yaml:1:1 y", "z.yaml:1:1 x", "empty")
}

func TestOrderDoesNotDependOnTheOrderOfServicesOrModules(t *testing.T) {
	archive := "-- a.js --\nrequire('fs').watch(1);\n-- b.js --\nrequire('fs').watch(1);\nrequire('fs').watch(1);\n"
	tree, workspace := project(t, archive, service("s", ".", "a.js", "b.js"), service("t", ".", "b.js"))
	first := run(t, tree, workspace, Options{})
	_, other := project(t, archive, service("t", ".", "b.js"), service("s", ".", "b.js", "a.js"))
	second := run(t, tree, other, Options{})
	expect(t, second, told(first)...)
	for i := range first {
		if first[i].Fingerprint != second[i].Fingerprint {
			t.Errorf("fingerprint of %s differs", first[i].Span)
		}
	}
}

func TestFingerprintSurvivesMovedLines(t *testing.T) {
	tree, workspace := project(t, "-- a.js --\nfs.watch(1);\nfs.watch(1);\n", service("s", ".", "a.js"))
	before := run(t, tree, workspace, Options{})
	tree, workspace = project(t, "-- a.js --\n// a new first line\n\n  fs.watch(1);\nother();\nfs.watch(1);\nfs.watch(2);\n", service("s", ".", "a.js"))
	after := run(t, tree, workspace, Options{})
	if len(before) != 2 || len(after) != 3 {
		t.Fatalf("%d and %d findings", len(before), len(after))
	}
	for i := range before {
		if before[i].Fingerprint != after[i].Fingerprint {
			t.Errorf("finding %d has another fingerprint after its line moved", i)
		}
	}
	if before[0].Fingerprint == before[1].Fingerprint || after[1].Fingerprint == after[2].Fingerprint {
		t.Error("different findings share a fingerprint")
	}
}

func TestFingerprintHidesSecrets(t *testing.T) {
	tree, _ := project(t, "-- .env --\nPASSWORD=one\n")
	other, _ := project(t, "-- .env --\nPASSWORD=two\n")
	of := func(tree *source.Tree) string {
		findings := []model.Finding{{Rule: "r", Category: model.CategorySecrets, Span: source.At(".env", 1, 1)}}
		fingerprint(tree, findings)
		return findings[0].Fingerprint
	}
	if of(tree) != of(other) {
		t.Error("the value of a secret is part of the fingerprint")
	}
}

func TestUnreadableModuleIsAFinding(t *testing.T) {
	tree, workspace := project(t, "-- a.js --\n", service("s", ".", "a.js", "gone.js"))
	findings := run(t, tree, workspace, Options{})
	expect(t, findings, "gone.js module-unreadable s")
	if strings.Contains(findings[0].Message, tree.Root()) {
		t.Errorf("the message holds a path of the machine: %s", findings[0].Message)
	}
}

func TestPanickingRuleIsAnErrorBesideTheFindings(t *testing.T) {
	tree, workspace := project(t, "-- a.js --\nfs.watch(1);\n", service("s", ".", "a.js"))
	broken := &Language{Name: "broken", Example: "app.js", Rules: []*Rule{
		{Name: "broken-rule", CheckService: func(*ServicePass) { panic("index out of range") }},
	}}
	findings, err := Run(t.Context(), tree, workspace, []*Language{watching(), broken}, Options{})
	if err == nil || !strings.Contains(err.Error(), "broken-rule on service s") {
		t.Errorf("error %v", err)
	}
	expect(t, findings, "a.js:1:1 watching s")
}
