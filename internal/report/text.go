package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// textWriter writes the text format. The first error of the underlying writer is kept and returned at the end.
type textWriter struct {
	w      io.Writer
	err    error
	report *model.Report
	read   func(file string) []string
	cache  map[string][]string
	redact redactor
	color  palette
	// severity is that of the finding being drawn.
	severity model.Severity
}

func writeText(w io.Writer, report *model.Report, options Options) error {
	t := &textWriter{
		w: w, report: report, read: options.lines, cache: map[string][]string{},
		redact: newRedactor(report.Workspace), color: palette{on: options.Color},
	}
	t.projects()
	t.summary()
	return t.err
}

func (t *textWriter) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

func (t *textWriter) lines(file string) []string {
	if _, known := t.cache[file]; !known {
		t.cache[file] = t.read(file)
	}
	return t.cache[file]
}

// projects writes the findings of the workspace, then project by project the findings and the table of services.
func (t *textWriter) projects() {
	known := map[string]bool{}
	for _, project := range t.report.Workspace.Projects {
		known[project.Dir] = true
	}
	t.findings(slices.DeleteFunc(counted(t.report.Findings), func(f model.Finding) bool { return known[f.Project] }))
	for i, project := range t.report.Workspace.Projects {
		t.printf("%s\n\n", t.color.bold(visible(heading(project))))
		t.findings(slices.DeleteFunc(counted(t.report.Findings), func(f model.Finding) bool { return f.Project != project.Dir }))
		t.services(project)
		if i < len(t.report.Plans) && t.report.Plans[i] != nil {
			t.questions(t.report.Plans[i])
		}
	}
}

// heading names a project and the files it was read from.
func heading(project *model.Project) string {
	name := project.Name
	if project.Dir != "." && project.Dir != "" {
		name += " in " + project.Dir
	}
	if len(project.ComposeFiles) > 0 {
		return name + " (" + strings.Join(project.ComposeFiles, ", ") + ")"
	}
	return name
}

// findings writes what needs a look with its code, then what is handled in one line each.
func (t *textWriter) findings(findings []model.Finding) {
	groups := merge(worstFirst(findings))
	for _, g := range groups {
		if g.finding.Severity > model.Info {
			t.finding(g)
		}
	}
	info := slices.DeleteFunc(groups, func(g group) bool { return g.finding.Severity > model.Info })
	if len(info) == 0 {
		return
	}
	t.printf("%s\n", t.color.severity(model.Info, fmt.Sprintf("info: %s handled automatically", count(len(info), "thing", "things"))))
	for _, g := range info {
		f := g.finding
		t.printf("  %s %s %s%s\n", visible(f.Span.String()), visible(f.Message), t.color.dim("["+f.Rule+"]"), t.color.dim(g.in()))
	}
	t.printf("\n")
}

// group is one finding for several services that ship the same line.
type group struct {
	finding  model.Finding
	services []string
}

// merge joins findings that differ only in their service.
func merge(findings []model.Finding) []group {
	type identity struct {
		project, rule, message string
		span                   source.Span
	}
	var groups []group
	index := map[identity]int{}
	for _, f := range findings {
		id := identity{f.Project, f.Rule, f.Message, f.Span}
		at, known := index[id]
		if !known {
			at = len(groups)
			index[id] = at
			groups = append(groups, group{finding: f})
		}
		if f.Service != "" {
			groups[at].services = append(groups[at].services, f.Service)
		}
	}
	return groups
}

// in names the services of the group, after a space; empty when the finding is about none.
func (g group) in() string {
	if len(g.services) == 0 {
		return ""
	}
	return " in " + strings.Join(g.services, ", ")
}

func (t *textWriter) finding(g group) {
	f := g.finding
	t.severity = f.Severity
	t.printf("%s %s\n", t.color.severity(f.Severity, f.Severity.String()+"["+f.Rule+"]:"), t.color.bold(visible(f.Message)))
	if f.Span != (source.Span{}) {
		t.printf("  %s%s\n", visible(f.Span.String()), t.color.dim(g.in()))
		t.frame(f.Span)
	}
	if f.Remedy != "" {
		t.printf("  %s %s\n", t.color.dim("→"), visible(f.Remedy))
	}
	t.printf("\n")
}

