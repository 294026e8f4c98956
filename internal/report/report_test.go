package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// written is what the named format makes of a report.
func written(t *testing.T, name string, report *model.Report, options Options) string {
	t.Helper()
	for _, format := range Formats() {
		if format.Name == name {
			var b bytes.Buffer
			if err := format.Write(&b, report, options); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
	}
	t.Fatalf("there is no format %s", name)
	return ""
}

func TestGolden(t *testing.T) {
	for _, format := range Formats() {
		t.Run(format.Name, func(t *testing.T) {
			golden(t, format.Name, written(t, format.Name, sample(), sampleOptions()))
		})
	}
	t.Run("color", func(t *testing.T) {
		options := sampleOptions()
		options.Color = true
		golden(t, "color", written(t, "text", sample(), options))
	})
}

// golden compares with testdata/want/<name>.txt, or rewrites it when UPDATE_GOLDEN=1.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "want", name+".txt")
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; UPDATE_GOLDEN=1 rewrites it):\n%s", file, diff)
	}
}

func TestNoFormatPrintsASecretOrAPathOfTheMachine(t *testing.T) {
	for _, format := range Formats() {
		got := written(t, format.Name, sample(), sampleOptions())
		for _, secret := range []string{"hunter2", "/nowhere"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s prints %q", format.Name, secret)
			}
		}
	}
}

func TestEmptyReports(t *testing.T) {
	for _, format := range Formats() {
		for name, report := range map[string]*model.Report{
			"no project": {Workspace: &model.Workspace{}},
			"no plan":    {Workspace: sample().Workspace, Findings: sample().Findings},
		} {
			if got := written(t, format.Name, report, Options{}); got == "" && format.Name != "github" {
				t.Errorf("%s writes nothing for a report with %s", format.Name, name)
			}
		}
	}
}

// failing is a writer that has no room.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrorsAreReturned(t *testing.T) {
	for _, format := range Formats() {
		if err := format.Write(failing{}, sample(), sampleOptions()); err == nil {
			t.Errorf("%s hides the writer's error", format.Name)
		}
	}
}

// schemaOf compiles a JSON Schema file.
func schemaOf(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	text, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	document, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, text string) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document)
}

