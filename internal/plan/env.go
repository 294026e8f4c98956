package plan

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
	"github.com/dock2edge/dock2edge/internal/source"
)

// environment sorts a service's variables into plain ones and required secrets. A secret's value goes nowhere.
func (b *builder) environment(sp *model.ServicePlan) {
	switch sp.Target {
	case model.TargetWorker, model.TargetDurableObject, model.TargetGateway, model.TargetRedisObject:
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
	if sp.Target == model.TargetRedisObject {
		if _, span, ok := RedisPassword(sp.Service); ok {
			sp.Secrets = append(sp.Secrets, model.Secret{Name: RedisPasswordVariable, Why: "the password that clients of the Redis server give", Span: span})
		}
	}
	slices.SortStableFunc(sp.Vars, func(a, b model.EnvVar) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(sp.Secrets, func(a, b model.Secret) int { return cmp.Compare(a.Name, b.Name) })
	sp.Secrets = slices.CompactFunc(sp.Secrets, func(a, b model.Secret) bool { return a.Name == b.Name })
}

// Variables are the container's variables, the last origin winning: image, Compose, then what the start command sets.
// Those that only describe the base image's own file system are left out.
func Variables(sp *model.ServicePlan) []model.EnvVar {
	if sp.Target == model.TargetRedisObject {
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
	if sp.Target != model.TargetWorker && sp.Target != model.TargetDurableObject {
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

// RedisPasswordVariable is the required secret that holds a Redis server's password.
const RedisPasswordVariable = "REDIS_PASSWORD"

// RedisPassword finds the password that a Redis container asks of its clients: --requirepass, or the variable that some
// images take. ok with an empty value means that there is one, but its value is not in the project.
func RedisPassword(service *model.Service) (value string, span source.Span, ok bool) {
	words, span := RedisCommand(service)
	if i := slices.Index(words, "--requirepass"); i >= 0 && i+1 < len(words) && words[i+1] != "" {
		return variableValue(service, words[i+1]), span, true
	}
	for _, e := range service.Environment {
		if (e.Name == "REDIS_PASSWORD" || e.Name == "VALKEY_PASSWORD" || e.Name == "KEYDB_PASSWORD") && e.Value != "" {
			return e.Value, e.Span, true
		}
	}
	return "", source.Span{}, false
}

// RedisCommand is the command line of a Redis container, word by word without quotes, up to where the shell would begin
// another command.
func RedisCommand(service *model.Service) (words []string, span source.Span) {
	var argv []string
	switch {
	case service.Command != nil:
		argv, span = service.Command.Argv, service.Command.Span
	case service.Entry != nil:
		argv, span = service.Entry.Argv, service.Entry.Span
	}
	for _, word := range strings.Fields(strings.Join(argv, " ")) {
		if word == "&&" || word == "||" || word == ";" || word == "|" {
			break
		}
		words = append(words, strings.Trim(word, `"'`))
	}
	return words, span
}

// variableValue is the value behind $NAME or ${NAME} as the container's shell would find it; other words are themselves.
func variableValue(service *model.Service, word string) string {
	name, isVariable := strings.CutPrefix(word, "$")
	if !isVariable {
		return word
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "{"), "}")
	for _, e := range service.Environment {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}

// ArgVariable is the name of the required secret that holds an argument's credential.
func ArgVariable(arg model.SecretArg) string { return "ARG_" + variableName(arg.Name) }

// SecretVariable is the name of the required secret that holds the text of a Compose secret. It never is the secret's own
// name: apps often have a variable of that name that holds the file's path.
func SecretVariable(secret string) string { return "SECRET_" + variableName(secret) }

func (b *builder) keep(sp *model.ServicePlan, what string, outcome model.Outcome, why string, e model.EnvVar) {
	sp.Dispositions = append(sp.Dispositions, model.Disposition{What: what, Outcome: outcome, Why: why, Span: e.Span})
}
