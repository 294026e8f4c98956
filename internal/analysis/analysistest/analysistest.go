// Package analysistest runs the examples and fixtures of rules.
//
// A fixture is testdata/<rule>.txtar: a small project whose lines say what is to be found there.
//
//	-- app.js --
//	const fs = require("fs");
//	fs.watch("/app/config", reload); // want "fs.watch"
//	fs.readFileSync("/app/config");  // a read stays silent
//	-- compose.yaml --
//	services:
//	  api:
//	    # want "privileged"
//	    privileged: true
//
// A want beside code speaks of its line; alone on a line it speaks of the next line that is no comment. It holds one or
// more regular expressions, quoted as in Go. Files without comments are spoken of in the text before the first file:
//
//	want package.json:4 "cluster"
//	want compose.yaml "has no service"
//
// What the fixture leaves out is supplied: a Dockerfile that runs the first module, a package.json, an app.js that answers
// every request.
package analysistest

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/load"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Run tests all rules of a language: the declaration is valid, Bad is found, Good is silent, and the fixture of each
// finds what its wants say and nothing else of that rule. It is called from the language's own package, in whose testdata
// the fixtures stand. A rule without a fixture fails, and so does a fixture without a rule.
func Run(t *testing.T, language *analysis.Language) {
	t.Helper()
	if err := analysis.Validate([]*analysis.Language{language}); err != nil {
		t.Error(err)
	}
	fixtures, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range language.Rules {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			t.Run("example", func(t *testing.T) { runExamples(t, language, rule) })
			file := filepath.Join("testdata", rule.Name+".txtar")
			if !slices.Contains(fixtures, file) {
				t.Fatalf("the rule has no fixture %s", filepath.ToSlash(file))
			}
			t.Run("fixture", func(t *testing.T) { runFixture(t, language, rule, file) })
		})
	}
	for _, file := range fixtures {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if !slices.ContainsFunc(language.Rules, func(r *analysis.Rule) bool { return r.Name == name }) {
			t.Errorf("%s belongs to no rule", filepath.ToSlash(file))
		}
	}
}

// Findings loads the project that the archive describes and returns what the languages find in it.
func Findings(t *testing.T, archive *txtar.Archive, languages ...*analysis.Language) []model.Finding {
	t.Helper()
	tree := write(t, supply(archive))
	workspace, err := load.Load(tree, load.Options{})
	if err != nil {
		t.Fatalf("loading the project: %v", err)
	}
	findings, err := analysis.Run(context.Background(), tree, workspace, languages, analysis.Options{
		Resolve: func(project *model.Project, service *model.Service) func(from, specifier string) (string, bool) {
			return load.NewResolver(tree, project, service).Resolve
		},
	})
	if err != nil {
		t.Fatalf("running the rules: %v", err)
	}
	return findings
}

// runExamples checks that Bad is found and Good is not.
func runExamples(t *testing.T, language *analysis.Language, rule *analysis.Rule) {
	for _, example := range []struct {
		name, text string
		found      bool
	}{{"Bad", rule.Bad, true}, {"Good", rule.Good, false}} {
		archive := txtar.Parse([]byte(example.text))
		if len(archive.Files) == 0 {
			archive = &txtar.Archive{Files: []txtar.File{{Name: language.Example, Data: []byte(example.text)}}}
		}
		found := ofRule(rule, Findings(t, archive, language))
		if example.found && len(found) == 0 {
			t.Errorf("%s is not found", example.name)
		}
		for _, f := range found {
			if !example.found {
				t.Errorf("%s is found at %s: %s", example.name, f.Span, f.Message)
			}
		}
	}
}

// runFixture compares the findings of one rule with the wants of its fixture.
func runFixture(t *testing.T, language *analysis.Language, rule *analysis.Rule, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wants, err := wantsOf(archive)
	if err != nil {
		t.Fatal(err)
	}
	if len(wants) == 0 {
		t.Error("the fixture wants nothing to be found")
	}
	for _, f := range ofRule(rule, Findings(t, archive, language)) {
		wanted := false
		for _, w := range wants {
			if w.file == f.Span.File && w.line == f.Span.Start.Line && w.pattern.MatchString(f.Message) {
				w.found, wanted = true, true
			}
		}
		if !wanted {
			t.Errorf("%s: not wanted: %s", f.Span, f.Message)
		}
	}
	for _, w := range wants {
		if !w.found {
			t.Errorf("%s:%d: wanted but not found: %s", w.file, w.line, w.pattern)
		}
	}
}