func TestJSONFollowsThePublishedSchema(t *testing.T) {
	schema := schemaOf(t, filepath.Join("..", "..", "docs", "report.schema.json"))
	several := sample()
	second := *several.Workspace.Projects[0]
	second.Dir = "other"
	several.Workspace.Projects = append(several.Workspace.Projects, &second)
	for name, report := range map[string]*model.Report{
		"sample": sample(), "several projects": several, "empty": {Workspace: &model.Workspace{}},
		"no plan": {Workspace: sample().Workspace, Findings: sample().Findings},
	} {
		if err := validate(t, schema, written(t, "json", report, sampleOptions())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, spoil := range []func(map[string]any){
		func(r map[string]any) { r["extra"] = true },
		func(r map[string]any) { delete(r, "summary") },
		func(r map[string]any) { r["findings"].([]any)[0].(map[string]any)["line"] = 0 },
		func(r map[string]any) { r["services"].([]any)[0].(map[string]any)["target"] = "vm" },
	} {
		var document map[string]any
		if err := json.Unmarshal([]byte(written(t, "json", sample(), sampleOptions())), &document); err != nil {
			t.Fatal(err)
		}
		spoil(document)
		text, _ := json.Marshal(document)
		if validate(t, schema, string(text)) == nil {
			t.Error("the schema accepts a report that is not one")
		}
	}
}

func TestSARIFFollowsTheOfficialSchema(t *testing.T) {
	schema := schemaOf(t, filepath.Join("testdata", "sarif-2.1.0-rtm.5.json"))
	for name, report := range map[string]*model.Report{"sample": sample(), "empty": {Workspace: &model.Workspace{}}} {
		text := written(t, "sarif", report, sampleOptions())
		if err := validate(t, schema, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// The library carries the later erratum of the schema.
		log, err := sarif.FromString(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSARIFDeclaresEveryRuleAndKeepsTheSilenced(t *testing.T) {
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct{ ID, HelpURI string }
				}
			}
			Results []struct {
				RuleID              string
				RuleIndex           int
				PartialFingerprints map[string]string
				Suppressions        []struct{ Justification string }
			}
		}
	}
	if err := json.Unmarshal([]byte(written(t, "sarif", sample(), sampleOptions())), &log); err != nil {
		t.Fatal(err)
	}
	rules := log.Runs[0].Tool.Driver.Rules
	if len(rules) != len(sampleOptions().rules()) {
		t.Errorf("%d rules are declared, want %d", len(rules), len(sampleOptions().rules()))
	}
	for _, rule := range rules {
		if !strings.HasPrefix(rule.HelpURI, "https://") {
			t.Errorf("rule %s has no helpUri", rule.ID)
		}
	}
	silenced := 0
	for _, result := range log.Runs[0].Results {
		if rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("ruleIndex of %s leads to %s", result.RuleID, rules[result.RuleIndex].ID)
		}
		if result.PartialFingerprints[fingerprintName] == "" {
			t.Errorf("%s has no fingerprint", result.RuleID)
		}
		for _, s := range result.Suppressions {
			silenced++
			if s.Justification != "a keep-alive" {
				t.Errorf("justification %q", s.Justification)
			}
		}
	}
	if silenced != 1 || len(log.Runs[0].Results) != len(sample().Findings) {
		t.Errorf("%d results, %d of them silenced", len(log.Runs[0].Results), silenced)
	}
}

func TestGitHubCommandsAreEscaped(t *testing.T) {
	options := sampleOptions()
	options.Base = "apps/shop"
	got := written(t, "github", sample(), options)
	command := regexp.MustCompile(`^::(error|warning|notice) [a-zA-Z]+=[^,:]*(,[a-zA-Z]+=[^,:]*)*::.`)
	for line := range strings.Lines(got) {
		if !command.MatchString(line) {
			t.Errorf("not a workflow command: %s", line)
		}
	}
	for _, want := range []string{
		"file=apps/shop/src/a%2C b%3A 100%25.js,",
		"100%25 of the requests share it in api, worker%0Aconvert hosts",
		"::error file=apps/shop/src/db.js,line=2,endLine=2,col=34,endColumn=74,title=major%3A pool::",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "timer") {
		t.Error("a silenced finding is annotated")
	}
}

func TestRedaction(t *testing.T) {
	workspace := sample().Workspace
	service := workspace.Projects[0].Services[0]
	service.Environment = append(service.Environment, model.EnvVar{Name: "PGPASSWORD", Value: "postgres", Secret: true, Span: source.At("compose.yaml", 9, 1)})
	r := newRedactor(workspace)
	for _, c := range []struct {
		file         string
		number       int
		text, expect string
	}{
		{"compose.yaml", 6, "      DB_PASSWORD: hunter2-sample", "      DB_PASSWORD: ***"},
		{"src/db.js", 2, `connect("hunter2-sample")`, `connect("***`},
		{"a.js", 1, `const token = "abc"; more()`, `const token = "***`},
		{"a.js", 1, `const token = req.headers.authorization;`, `const token = req.headers.authorization;`},
		{"a.js", 1, `{ password: process.env.DB_PASSWORD }`, `{ password: process.env.DB_PASSWORD }`},
		{"a.js", 1, `{ "apiKey": "x1", name: "y" }`, `{ "apiKey": "***`},
		{"a.js", 1, `new Pool("postgres://app:s3cret@db:5432/app")`, `new Pool("postgres://app:***`},
		{"a.js", 1, `fetch("http://api:3000/login")`, `fetch("http://api:3000/login")`},
		{"compose.yaml", 1, "  - API_TOKEN=abc", "  - API_TOKEN=***"},
		{"compose.yaml", 1, "  DB_PASS: ${DB_PASS}", "  DB_PASS: ${DB_PASS}"},
		{"compose.yaml", 1, "  DB_PASS: ${PG:-postgres}", "  DB_PASS: ***"},
		{"compose.yaml", 1, "  POSTGRES_PASSWORD_FILE: /run/secrets/db", "  POSTGRES_PASSWORD_FILE: /run/secrets/db"},
		{"compose.yaml", 1, "secrets:", "secrets:"},
		{"Dockerfile", 1, "ENV SECRET_KEY=abc PORT=3000", "ENV SECRET_KEY=***"},
		{"Dockerfile", 1, "ARG NPM_TOKEN", "ARG NPM_TOKEN"},
		{"compose.yaml", 9, "- postgres", "- ***"},
		{"compose.yaml", 10, "- db:/var/lib/postgresql", "- db:/var/lib/postgresql"},
	} {
		if got := r.line(c.file, c.number, c.text); got != c.expect {
			t.Errorf("%q is shown as %q, want %q", c.text, got, c.expect)
		}
	}
}

func TestFrames(t *testing.T) {
	long := strings.Repeat("x", 400) + "TARGET" + strings.Repeat("y", 400)
	for _, c := range []struct {
		name, text string
		span       source.Span
		want       string
	}{
		{"tab and wide characters", "\tab = \"日本\", cd\n", span("f", 1, 17, 1, 19),
			"  1 │     ab = \"日本\", cd\n    │                  ^^\n"},
		{"only the start is known", "abc\n", source.At("f", 1, 2), "  1 │ abc\n    │  ^\n"},
		{"past the end of the line", "abc\n", source.At("f", 1, 9), "  1 │ abc\n    │    ^\n"},
		{"over several lines", "a(\nb)\n", span("f", 1, 2, 2, 3), "  1 │ a(\n    │  ^\n  2 │ b)\n"},
		{"no such line", "abc\n", source.At("f", 7, 1), ""},
		{"whole file", "abc\n", source.Span{File: "f"}, ""},
		{"long line", long, span("f", 1, 401, 1, 407),
			"  1 │ " + strings.Repeat("x", 40) + "TARGET" + strings.Repeat("y", 114) + "\n    │ " + strings.Repeat(" ", 40) + "^^^^^^\n"},
		{"escape sequences", "a\x1b[31mb\n", source.At("f", 1, 1), "  1 │ a\uFFFD[31mb\n    │ ^\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			w := &textWriter{w: &b, read: func(string) []string { return strings.Split(c.text, "\n") }, cache: map[string][]string{}}
			w.frame(c.span)
			if diff := cmp.Diff(c.want, b.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestUseColor(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, false}, // a file is no terminal
		{map[string]string{"FORCE_COLOR": "1"}, true},
		{map[string]string{"FORCE_COLOR": "0"}, false},
		{map[string]string{"FORCE_COLOR": "1", "NO_COLOR": "1"}, false},
		{map[string]string{"TERM": "dumb"}, false},
	} {
		if got := UseColor(file, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v gives %v", c.env, got)
		}
	}
}