// services writes the table of what becomes of each service.
func (t *textWriter) services(project *model.Project) {
	table := [][]string{{"service", "becomes", "blocker", "major", "minor", "info", "why"}}
	for _, r := range rows(t.report) {
		if r.project != project {
			continue
		}
		counts := model.Counts(r.findings(t.report))
		cells := []string{r.service.Name, orDash(r.target())}
		for _, s := range []model.Severity{model.Blocker, model.Major, model.Minor, model.Info} {
			cells = append(cells, number(counts[s]))
		}
		table = append(table, append(cells, reasons(r)))
	}
	if len(table) == 1 {
		t.printf("  no services\n\n")
		return
	}
	widths := make([]int, len(table[0])-1)
	for _, cells := range table {
		for i := range widths {
			widths[i] = max(widths[i], columns(cells[i]))
		}
	}
	for n, cells := range table {
		var line strings.Builder
		for i, cell := range cells {
			if i == len(widths) {
				line.WriteString(visible(cell))
				break
			}
			pad := strings.Repeat(" ", widths[i]-columns(cell))
			if i > 1 { // figures stand at the right
				line.WriteString(pad + cell + "  ")
			} else {
				line.WriteString(visible(cell) + pad + "  ")
			}
		}
		text := strings.TrimRight(line.String(), " ")
		if n == 0 {
			text = t.color.dim(text)
		}
		t.printf("  %s\n", text)
	}
	t.printf("\n")
}

// reasons are the reasons for a service's target with their places.
func reasons(r row) string {
	if r.plan == nil {
		return ""
	}
	var parts []string
	for _, reason := range r.plan.Why {
		text := reason.Text
		if len(reason.Cites) > 0 {
			text += " (" + place(reason.Cites[0].Span).String() + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// String is file:line, short enough for a table.
func (p jsonPlace) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

func (t *textWriter) questions(plan *model.Plan) {
	for _, warning := range plan.Warnings {
		t.printf("  %s %s\n", t.color.severity(model.Minor, "limit:"), visible(warning))
	}
	for _, q := range plan.Questions {
		var choices []string
		for _, c := range q.Choices {
			choices = append(choices, string(c))
		}
		t.printf("  %s %s: %s (%s)\n", t.color.severity(model.Info, "question:"), visible(q.Service), visible(q.Text), strings.Join(choices, ", "))
	}
	if len(plan.Warnings)+len(plan.Questions) > 0 {
		t.printf("\n")
	}
}

// summary writes the last lines: counts, and what was not judged and why.
func (t *textWriter) summary() {
	counts := model.Counts(t.report.Findings)
	var parts []string
	for _, s := range []model.Severity{model.Blocker, model.Major, model.Minor, model.Info} {
		if counts[s] > 0 {
			parts = append(parts, t.color.severity(s, fmt.Sprintf("%d %s", counts[s], s)))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no findings"}
	}
	line := strings.Join(parts, ", ") + " in " + count(len(rows(t.report)), "service", "services")
	if silenced := len(t.report.Findings) - len(counted(t.report.Findings)); silenced > 0 {
		line += fmt.Sprintf("; %d silenced by comments", silenced)
	}
	t.printf("%s\n", line)
	modules, leftOut := judged(t.report)
	line = count(modules, "source file ships", "source files ship")
	if t.report.AllFiles {
		line += "; the others were judged too (--all-files)"
		leftOut = nil
	}
	for i, l := range leftOut {
		separator := ", "
		if i == 0 {
			separator = "; left out: "
		}
		line += fmt.Sprintf("%s%d %s", separator, l.Files, l.Reason)
	}
	t.printf("%s\n", visible(line))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// number leaves zeros out of a table, where they hide what matters.
func number(n int) string {
	if n == 0 {
		return "·"
	}
	return fmt.Sprint(n)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
