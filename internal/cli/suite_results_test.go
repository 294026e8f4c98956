package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// suiteResult is what came of one app; results.json of a group holds what is expected.
type suiteResult struct {
	Group    string   `json:"group,omitempty"`
	App      string   `json:"app"`
	Packages []string `json:"packages"`
	// Node is "ok" or "failed"; Lifted "same", "different", "failed" or "not run".
	Node   string `json:"node"`
	Lifted string `json:"lifted"`
	// Reason says why an app does not pass, Rule is the audit rule that tells the user so.
	Reason string `json:"reason,omitempty"`
	Rule   string `json:"rule,omitempty"`
	// At is where that rule found it.
	At string `json:"at,omitempty"`

	details string
}

// compareSuite compares results with the expected ones and returns them with reasons. UPDATE_GOLDEN=1 accepts them; a reason
// is still asked for.
func compareSuite(t *testing.T, g *suiteGroup, results []suiteResult) []suiteResult {
	t.Helper()
	file := filepath.Join(g.dir, "results.json")
	expected := map[string]suiteResult{}
	if data, err := os.ReadFile(file); err == nil {
		var list []suiteResult
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, r := range list {
			expected[r.App] = r
		}
	} else if !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var audit []suiteFinding
	for i := range results {
		r := &results[i]
		want, known := expected[r.App]
		wrong := ""
		if r.Node != "ok" || r.Lifted != "same" {
			r.Reason, r.Rule = want.Reason, want.Rule
			if audit == nil {
				audit = auditSuite(t, g)
			}
			wrong = checkSuiteReason(r, audit)
		}
		if wrong == "" && !updating() {
			wrong = unexpectedSuiteResult(r, want, known)
		}
		if wrong != "" {
			t.Errorf("%s: node %s, lifted %s: %s\n%s", r.App, r.Node, r.Lifted, wrong, r.details)
		}
		stored := *r
		stored.Group, stored.At = "", ""
		expected[r.App] = stored
	}
	if updating() {
		writeSuiteExpected(t, g, file, expected)
	}
	return results
}

// unexpectedSuiteResult says how a result is not the expected one.
func unexpectedSuiteResult(r *suiteResult, want suiteResult, known bool) string {
	switch {
	case !known:
		return "it is new; UPDATE_GOLDEN=1 accepts it"
	case want.Node != r.Node || want.Lifted != r.Lifted:
		return fmt.Sprintf("expected node %s, lifted %s", want.Node, want.Lifted)
	case !slices.Equal(want.Packages, r.Packages):
		return fmt.Sprintf("it uses %v, expected %v; UPDATE_GOLDEN=1 accepts it", r.Packages, want.Packages)
	}
	return ""
}

// checkSuiteReason makes sure that an app that does not pass says why, and that the audit says so too.
func checkSuiteReason(r *suiteResult, audit []suiteFinding) string {
	if r.Node != "ok" {
		return "it does not run on Node.js"
	}
	if r.Reason == "" || r.Rule == "" {
		return "results.json names no reason and no rule for it"
	}
	for _, f := range audit {
		if f.Service == r.App && f.Rule == r.Rule && (f.Severity == "blocker" || f.Severity == "major") {
			r.At = fmt.Sprintf("%s:%d", f.File, f.Line)
			return ""
		}
	}
	return fmt.Sprintf("the audit has no blocker or major finding of %s for it", r.Rule)
}

// suiteFinding is what the suite reads of the audit's JSON.
type suiteFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Service  string `json:"service"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

func auditSuite(t *testing.T, g *suiteGroup) []suiteFinding {
	t.Helper()
	_, stdout, stderr := runMain("audit", g.dir, "--format", "json", "--fail-on", "never")
	var report struct {
		Findings []suiteFinding `json:"findings"`
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("audit: %v\n%s", err, stderr)
	}
	return report.Findings
}

func writeSuiteExpected(t *testing.T, g *suiteGroup, file string, expected map[string]suiteResult) {
	t.Helper()
	var list []suiteResult
	for _, name := range g.apps {
		if r, ok := expected[name]; ok {
			list = append(list, r)
		}
	}
	if err := os.WriteFile(file, suiteJSON(t, list), 0o644); err != nil {
		t.Fatal(err)
	}
}

// suiteJSON is a list with one result on a line.
func suiteJSON(t *testing.T, list []suiteResult) []byte {
	t.Helper()
	var out bytes.Buffer
	for i, r := range list {
		separator := ",\n  "
		if i == 0 {
			separator = "[\n  "
		}
		out.WriteString(separator)
		var line bytes.Buffer
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(r); err != nil {
			t.Fatal(err)
		}
		out.Write(bytes.TrimSpace(line.Bytes()))
	}
	out.WriteString("\n]\n")
	return out.Bytes()
}

// writeSuiteTable writes the results as a table and as JSON beside it.
func writeSuiteTable(t *testing.T, out string, results []suiteResult) {
	t.Helper()
	var table strings.Builder
	onNode, passing := 0, 0
	for _, r := range results {
		if r.Node == "ok" {
			onNode++
		}
		if r.Lifted == "same" {
			passing++
		}
		why := r.Reason
		if r.At != "" {
			why += " (" + r.Rule + ", " + r.At + ")"
		}
		line := fmt.Sprintf("%-12s %-24s node %-6s  lifted %-9s  %-60s  %s", r.Group, r.App, r.Node, r.Lifted, strings.Join(r.Packages, " "), why)
		table.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	fmt.Fprintf(&table, "%d apps, %d run on Node.js, %d of those answer the same in workerd (%.1f %%)\n", len(results), onNode, passing, 100*float64(passing)/float64(max(1, onNode)))
	base := filepath.Join("../..", out)
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(base+".txt", []byte(table.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(base+".json", suiteJSON(t, results), 0o644); err != nil {
		t.Fatal(err)
	}
}
