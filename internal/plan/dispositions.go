package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

// dispositions says what became of every port, Compose key and Dockerfile instruction of a service.
func (b *builder) dispositions(sp *model.ServicePlan) {
	b.ports(sp)
	for _, key := range sp.Service.Keys {
		if spokenFor(key.Path) {
			continue
		}
		outcome, why := composeKey(sp, key.Path)
		sp.Dispositions = append(sp.Dispositions, model.Disposition{What: key.Path, Outcome: outcome, Why: why, Span: key.Span})
	}
	if sp.Service.Image == nil || sp.Service.Image.Target == nil {
		return
	}
	for _, stage := range slices.Concat(sp.Service.Image.Target.Needs, []*model.Stage{sp.Service.Image.Target}) {
		for _, instruction := range stage.Instructions {
			outcome, why := b.instruction(sp, instruction)
			sp.Dispositions = append(sp.Dispositions, model.Disposition{
				What: shorten(instruction.Op + " " + instruction.Text), Outcome: outcome, Why: why, Span: instruction.Span,
			})
		}
	}
}

// composeKey is the outcome of one key: that of its service, where the service becomes no Worker.
func composeKey(sp *model.ServicePlan, path string) (model.Outcome, string) {
	switch sp.Target {
	case model.TargetDropped:
		return model.Dropped, "its service is dropped"
	case model.TargetHyperdrive, model.TargetExternal, model.TargetContainer:
		return model.Outside, "it describes the server, which keeps running outside"
	}
	outcome, why := platform.ComposeKey(path)
	return model.Outcome(outcome), why
}

// spokenFor are keys that have dispositions of their own, item by item.
func spokenFor(path string) bool {
	top, _, nested := strings.Cut(path, ".")
	top, _, _ = strings.Cut(top, "[")
	switch top {
	case "ports", "volumes", "tmpfs":
		return true
	case "environment", "labels", "healthcheck", "deploy", "build", "depends_on", "networks":
		return nested || strings.Contains(path, "[")
	}
	return strings.Contains(path, "[")
}

func (b *builder) ports(sp *model.ServicePlan) {
	for _, p := range sp.Service.Ports {
		outcome, why := model.Dropped, "Cloudflare passes only HTTP to a Worker from outside; other services still reach it inside"
		switch {
		case sp.Target == model.TargetDropped:
			why = "its service is dropped"
		case sp.Target == model.TargetHyperdrive || sp.Target == model.TargetExternal || sp.Target == model.TargetContainer:
			outcome, why = model.Outside, "the server keeps running outside"
		case sp.Server != "":
			why = "the Durable Object is reached by the services that are bound to it, not from outside"
		case sp.Public && p.Target == sp.Port && p.Protocol != "udp":
			outcome, why = model.Converted, "the Worker "+sp.WorkerName+" answers on its own address over HTTPS"
		case debugPorts[p.Target]:
			why = "a debugger's port"
		case p.Protocol != "udp" && sp.Public:
			why = fmt.Sprintf("a Worker answers on one address, which leads to port %d; other services still reach this one inside", sp.Port)
		}
		sp.Dispositions = append(sp.Dispositions, model.Disposition{
			What: fmt.Sprintf("port %s:%d/%s", p.Published, p.Target, p.Protocol), Outcome: outcome, Why: why, Span: p.Span,
		})
	}
}

// instruction is the outcome of one Dockerfile line.
func (b *builder) instruction(sp *model.ServicePlan, i model.Instruction) (model.Outcome, string) {
	if sp.Recipe == nil {
		switch sp.Target {
		case model.TargetDropped:
			return model.Dropped, "its service is dropped"
		case model.TargetHyperdrive, model.TargetExternal, model.TargetContainer:
			return model.Outside, "the image keeps being built and run outside"
		}
		return model.Replaced, "what the image does is done by the Worker"
	}
	if (i.Op == "COPY" || i.Op == "ADD") && i.From != "" && i.FromStage == nil {
		return model.Dropped, "files of other images are not at hand without Docker"
	}
	if i.Op == "RUN" {
		kept, left := splitRun(i)
		switch {
		case kept == "" && len(left) == 0:
			return model.Dropped, "it does nothing"
		case kept == "":
			return model.Dropped, "what it sets up does not exist in an isolate: " + joinWords(left)
		case len(left) > 0:
			return model.Converted, "replayed by the build, without " + joinWords(left)
		}
		return model.Converted, "replayed by the build"
	}
	outcome, why := platform.Instruction(i.Op)
	return model.Outcome(outcome), why
}

func (b *builder) projectDispositions() {
	for _, key := range b.project.Keys {
		if strings.ContainsAny(key.Path, ".[") && !strings.HasPrefix(key.Path, "volumes.") && !strings.HasPrefix(key.Path, "networks.") {
			continue
		}
		outcome, why := platform.ComposeTopLevelKey(key.Path)
		b.plan.Dispositions = append(b.plan.Dispositions, model.Disposition{What: key.Path, Outcome: model.Outcome(outcome), Why: why, Span: key.Span})
	}
}

// limits warns where the stack comes near a limit of the chosen plan.
func (b *builder) limits() {
	for _, sp := range b.plan.Services {
		if n, limit := len(sp.Vars)+len(sp.Secrets), platform.MaxVars(b.plan.Options.PlanName); n > limit {
			b.warn("%s has %d variables; a Worker on the %s plan may have %d", sp.Service.Name, n, b.plan.Options.PlanName, limit)
		}
	}
}

func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 80 {
		return strings.ToValidUTF8(text[:77], "") + "..."
	}
	return text
}
