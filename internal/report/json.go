package report

import (
	"encoding/json"
	"io"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// The JSON format. It is a contract: fields are added, never renamed or removed, and docs/report.schema.json describes
// every one of them.

type jsonReport struct {
	Version int `json:"version"`
	// Generator is the version of the program.
	Generator  string           `json:"generator"`
	Project    jsonProject      `json:"project"`
	Projects   []jsonProject    `json:"projects"`
	Services   []jsonService    `json:"services"`
	Findings   []jsonFinding    `json:"findings"`
	Suppressed []jsonSuppressed `json:"suppressed"`
	Summary    jsonSummary      `json:"summary"`
}

type jsonProject struct {
	Name         string            `json:"name"`
	Dir          string            `json:"dir"`
	ComposeFiles []string          `json:"composeFiles"`
	Dispositions []jsonDisposition `json:"dispositions"`
	Questions    []jsonQuestion    `json:"questions"`
	Warnings     []string          `json:"warnings"`
}

type jsonPlace struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonService struct {
	Project      string            `json:"project"`
	Name         string            `json:"name"`
	Target       string            `json:"target"`
	Why          string            `json:"why"`
	Evidence     []jsonEvidence    `json:"evidence"`
	Rejected     []jsonRejected    `json:"rejected"`
	Bindings     []jsonBinding     `json:"bindings"`
	Secrets      []string          `json:"secrets"`
	Language     string            `json:"language"`
	Entrypoints  []string          `json:"entrypoints"`
	Port         int               `json:"port"`
	Public       bool              `json:"public"`
	Routes       []jsonRoute       `json:"routes"`
	LeftOut      []jsonLeftOut     `json:"leftOut"`
	Dispositions []jsonDisposition `json:"dispositions"`
	jsonPlace
}

type jsonEvidence struct {
	Reason string `json:"reason"`
	Rule   string `json:"rule"`
	jsonPlace
}

type jsonRejected struct {
	Target string `json:"target"`
	Why    string `json:"why"`
}

type jsonBinding struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Worker  string `json:"worker"`
	Class   string `json:"class"`
	Service string `json:"service"`
	Why     string `json:"why"`
}

type jsonRoute struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	jsonPlace
}

type jsonLeftOut struct {
	Reason string `json:"reason"`
	Files  int    `json:"files"`
}

type jsonDisposition struct {
	What    string `json:"what"`
	Outcome string `json:"outcome"`
	Why     string `json:"why"`
	jsonPlace
}

type jsonQuestion struct {
	Service string   `json:"service"`
	Text    string   `json:"text"`
	Choices []string `json:"choices"`
}

