// Package report writes a model.Report in the formats people and machines read. One file per format; Formats is the list.
//
// A format decides nothing: what is a finding, what it becomes and what is silenced stands in the report. No format prints
// the value of a secret, the clock or a path of this machine.
package report

import (
	"cmp"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Format is one way to write a report.
type Format struct {
	// Name is what --format takes.
	Name string
	// Title says what it is for.
	Title string
	// Write writes the whole report. The error is that of the writer.
	Write func(w io.Writer, report *model.Report, options Options) error
}

// Formats are all formats, the default first.
func Formats() []Format {
	return []Format{
		{"text", "for people: findings with their code, services, a summary", writeText},
		{"json", "for programs; docs/report.schema.json describes it", writeJSON},
		{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF},
		{"github", "workflow commands that annotate a pull request on GitHub", writeGitHub},
		{"markdown", "a summary for a job page or a comment", writeMarkdown},
	}
}

// Options are what a format needs besides the report.
type Options struct {
	// Languages hold the rules that ran. Formats that list rules declare all of them, found or not.
	Languages []*analysis.Language
	// Read returns a file of the workspace for code frames and for columns in characters; nil does without both.
	Read func(file string) ([]byte, error)
	// Color allows escape sequences in text.
	Color bool
	// Base is the audited directory relative to the repository's root, with slashes, for formats that another program reads
	// from there. Empty when they are the same.
	Base string
}

// declared is a rule with its language.
type declared struct {
	language *analysis.Language
	rule     *analysis.Rule
}

// rules are all rules by name, those that running reports included.
func (o Options) rules() map[string]declared {
	rules := map[string]declared{}
	for _, language := range append([]*analysis.Language{analysis.Own()}, o.Languages...) {
		for _, rule := range language.Rules {
			rules[rule.Name] = declared{language, rule}
		}
	}
	return rules
}

// lines returns the lines of a file, nil when it cannot be read.
func (o Options) lines(file string) []string {
	if o.Read == nil || file == "" {
		return nil
	}
	text, err := o.Read(file)
	if err != nil {
		return nil
	}
	return strings.Split(string(text), "\n")
}

// under is a path of the workspace as it is called from the repository's root.
func (o Options) under(file string) string {
	if file == "" || o.Base == "" {
		return file
	}
	return path.Join(o.Base, file)
}

// page is the address of a rule's page; empty for names that no rule has.
func page(rules map[string]declared, name string) string {
	if d, known := rules[name]; known {
		return d.rule.URL()
	}
	return ""
}

// end is a span's end; a span without one ends where it starts.
func end(s source.Span) source.Position {
	if s.End.Line == 0 {
		return s.Start
	}
	return s.End
}

// counted are the findings that no comment silences.
func counted(findings []model.Finding) []model.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f model.Finding) bool { return f.Suppressed != nil })
}

// worstFirst sorts by severity, then as everywhere.
func worstFirst(findings []model.Finding) []model.Finding {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b model.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), model.CompareFindings(a, b))
	})
	return sorted
}

// row is one service with its plan, which is nil when none was made.
type row struct {
	project *model.Project
	service *model.Service
	plan    *model.ServicePlan
}

// rows are all services in the order of projects and names.
func rows(report *model.Report) []row {
	var list []row
	for i, project := range report.Workspace.Projects {
		for _, service := range project.Services {
			r := row{project: project, service: service}
			if i < len(report.Plans) && report.Plans[i] != nil {
				r.plan = report.Plans[i].Service(service.Name)
			}
			list = append(list, r)
		}
	}
	return list
}

// target is what the service becomes; empty when no plan was made.
func (r row) target() string {
	if r.plan == nil {
		return ""
	}
	return string(r.plan.Target)
}

// why is the first reason for the target.
func (r row) why() string {
	if r.plan == nil || len(r.plan.Why) == 0 {
		return ""
	}
	return r.plan.Why[0].Text
}

// findings are those of the service that count.
func (r row) findings(report *model.Report) []model.Finding {
	return slices.DeleteFunc(counted(report.Findings), func(f model.Finding) bool {
		return f.Project != r.project.Dir || f.Service != r.service.Name
	})
}

// language is the kind of program the service runs: "node", "nginx", "postgres", …; empty when it is not known.
func (r row) language() string {
	entry := r.service.Entry
	if entry == nil || entry.Kind == "unknown" {
		return ""
	}
	return entry.Kind
}

// entrypoints are the source files of the service's programs.
func (r row) entrypoints() []string {
	var list []string
	if entry := r.service.Entry; entry != nil {
		if entry.Module != "" {
			list = append(list, entry.Module)
		}
		for _, other := range entry.Others {
			if other.Module != "" && !slices.Contains(list, other.Module) {
				list = append(list, other.Module)
			}
		}
	}
	return list
}

// judged counts the modules that ship, and the files left out by reason.
func judged(report *model.Report) (files int, leftOut []model.LeftOut) {
	shipped := map[string]bool{}
	counts := map[string]int{}
	for _, r := range rows(report) {
		if r.service.Ship == nil {
			continue
		}
		for _, m := range r.service.Ship.Modules {
			shipped[m.Source] = true
		}
		for _, l := range r.service.Ship.LeftOut {
			counts[l.Reason] += l.Files
		}
	}
	for reason, n := range counts {
		leftOut = append(leftOut, model.LeftOut{Reason: reason, Files: n})
	}
	slices.SortFunc(leftOut, func(a, b model.LeftOut) int {
		return cmp.Or(cmp.Compare(b.Files, a.Files), cmp.Compare(a.Reason, b.Reason))
	})
	return len(shipped), leftOut
}
