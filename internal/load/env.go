package load

import (
	"maps"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/compose"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// environment is what Compose sets for a service: its env files in order, `environment:` over them. Sorted by name.
func (b *builder) environment(from *compose.Service) []model.EnvVar {
	vars := map[string]model.EnvVar{}
	for _, file := range from.EnvFiles {
		origin := "env_file"
		if file.Template {
			origin = "template"
		}
		for _, v := range file.Vars {
			vars[v.Name] = model.EnvVar{Name: v.Name, Value: v.Value, HasValue: true, Origin: origin, File: file.Path, Span: v.Span}
		}
	}
	for name, value := range from.Config.Environment {
		v := model.EnvVar{Name: name, Origin: "environment", Span: entrySpan(from, "environment."+name), Refs: from.Refs("environment." + name)}
		if value != nil {
			v.Value, v.HasValue = *value, true
		} else if v.Value, v.HasValue = b.from.Lookup(name); !v.HasValue {
			// `- NAME` without a value anywhere: what an env file says holds.
			if _, ok := vars[name]; ok {
				continue
			}
			if v.Value, v.HasValue = b.from.Template(name); v.HasValue {
				v.Origin = "template"
			}
		}
		vars[name] = v
	}
	list := make([]model.EnvVar, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		v := vars[name]
		v.Secret = looksSecret(v.Name, v.Value)
		list = append(list, v)
	}
	return list
}

// entrySpan covers an entry of a mapping: from its key to its value's end.
func entrySpan(from *compose.Service, at string) source.Span {
	span := from.At(at)
	for _, k := range from.Keys {
		if k.Path == at && k.ValueSpan.File == span.File && k.ValueSpan.End.Line > 0 {
			span.End = k.ValueSpan.End
		}
	}
	return span
}

// imageEnvironment adds what the image sets and Compose does not.
func imageEnvironment(s *model.Service) {
	if s.Image == nil || s.Image.Target == nil {
		return
	}
	for _, v := range s.Image.Target.Env {
		if !slices.ContainsFunc(s.Environment, func(own model.EnvVar) bool { return own.Name == v.Name }) {
			s.Environment = append(s.Environment, v)
		}
	}
	slices.SortFunc(s.Environment, func(a, b model.EnvVar) int { return strings.Compare(a.Name, b.Name) })
}
