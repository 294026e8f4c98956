package compose

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/override"
	"github.com/compose-spec/compose-go/v2/transform"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"
)

// service merges the layers of one service and decodes the result.
func (l *reader) service(main *unit, name string) *Service {
	s := &Service{Name: name}
	m := &merger{section: "services", name: name, service: s, problems: l.problems.of(name), merged: map[string]any{}}
	m.keys = newKeyList(m.problems)
	for _, layer := range l.layers(main, "services", name) {
		s.Span = layer.span
		if layer.body.kind != mapping {
			if !layer.body.isNull() {
				m.problems.add(InvalidValue, layer.body.span, "a service must be a mapping; this is not read")
			}
			continue
		}
		m.layer(layer)
	}
	m.decode()
	if build := s.Config.Build; build != nil && build.Context == "" {
		build.Context = m.buildDir
	}
	s.Keys, s.spans, s.refs = m.keys.list, m.keys.spans, m.keys.refs
	l.envFiles(s)
	return s
}

// merger merges the layers of one named thing key by key, in compose-go's terms.
type merger struct {
	section, name string
	service       *Service
	problems      *problems
	merged        map[string]any
	keys          keyList
	// dir is where the relative paths of the current layer start, buildDir where those of the first layer with a build do.
	dir, buildDir string
}

// layer adds a file's keys on top of what is there.
func (m *merger) layer(layer layer) {
	m.dir = layer.dir
	for _, f := range layer.body.fields {
		m.keys.add(f, reflect.TypeFor[types.ServiceConfig]())
		m.reset(m.merged, f)
		if f.value.isNull() || f.value.reset || f.key == "extends" {
			continue
		}
		value := m.canonical(f)
		if value == nil {
			continue
		}
		value = rebase(f.key, value, layer.dir)
		before, exists := m.merged[f.key]
		if f.key == "build" && !exists {
			m.buildDir = layer.dir
		}
		if !exists {
			m.merged[f.key] = value
			continue
		}
		at := tree.NewPath(m.section, "x", f.key)
		err := guard(func() (err error) { value, err = override.MergeYaml(before, value, at); return err })
		if err != nil {
			m.problems.add(InvalidValue, f.span, "%s cannot be merged with its earlier value; this one is taken", f.key)
		}
		m.merged[f.key] = value
	}
	m.unique()
}

// unique removes entries that a later one of the same port, target or name replaces.
func (m *merger) unique() {
	for key, value := range m.merged {
		one := map[string]any{m.section: map[string]any{"x": map[string]any{key: value}}}
		err := guard(func() (err error) { one, err = override.EnforceUnicity(one); return err })
		if err == nil {
			m.merged[key] = one[m.section].(map[string]any)["x"].(map[string]any)[key]
		}
	}
}

// reset removes what the tags `!reset` and `!override` replace.
func (m *merger) reset(target map[string]any, f field) {
	if f.value.reset || f.value.override {
		delete(target, f.key)
		return
	}
	switch below := target[f.key].(type) {
	case map[string]any:
		for _, inner := range f.value.fields {
			m.reset(below, inner)
		}
	case []any:
		for _, inner := range f.value.fields {
			if inner.value.reset || inner.value.override {
				target[f.key] = slices.DeleteFunc(below, func(e any) bool {
					name, _, _ := strings.Cut(fmt.Sprint(e), "=")
					return name == inner.key
				})
			}
		}
	}
}

// canonical turns a value into Compose's long form. An item of a list that cannot be read is reported and left out; nil means
// that nothing could be read.
func (m *merger) canonical(f field) any {
	if f.value.kind != sequence || f.key == "command" || f.key == "entrypoint" {
		value, err := m.transform(f.key, f.value.plain())
		if err != nil {
			m.refuse(f, f.value, err)
			return nil
		}
		return value
	}
	var result any = []any{}
	for _, item := range f.value.items {
		value, err := m.transform(f.key, []any{item.plain()})
		if err != nil {
			m.refuse(f, item, err)
			continue
		}
		switch value := value.(type) {
		case []any:
			if list, ok := result.([]any); ok {
				result = append(list, value...)
			}
			m.keys.identify(f.key, value, item, m.dir)
		case map[string]any:
			if into, ok := result.(map[string]any); ok {
				maps.Copy(into, value)
			} else {
				result = value
			}
		}
	}
	return result
}

func (m *merger) transform(key string, value any) (any, error) {
	doc := map[string]any{m.section: map[string]any{"x": map[string]any{key: value}}}
	err := guard(func() (err error) { doc, err = transform.Canonical(doc, false); return err })
	if err != nil {
		return nil, err
	}
	return doc[m.section].(map[string]any)["x"].(map[string]any)[key], nil
}

// refuse reports a value that Compose does not take.
func (m *merger) refuse(f field, value *node, err error) {
	what := "the value of " + f.key
	if f.value.kind == sequence {
		what = "this entry of " + f.key
	}
	m.problems.add(InvalidValue, value.span, "%s is not valid and is not read%s", what, reasonOf(err))
}

// decode types the merged keys; those that do not fit their type are reported and left out.
func (m *merger) decode() {
	config := types.ServiceConfig{}
	if err := transformInto(m.merged, &config); err == nil {
		config.Name = m.name
		m.service.Config = config
		return
	}
	for _, key := range slices.Sorted(maps.Keys(m.merged)) {
		var alone types.ServiceConfig
		if err := transformInto(map[string]any{key: m.merged[key]}, &alone); err != nil {
			m.problems.add(InvalidValue, m.keys.spans[key], "the value of %s is not valid and is not read%s", key, reasonOf(err))
			delete(m.merged, key)
		}
	}
	config = types.ServiceConfig{}
	if err := transformInto(m.merged, &config); err != nil {
		m.problems.add(InvalidValue, m.service.Span, "the service is not valid and is not read%s", reasonOf(err))
		return
	}
	config.Name = m.name
	m.service.Config = config
}

func transformInto(from any, to any) error {
	return guard(func() error { return loader.Transform(from, to) })
}

// guard runs a function of compose-go, which asserts types that only its schema validation guarantees.
func guard(run func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("unexpected type")
		}
	}()
	return run()
}

// reasonOf is the part of compose-go's error that helps, without its internal paths. Values it quotes may be secrets only where
// ports, volumes, durations and sizes are expected, which hold none.
func reasonOf(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" || strings.Contains(last, "'") && strings.Contains(last, "decod") || strings.Contains(last, "unexpected type") {
		return ""
	}
	return ": " + strings.TrimPrefix(last, "services.x.")
}
