package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// markdownFindings is how many findings the summary lists: a job page is cut at one megabyte, and a reader much earlier.
const markdownFindings = 100

// writeMarkdown writes what becomes of the services, then the findings that need a look, worst first.
func writeMarkdown(w io.Writer, report *model.Report, options Options) error {
	var b strings.Builder
	counts := model.Counts(report.Findings)
	fmt.Fprintf(&b, "## dock2edge audit\n\n%d blocker, %d major, %d minor, %d info\n\n",
		counts[model.Blocker], counts[model.Major], counts[model.Minor], counts[model.Info])
	b.WriteString("| service | becomes | blocker | major | minor | info | why |\n| --- | --- | ---: | ---: | ---: | ---: | --- |\n")
	for _, r := range rows(report) {
		name := r.service.Name
		if len(report.Workspace.Projects) > 1 {
			name = r.project.Dir + ": " + name
		}
		n := model.Counts(r.findings(report))
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %s |\n", markdownCell(name), orDash(r.target()),
			n[model.Blocker], n[model.Major], n[model.Minor], n[model.Info], markdownCell(reasons(r)))
	}
	rules := options.rules()
	listed := 0
	for _, g := range merge(worstFirst(counted(report.Findings))) {
		f := g.finding
		if f.Severity == model.Info || listed == markdownFindings {
			break
		}
		if listed == 0 {
			b.WriteString("\n| severity | place | finding | rule |\n| --- | --- | --- | --- |\n")
		}
		listed++
		rule := "`" + f.Rule + "`"
		if address := page(rules, f.Rule); address != "" {
			rule = "[" + rule + "](" + address + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.Severity, markdownCell(f.Span.String()), markdownCell(f.Message+g.in()), rule)
	}
	if listed == markdownFindings {
		fmt.Fprintf(&b, "\nOnly the first %d findings are listed; the other formats have them all.\n", markdownFindings)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownCell makes text safe for a table: one line, no column separators, no markup of the user's.
func markdownCell(text string) string {
	text = strings.Join(strings.Fields(visible(text)), " ")
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", "[", "\\[", "*", "\\*", "_", "\\_").Replace(text)
}
