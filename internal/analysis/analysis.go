// Package analysis defines what a rule is and runs rules over a project. It knows no rule: analyzers/ holds them.
//
// A rule is a struct literal plus one function. Everything that is said about it elsewhere (its page, `explain`, the SARIF
// entry) is made from the declaration:
//
//	func fsWatch() *analysis.Rule {
//		return &analysis.Rule{
//			Name: "fs-watch", Category: model.CategoryFS, Severity: model.Major, Title: "Watch files for changes",
//			…
//			Mentions:    []string{"watch"},
//			CheckModule: checkFSWatch,
//		}
//	}
//
// Run runs all of them, Validate checks the declarations, and the package analysistest runs examples and fixtures.
package analysis

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// Rule declares one rule.
type Rule struct {
	// Name is a slug that reads after "ignore": "fs-write". It never changes.
	Name     string
	Category model.Category
	// Severity is the one a finding has unless the check raises or lowers it.
	Severity model.Severity
	// Title is one line without a final stop: "Write to a path that no volume keeps".
	Title string
	// What, Why and Remedy are the paragraphs of the rule's page, in Markdown.
	What, Why, Remedy string
	// Bad shows code the rule finds and Good code it is silent about. Both are run as tests. Their language is the analyzer's.
	Bad, Good string
	// Since is the date the claim was last seen in workerd or checked against the platform's documentation, YYYY-MM-DD.
	Since string
	// Links lead to the platform's documentation.
	Links []string
	// Probe names the probe that shows the claim in workerd; empty for rules that claim nothing about the runtime.
	Probe string
	// Mentions are texts, or packages by way of Imports, of which a module holds at least one when the rule can find anything in
	// it alone. They decide which of the modules that do not ship (--all-files) are parsed and shown to the rule; those that ship
	// always are. A spelling that is forgotten is a finding that is missed; a text that stands everywhere makes the audit slow:
	// name packages with Imports. Empty for rules that look at every module.
	Mentions []string
	// OnlyShipped is set for rules that judge a module by the program it is part of, and have nothing to say of code that does
	// not ship.
	OnlyShipped bool
	// FoundBy says in a word or two who reports the rule when no check of its own does: loading a project finds what it
	// cannot read, and running rules finds ignore comments that do nothing. Empty when a check is set.
	FoundBy string
	// Exactly one of the checks is set, none with FoundBy. CheckModule sees one module that ships with a service, CheckService one service with
	// its image and all modules, CheckProject the whole project.
	CheckModule  func(*ModulePass)
	CheckService func(*ServicePass)
	CheckProject func(*ProjectPass)
}

// URL is the address of the rule's page.
func (r *Rule) URL() string {
	return "https://github.com/dock2edge/dock2edge/blob/main/docs/rules/" + r.Name + ".md"
}

// Language groups the rules of one language or file kind.
type Language struct {
	// Name is the folder's name under analyzers/: "node", "compose", "dockerfile".
	Name string
	// Example is the file name that Bad and Good stand in: "app.js", "compose.yaml", "Dockerfile".
	Example string
	Rules   []*Rule
}

// ModulePass is what CheckModule gets.
type ModulePass struct {
	*ServicePass
	Module *syntax.Module
}

// ServicePass is what CheckService gets.
type ServicePass struct {
	*ProjectPass
	Service *model.Service
	// Modules are the parsed modules that ship with the service, sorted by path.
	Modules []*syntax.Module
}

// ProjectPass is what CheckProject gets.
type ProjectPass struct {
	Workspace *model.Workspace
	Project   *model.Project
	Tree      *source.Tree
	rule      *Rule
	service   string
	out       *outcome
}

// outcome collects what one job of the runner found. Each job has its own, so that rules run in parallel without locks.
type outcome struct {
	findings []model.Finding
	routes   []model.Route
	failures []error
}

// Report adds a finding of the running rule. message says what is there and what happens to it, without a final stop.
// The finding can be changed through the returned pointer until the next call of Report.
func (p *ProjectPass) Report(span source.Span, message, remedy string, needs ...model.Need) *model.Finding {
	p.out.findings = append(p.out.findings, model.Finding{
		Rule: p.rule.Name, Category: p.rule.Category, Severity: p.rule.Severity,
		Project: p.Project.Dir, Service: p.service,
		Span: span, Message: oneLine(message), Remedy: oneLine(remedy), Needs: needs,
	})
	return &p.out.findings[len(p.out.findings)-1]
}

// oneLine evens out white space: a message may quote code that stands on several lines.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Route records an HTTP route of the service seen in the source. Run attaches them to the service when all rules are done.
func (p *ServicePass) Route(method, path string, span source.Span) {
	p.out.routes = append(p.out.routes, model.Route{Method: method, Path: path, Span: span})
}
