package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/analyzers"
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/load"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
	"github.com/dock2edge/dock2edge/internal/report"
	"github.com/dock2edge/dock2edge/internal/source"
)

// audited is the report on a directory as the audit command makes it.
func audited(t *testing.T, dir string) (*model.Report, report.Options) {
	t.Helper()
	tree, _, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	workspace, err := load.Load(tree, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	languages := analyzers.All()
	findings, err := analysis.Run(t.Context(), tree, workspace, languages, analysis.Options{
		Resolve: func(project *model.Project, service *model.Service) func(from, specifier string) (string, bool) {
			return load.NewResolver(tree, project, service).Resolve
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &model.Report{Version: "v0.0.0-test", Workspace: workspace, Findings: findings}
	for _, project := range workspace.Projects {
		r.Plans = append(r.Plans, plan.Build(project, findings, model.Options{CompatibilityDate: "2026-11-01", PlanName: "paid", Transport: "connect"}))
	}
	return r, report.Options{Languages: languages, Read: tree.Read}
}

// projects are the directories that are audited: the bundled projects, and the fixtures of all rules.
func projects(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	dirs := map[string]string{}
	bundled, _ := filepath.Glob(filepath.Join(root, "testdata", "projects", "*", "in"))
	for _, dir := range bundled {
		dirs[filepath.Base(filepath.Dir(dir))] = dir
	}
	fixtures, _ := filepath.Glob(filepath.Join(root, "analyzers", "*", "testdata", "*.txtar"))
	if len(fixtures) == 0 {
		t.Fatal("no fixtures found")
	}
	for _, file := range fixtures {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for _, f := range archive.Files {
			name := filepath.Join(dir, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		dirs[filepath.Base(file)] = dir
	}
	return dirs
}

// compiled is a JSON Schema file.
func compiled(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestRealReports(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{
		"json":  compiled(t, filepath.Join("..", "..", "docs", "report.schema.json")),
		"sarif": compiled(t, filepath.Join("testdata", "sarif-2.1.0-rtm.5.json")),
	}
	for name, dir := range projects(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, options := audited(t, dir)
			for _, f := range r.Findings {
				if !declares(options.Languages, f.Rule) {
					t.Errorf("%s: no rule %s is declared", f.Span, f.Rule)
				}
			}
			absolute, err := filepath.Abs(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, format := range report.Formats() {
				var first, second bytes.Buffer
				if err := format.Write(&first, r, options); err != nil {
					t.Fatal(err)
				}
				if err := format.Write(&second, r, options); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(first.Bytes(), second.Bytes()) {
					t.Errorf("%s: two writes differ", format.Name)
				}
				text := first.String()
				if strings.Contains(text, absolute) {
					t.Errorf("%s: the output holds the machine's path %s", format.Name, absolute)
				}
				if schema := schemas[format.Name]; schema != nil {
					document, err := jsonschema.UnmarshalJSON(&first)
					if err != nil {
						t.Fatal(err)
					}
					if err := schema.Validate(document); err != nil {
						t.Errorf("%s: %v", format.Name, err)
					}
				}
				for _, secret := range secretsOf(r.Workspace) {
					if strings.Contains(text, secret) {
						t.Errorf("%s prints the value of a secret: %q", format.Name, secret)
					}
				}
			}
		})
	}
}

// declares tells whether a language, or running itself, has the rule.
func declares(languages []*analysis.Language, name string) bool {
	return slices.ContainsFunc(append([]*analysis.Language{analysis.Own()}, languages...), func(l *analysis.Language) bool {
		return slices.ContainsFunc(l.Rules, func(r *analysis.Rule) bool { return r.Name == name })
	})
}

// secretsOf are the values of variables that loading took for secrets, those that are no plain words.
func secretsOf(workspace *model.Workspace) []string {
	var values []string
	for _, project := range workspace.Projects {
		for _, service := range project.Services {
			vars := slices.Clone(service.Environment)
			if service.Build != nil {
				vars = append(vars, service.Build.Args...)
			}
			if service.Image != nil {
				for _, stage := range service.Image.Stages {
					vars = slices.Concat(vars, stage.Env, stage.Args)
				}
			}
			for _, v := range vars {
				if v.Secret && len(v.Value) >= 6 && strings.ContainsAny(v.Value, "0123456789-_") {
					values = append(values, v.Value)
				}
			}
		}
	}
	return values
}
