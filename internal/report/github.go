package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// writeGitHub writes one workflow command for each finding that counts, worst first: GitHub shows only the first ten of
// each kind in a step.
func writeGitHub(w io.Writer, report *model.Report, options Options) error {
	for _, g := range merge(worstFirst(counted(report.Findings))) {
		f := g.finding
		var properties []string
		if f.Span.File != "" {
			properties = append(properties, "file="+escapeProperty(options.under(f.Span.File)))
		}
		if f.Span.Start.Line > 0 {
			lines := options.lines(f.Span.File)
			finish := end(f.Span)
			properties = append(properties, fmt.Sprintf("line=%d", f.Span.Start.Line), fmt.Sprintf("endLine=%d", finish.Line))
			if finish.Line == f.Span.Start.Line { // GitHub refuses columns of a stretch over several lines
				properties = append(properties, fmt.Sprintf("col=%d", utf16Column(lines, f.Span.Start)), fmt.Sprintf("endColumn=%d", utf16Column(lines, finish)))
			}
		}
		properties = append(properties, "title="+escapeProperty(f.Severity.String()+": "+f.Rule))
		message := f.Message + g.in()
		if f.Remedy != "" {
			message += "\n" + f.Remedy
		}
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", gitHubCommand(f.Severity), strings.Join(properties, ","), escapeData(message)); err != nil {
			return err
		}
	}
	return nil
}

// gitHubCommand is the workflow command for a severity.
func gitHubCommand(s model.Severity) string {
	switch s {
	case model.Blocker, model.Major:
		return "error"
	case model.Minor:
		return "warning"
	}
	return "notice"
}

// escapeData escapes a message as GitHub's own toolkit does.
func escapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// escapeProperty escapes a property's value, in which also the separators are special.
func escapeProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
