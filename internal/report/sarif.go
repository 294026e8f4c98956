package report

import (
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"slices"
	"unicode/utf16"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// fingerprintName is the name of our fingerprint; the number changes when its making does.
const fingerprintName = "dock2edge/v1"

// writeSARIF declares every rule, also those that found nothing, and keeps silenced findings with the reason.
func writeSARIF(w io.Writer, report *model.Report, options Options) error {
	rules := options.rules()
	names := slices.Sorted(maps.Keys(rules))
	driver := sarif.NewToolComponent().WithName("dock2edge").WithInformationURI("https://github.com/dock2edge/dock2edge").WithVersion(report.Version)
	for _, name := range names {
		driver.AddRule(sarifRule(rules[name]))
	}
	run := sarif.NewRun().WithTool(sarif.NewTool().WithDriver(driver)).WithColumnKind("utf16CodeUnits")
	run.AddInvocation(sarif.NewInvocation().WithExecutionSuccessful(true))
	for _, f := range report.Findings {
		run.AddResult(sarifResult(f, slices.Index(names, f.Rule), options))
	}
	log := sarif.NewReport().AddRun(run)
	log.Schema = "https://json.schemastore.org/sarif-2.1.0.json"
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(log)
}

func sarifRule(d declared) *sarif.ReportingDescriptor {
	rule, help := d.rule, analysis.Page(d.language, d.rule)
	properties := sarif.NewPropertyBag().Add("category", string(rule.Category)).Add("severity", rule.Severity.String()).Add("since", rule.Since)
	return sarif.NewReportingDescriptor().
		WithID(rule.Name).
		WithShortDescription(sarif.NewMultiformatMessageString().WithText(rule.Title)).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(rule.What).WithMarkdown(rule.What)).
		WithHelp(sarif.NewMultiformatMessageString().WithText(help).WithMarkdown(help)).
		WithHelpURI(rule.URL()).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithEnabled(true).WithLevel(sarifLevel(rule.Severity))).
		WithProperties(properties.WithTags([]string{string(rule.Category)}))
}

func sarifResult(f model.Finding, ruleIndex int, options Options) *sarif.Result {
	text := f.Message + "."
	if f.Remedy != "" {
		text += " " + f.Remedy
	}
	result := sarif.NewRuleResult(f.Rule).
		WithRuleIndex(ruleIndex).
		WithLevel(sarifLevel(f.Severity)).
		WithMessage(sarif.NewTextMessage(text)).
		WithProperties(sarif.NewPropertyBag().
			Add("severity", f.Severity.String()).Add("category", string(f.Category)).
			Add("project", f.Project).Add("service", f.Service).Add("remedy", f.Remedy))
	if f.Fingerprint != "" {
		result.WithPartialFingerprints(map[string]string{fingerprintName: f.Fingerprint})
	}
	if location := sarifLocation(f.Span, options); location != nil {
		result.AddLocation(location)
	}
	if f.Suppressed != nil {
		suppression := sarif.NewSuppression().WithKind("inSource").WithStatus("accepted").WithJustification(f.Suppressed.Reason)
		if location := sarifLocation(f.Suppressed.Span, options); location != nil {
			suppression.WithLocation(location)
		}
		result.AddSuppression(suppression)
	}
	return result
}

// sarifLocation is a span as a location; nil for the zero span.
func sarifLocation(span source.Span, options Options) *sarif.Location {
	if span.File == "" {
		return nil
	}
	uri := (&url.URL{Path: options.under(span.File)}).String()
	place := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uri).WithURIBaseID("%SRCROOT%"))
	if span.Start.Line > 0 {
		lines := options.lines(span.File)
		finish := end(span)
		place.WithRegion(sarif.NewRegion().
			WithStartLine(span.Start.Line).WithStartColumn(utf16Column(lines, span.Start)).
			WithEndLine(finish.Line).WithEndColumn(utf16Column(lines, finish)))
	}
	return sarif.NewLocation().WithPhysicalLocation(place)
}

// utf16Column turns a column in bytes into one in UTF-16 code units, what SARIF's readers and GitHub count. Without the
// file's lines the column stays as it is, which is right for ASCII.
func utf16Column(lines []string, at source.Position) int {
	if at.Line < 1 || at.Line > len(lines) {
		return max(1, at.Column)
	}
	line := lines[at.Line-1]
	before := []rune(line[:min(max(0, at.Column-1), len(line))])
	return len(utf16.Encode(before)) + 1
}

// sarifLevel is the level for a severity.
func sarifLevel(s model.Severity) string {
	switch s {
	case model.Blocker, model.Major:
		return "error"
	case model.Minor:
		return "warning"
	}
	return "note"
}