// ofRule are the findings of one rule that no comment silences.
func ofRule(rule *analysis.Rule, findings []model.Finding) []model.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f model.Finding) bool {
		return f.Rule != rule.Name || f.Suppressed != nil
	})
}

// want is one expectation.
type want struct {
	file    string
	line    int
	pattern *regexp.Regexp
	found   bool
}

var (
	wantComment = regexp.MustCompile("(?:^|\\s)(?://|#|/\\*)\\s*want((?:\\s+(?:\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`))+)")
	wantHeader  = regexp.MustCompile("^want\\s+([^\\s:]+)(?::(\\d+))?((?:\\s+(?:\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`))+)\\s*$")
	wantText    = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")
)

// wantsOf reads the expectations of a fixture.
func wantsOf(archive *txtar.Archive) ([]*want, error) {
	var wants []*want
	add := func(file string, line int, texts string) error {
		for _, quoted := range wantText.FindAllString(texts, -1) {
			text, err := strconv.Unquote(quoted)
			if err != nil {
				return fmt.Errorf("%s:%d: %s: %w", file, line, quoted, err)
			}
			pattern, err := regexp.Compile(text)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", file, line, err)
			}
			wants = append(wants, &want{file: file, line: line, pattern: pattern})
		}
		return nil
	}
	for text := range strings.Lines(string(archive.Comment)) {
		if m := wantHeader.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
			line, _ := strconv.Atoi("0" + m[2])
			if err := add(m[1], line, m[3]); err != nil {
				return nil, err
			}
		} else if strings.HasPrefix(text, "want ") {
			return nil, fmt.Errorf("cannot read %q", strings.TrimSpace(text))
		}
	}
	for _, file := range archive.Files {
		lines := strings.Split(string(file.Data), "\n")
		for i, line := range lines {
			m := wantComment.FindStringSubmatchIndex(line)
			if m == nil {
				continue
			}
			at := i + 1
			if strings.TrimSpace(line[:m[0]]) == "" {
				at = nextCode(lines, at)
			}
			if err := add(file.Name, at, line[m[2]:m[3]]); err != nil {
				return nil, err
			}
		}
	}
	return wants, nil
}

// nextCode is the number of the first line after the given one that is neither blank nor a comment.
func nextCode(lines []string, after int) int {
	for i := after; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line != "" && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "/*") {
			return i + 1
		}
	}
	return after
}

// supply adds the files that a small project needs and the archive lacks.
func supply(archive *txtar.Archive) *txtar.Archive {
	full := &txtar.Archive{Files: slices.Clone(archive.Files)}
	has := func(name string) bool {
		return slices.ContainsFunc(full.Files, func(f txtar.File) bool { return f.Name == name })
	}
	entry, text := "", ""
	for _, f := range full.Files {
		if entry == "" && slices.Contains([]string{".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx"}, path.Ext(f.Name)) {
			entry, text = f.Name, string(f.Data)
		}
	}
	if entry == "" {
		entry = "app.js"
		full.Files = append(full.Files, txtar.File{Name: entry, Data: []byte(
			"require(\"http\").createServer((request, response) => response.end(\"ok\")).listen(3000);\n")})
	}
	if !has("package.json") {
		manifest := `{"name": "fixture", "private": true}`
		if regexp.MustCompile(`(?m)^(import|export)\b`).MatchString(text) {
			manifest = `{"name": "fixture", "private": true, "type": "module"}`
		}
		full.Files = append(full.Files, txtar.File{Name: "package.json", Data: []byte(manifest + "\n")})
	}
	if !has("Dockerfile") {
		command := `["node", "` + entry + `"]`
		if strings.HasSuffix(path.Ext(entry), "ts") || path.Ext(entry) == ".tsx" {
			command = `["npx", "tsx", "` + entry + `"]`
		}
		full.Files = append(full.Files, txtar.File{Name: "Dockerfile", Data: []byte(
			"FROM node:22\nWORKDIR /app\nCOPY . .\nCMD " + command + "\n")})
	}
	return full
}

// write puts the archive's files into a new directory and opens it.
func write(t *testing.T, archive *txtar.Archive) *source.Tree {
	t.Helper()
	dir := t.TempDir()
	for _, file := range archive.Files {
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
	return tree
}
