package load

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/compose"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// reporter adds findings of the rules of this package.
type reporter struct {
	project string
	list    *[]model.Finding
}

// add reports a finding; its category, severity and remedy are the rule's.
func (r reporter) add(rule, service string, span source.Span, format string, args ...any) *model.Finding {
	info := ruleNamed(rule)
	*r.list = append(*r.list, model.Finding{
		Rule: info.Name, Category: info.Category, Severity: info.Severity, Project: r.project, Service: service,
		Span: span, Message: fmt.Sprintf(format, args...), Remedy: info.Remedy,
	})
	return &(*r.list)[len(*r.list)-1]
}

// problem reports what reading Compose files could not do; its code is the rule's name.
func (r reporter) problem(p compose.Problem) {
	f := r.add(string(p.Code), p.Service, p.Span, "%s", p.Message)
	if p.Optional {
		f.Severity = model.Info
	}
}

// ruleNamed is the declaration of a rule. A name that is not declared is a mistake of this package, which a test finds.
func ruleNamed(name string) model.RuleInfo {
	for _, rule := range Rules() {
		if rule.Name == name {
			return rule
		}
	}
	return model.RuleInfo{Name: name, Category: model.CategoryCompose, Severity: model.Minor}
}