type jsonFinding struct {
	Rule      string `json:"rule"`
	Category  string `json:"category"`
	Severity  string `json:"severity"`
	Project   string `json:"project"`
	Service   string `json:"service"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	Message   string `json:"message"`
	Remedy    string `json:"remedy"`
	// Docs is the address of the rule's page.
	Docs        string `json:"docs"`
	Fingerprint string `json:"fingerprint"`
}

type jsonSuppressed struct {
	jsonFinding
	Reason string    `json:"reason"`
	By     jsonPlace `json:"by"`
}

type jsonSummary struct {
	Projects   int            `json:"projects"`
	Services   int            `json:"services"`
	Targets    map[string]int `json:"targets"`
	Findings   int            `json:"findings"`
	Blocker    int            `json:"blocker"`
	Major      int            `json:"major"`
	Minor      int            `json:"minor"`
	Info       int            `json:"info"`
	Suppressed int            `json:"suppressed"`
	AllFiles   bool           `json:"allFiles"`
	// Modules is the number of source files that ship.
	Modules int           `json:"modules"`
	LeftOut []jsonLeftOut `json:"leftOut"`
}

func writeJSON(w io.Writer, report *model.Report, options Options) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(asJSON(report, options))
}

func asJSON(report *model.Report, options Options) jsonReport {
	rules := options.rules()
	out := jsonReport{
		Version: 1, Generator: report.Version,
		Projects: []jsonProject{}, Services: []jsonService{}, Findings: []jsonFinding{}, Suppressed: []jsonSuppressed{},
	}
	for i, project := range report.Workspace.Projects {
		var plan *model.Plan
		if i < len(report.Plans) {
			plan = report.Plans[i]
		}
		out.Projects = append(out.Projects, projectJSON(project, plan))
	}
	out.Project = soleProject(out.Projects)
	for _, r := range rows(report) {
		out.Services = append(out.Services, serviceJSON(r))
	}
	for _, f := range report.Findings {
		if f.Suppressed == nil {
			out.Findings = append(out.Findings, findingJSON(f, rules))
		} else {
			out.Suppressed = append(out.Suppressed, jsonSuppressed{findingJSON(f, rules), f.Suppressed.Reason, place(f.Suppressed.Span)})
		}
	}
	out.Summary = summaryJSON(report)
	return out
}

// soleProject is the project of a run that looked at one; a run over several has "projects" instead, and this one only
// stands for the directory.
func soleProject(projects []jsonProject) jsonProject {
	if len(projects) == 1 {
		return projects[0]
	}
	return jsonProject{Dir: ".", ComposeFiles: []string{}, Dispositions: []jsonDisposition{}, Questions: []jsonQuestion{}, Warnings: []string{}}
}

func projectJSON(project *model.Project, plan *model.Plan) jsonProject {
	out := jsonProject{
		Name: project.Name, Dir: project.Dir, ComposeFiles: texts(project.ComposeFiles),
		Dispositions: []jsonDisposition{}, Questions: []jsonQuestion{}, Warnings: []string{},
	}
	if plan == nil {
		return out
	}
	out.Dispositions = dispositionsJSON(plan.Dispositions)
	out.Warnings = texts(plan.Warnings)
	for _, q := range plan.Questions {
		choices := []string{}
		for _, c := range q.Choices {
			choices = append(choices, string(c))
		}
		out.Questions = append(out.Questions, jsonQuestion{Service: q.Service, Text: q.Text, Choices: choices})
	}
	return out
}

func serviceJSON(r row) jsonService {
	out := jsonService{
		Project: r.project.Dir, Name: r.service.Name, Target: r.target(), Why: r.why(),
		Evidence: []jsonEvidence{}, Rejected: []jsonRejected{}, Bindings: []jsonBinding{}, Secrets: []string{},
		Language: r.language(), Entrypoints: texts(r.entrypoints()),
		Routes: []jsonRoute{}, LeftOut: []jsonLeftOut{}, Dispositions: []jsonDisposition{},
		jsonPlace: place(r.service.Span),
	}
	for _, route := range r.service.Routes {
		out.Routes = append(out.Routes, jsonRoute{route.Method, route.Path, place(route.Span)})
	}
	if r.service.Ship != nil {
		out.LeftOut = leftOutJSON(r.service.Ship.LeftOut)
	}
	if r.plan == nil {
		return out
	}
	out.Port, out.Public = r.plan.Port, r.plan.Public
	out.Dispositions = dispositionsJSON(r.plan.Dispositions)
	for _, reason := range r.plan.Why {
		if len(reason.Cites) == 0 {
			out.Evidence = append(out.Evidence, jsonEvidence{Reason: reason.Text, jsonPlace: place(r.service.Span)})
		}
		for _, cite := range reason.Cites {
			out.Evidence = append(out.Evidence, jsonEvidence{reason.Text, cite.Rule, place(cite.Span)})
		}
	}
	for _, rejected := range r.plan.Rejected {
		out.Rejected = append(out.Rejected, jsonRejected{string(rejected.Target), rejected.Why.Text})
	}
	for _, b := range r.plan.Bindings {
		out.Bindings = append(out.Bindings, jsonBinding{string(b.Kind), b.Name, b.Worker, b.Class, b.Service, b.Why.Text})
	}
	for _, s := range r.plan.Secrets {
		out.Secrets = append(out.Secrets, s.Name)
	}
	return out
}

func findingJSON(f model.Finding, rules map[string]declared) jsonFinding {
	start, finish := whole(f.Span.Start), whole(end(f.Span))
	return jsonFinding{
		Rule: f.Rule, Category: string(f.Category), Severity: f.Severity.String(), Project: f.Project, Service: f.Service,
		File: f.Span.File, Line: start.Line, Column: start.Column, EndLine: finish.Line, EndColumn: finish.Column,
		Message: f.Message, Remedy: f.Remedy, Docs: page(rules, f.Rule), Fingerprint: f.Fingerprint,
	}
}

func summaryJSON(report *model.Report) jsonSummary {
	counts := model.Counts(report.Findings)
	out := jsonSummary{
		Projects: len(report.Workspace.Projects), Targets: map[string]int{}, AllFiles: report.AllFiles,
		Blocker: counts[model.Blocker], Major: counts[model.Major], Minor: counts[model.Minor], Info: counts[model.Info],
	}
	out.Findings = out.Blocker + out.Major + out.Minor + out.Info
	out.Suppressed = len(report.Findings) - out.Findings
	for _, r := range rows(report) {
		out.Services++
		if target := r.target(); target != "" {
			out.Targets[target]++
		}
	}
	modules, leftOut := judged(report)
	out.Modules, out.LeftOut = modules, leftOutJSON(leftOut)
	return out
}

func dispositionsJSON(list []model.Disposition) []jsonDisposition {
	out := []jsonDisposition{}
	for _, d := range list {
		out = append(out, jsonDisposition{d.What, string(d.Outcome), d.Why, place(d.Span)})
	}
	return out
}

func leftOutJSON(list []model.LeftOut) []jsonLeftOut {
	out := []jsonLeftOut{}
	for _, l := range list {
		out = append(out, jsonLeftOut(l))
	}
	return out
}

// place is a span's start. What speaks of a whole file stands at its first character.
func place(s source.Span) jsonPlace {
	start := whole(s.Start)
	return jsonPlace{File: s.File, Line: start.Line, Column: start.Column}
}

// whole counts from 1 also for the zero position.
func whole(p source.Position) source.Position {
	return source.Position{Line: max(1, p.Line), Column: max(1, p.Column)}
}

// texts is the list, never null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
