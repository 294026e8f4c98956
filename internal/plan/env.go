package plan

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

// environment sorts a service's variables into plain ones and required secrets. A secret's value goes nowhere.
func (b *builder) environment(sp *model.ServicePlan) {
	switch sp.Target {
	case model.TargetWorker, model.TargetDurableObject, model.TargetGateway, model.TargetKeyValue:
	default:
		return
	}
	for _, e := range Variables(sp) {
		switch {
		case !e.HasValue && e.Secret:
			sp.Secrets = append(sp.Secrets, model.Secret{Name: e.Name, Why: "its value comes from the shell that starts Compose", Span: e.Span})
		case !e.HasValue:
			b.keep(sp, "environment "+e.Name, model.Outside, "its value comes from the shell that starts Compose; set it with wrangler or in the dashboard", e)
		case e.Secret:
			sp.Secrets = append(sp.Secrets, model.Secret{Name: e.Name, Why: "the original has it in " + origin(e), Span: e.Span})
		case len(e.Value) > platform.MaxVarBytes:
			sp.Secrets = append(sp.Secrets, model.Secret{Name: e.Name, Why: fmt.Sprintf("its value has %d bytes, more than a plain variable may have", len(e.Value)), Span: e.Span})
		default:
			sp.Vars = append(sp.Vars, e)
		}
	}
	for _, p := range sp.Peers {
		if p.Kind == model.PeerExternal && !slices.ContainsFunc(sp.Vars, func(e model.EnvVar) bool { return e.Name == p.Binding }) {
			sp.Vars = append(sp.Vars, model.EnvVar{Name: p.Binding, HasValue: true, Origin: "address", Span: sp.Service.Span})
		}
	}
	b.secretFiles(sp)
	if sp.Recipe != nil && sp.Recipe.Node != nil {
		for _, arg := range sp.Service.Entry.SecretArgs {
			sp.Secrets = append(sp.Secrets, model.Secret{
				Name: ArgVariable(arg), Why: "the original passes it to the program as an argument", Span: sp.Service.Entry.Span,
			})
		}
	}
	for _, c := range Credentials(sp) {
		sp.Secrets = append(sp.Secrets, model.Secret{Name: c.Name, Why: c.Why, Span: c.Span})
	}
	slices.SortStableFunc(sp.Vars, func(a, b model.EnvVar) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(sp.Secrets, func(a, b model.Secret) int { return cmp.Compare(a.Name, b.Name) })
	sp.Secrets = slices.CompactFunc(sp.Secrets, func(a, b model.Secret) bool { return a.Name == b.Name })
}

// Variables are the container's variables, the last origin winning: image, Compose, then what the start command sets.
// Those that only describe the base image's own file system are left out.
func Variables(sp *model.ServicePlan) []model.EnvVar {
	if sp.Server != "" {
		return nil
	}
	byName := map[string]model.EnvVar{}
	var order []string
	add := func(list []model.EnvVar) {
		for _, e := range list {
			if _, known := byName[e.Name]; !known {
				order = append(order, e.Name)
			}
			byName[e.Name] = e
		}
	}
	if sp.Service.Image != nil && sp.Service.Image.Target != nil {
		add(sp.Service.Image.Target.Env)
	}
	add(sp.Service.Environment)
	if sp.Service.Entry != nil {
		add(sp.Service.Entry.Env)
	}
	var out []model.EnvVar
	for _, name := range order {
		if slices.Contains([]string{"PATH", "PNPM_HOME", "NODE_VERSION", "YARN_VERSION", "DEBIAN_FRONTEND", "NODE_PATH"}, name) {
			continue
		}
		out = append(out, byName[name])
	}
	return out
}

func origin(e model.EnvVar) string {
	if e.Span.File != "" {
		return e.Span.String()
	}
	if e.File != "" {
		return e.File
	}
	return "its environment"
}

// secretFiles turns Compose secrets into required secrets that the runtime shows the app as files.
func (b *builder) secretFiles(sp *model.ServicePlan) {
	if sp.Target != model.TargetWorker && sp.Target != model.TargetDurableObject || sp.Server != "" {
		return
	}
	for _, grant := range sp.Service.Secrets {
		target := grant.Target
		if target == "" {
			target = "/run/secrets/" + grant.Source
		} else if !path.IsAbs(target) {
			target = "/run/secrets/" + target
		}
		name := SecretVariable(grant.Source)
		sp.SecretFiles = append(sp.SecretFiles, model.SecretFile{Path: target, Variable: name})
		sp.Secrets = append(sp.Secrets, model.Secret{Name: name, Why: "the text of " + target, Span: grant.Span})
	}
}

// ArgVariable is the name of the required secret that holds an argument's credential.
func ArgVariable(arg model.SecretArg) string { return "ARG_" + variableName(arg.Name) }

// SecretVariable is the name of the required secret that holds the text of a Compose secret. It never is the secret's own
// name: apps often have a variable of that name that holds the file's path.
func SecretVariable(secret string) string { return "SECRET_" + variableName(secret) }

func (b *builder) keep(sp *model.ServicePlan, what string, outcome model.Outcome, why string, e model.EnvVar) {
	sp.Dispositions = append(sp.Dispositions, model.Disposition{What: what, Outcome: outcome, Why: why, Span: e.Span})
}
