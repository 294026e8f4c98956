// Package plan decides what each service becomes and says why. It is pure: it sees the project, the findings and the
// mappings, never source code, and the same input gives the same plan.
//
// Build is the function to open. A line of the user's code can be followed from a finding (with its Need) through a Reason
// to a binding of wrangler.jsonc.
package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/model"
)

// Build makes the plan of one project from its findings.
func Build(project *model.Project, findings []model.Finding, options model.Options) *model.Plan {
	b := &builder{project: project, plan: &model.Plan{Project: project, Options: options}, workers: map[string]bool{}}
	for _, service := range project.Services {
		sp := &model.ServicePlan{Service: service, Findings: findingsOf(findings, project.Dir, service.Name)}
		b.plan.Services = append(b.plan.Services, sp)
	}
	for _, sp := range b.plan.Services {
		b.decideTarget(sp)
	}
	for _, sp := range b.plan.Services {
		b.name(sp)
	}
	for _, sp := range b.plan.Services {
		b.connect(sp)
	}
	for _, sp := range b.plan.Services {
		b.complete(sp)
	}
	b.projectDispositions()
	b.limits()
	return b.plan
}

// builder holds the plan while it is made: targets first, then names, then what connects to what.
type builder struct {
	project *model.Project
	plan    *model.Plan
	// workers are the Worker names in use.
	workers map[string]bool
}

func (b *builder) warn(format string, args ...any) {
	b.plan.Warnings = append(b.plan.Warnings, fmt.Sprintf(format, args...))
}

// complete fills in what depends on the target and the peers of one service.
func (b *builder) complete(sp *model.ServicePlan) {
	switch {
	case sp.Server != "":
		sp.Recipe, sp.Sources = b.serverRecipe(sp)
	case sp.Target == model.TargetDurableObject || sp.Target == model.TargetWorker || sp.Target == model.TargetGateway || sp.Target == model.TargetAssets:
		sp.Recipe, sp.Sources = b.recipe(sp)
	}
	b.environment(sp)
	b.volumes(sp)
	b.dispositions(sp)
}

// findingsOf are a service's findings, suppressed ones included: an ignore comment silences the report, but what the app
// needs stays what it is.
func findingsOf(findings []model.Finding, project, service string) []model.Finding {
	var out []model.Finding
	for _, f := range findings {
		if f.Project == project && f.Service == service {
			out = append(out, f)
		}
	}
	return out
}

// needs are the needs of a service's findings of the given kind, with the findings that say so.
func needs(sp *model.ServicePlan, kind model.NeedKind) (list []model.Need, cites []model.Cite) {
	for _, f := range sp.Findings {
		for _, n := range f.Needs {
			if n.Kind == kind {
				list = append(list, n)
				cites = append(cites, model.Cite{Rule: f.Rule, Span: f.Span})
			}
		}
	}
	return list, cites
}

// firstCites keeps the report readable: the first few places prove a claim as well as all of them.
func firstCites(cites []model.Cite) []model.Cite {
	cites = slices.Clone(cites)
	slices.SortStableFunc(cites, func(a, b model.Cite) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Span.File, b.Span.File), cmp.Compare(a.Span.Start.Line, b.Span.Start.Line))
	})
	cites = slices.Compact(cites)
	return cites[:min(len(cites), 3)]
}
