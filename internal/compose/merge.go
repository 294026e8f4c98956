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
	m := &merger{service: s, schema: l.schema, problems: l.problems.of(name), merged: map[string]any{}}
	m.keys = newKeyList(l.schema, m.problems)
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

// merger merges the layers of one service key by key, in compose-go's terms.
type merger struct {
	service  *Service
	schema   *schema
	problems *problems
	merged   map[string]any
	keys     keyList
	// dir is where the relative paths of the current layer start, buildDir where those of the first layer with a build do.
	dir, buildDir string
}

// layer adds a file's keys on top of what is there.
func (m *merger) layer(layer layer) {
	m.dir = layer.dir
	var fields []field
	for _, f := range layer.body.fields {
		m.keys.add(f, serviceType)
		m.reset(m.merged, f)
		if !f.value.isNull() && !f.value.reset && f.key != "extends" {
			fields = append(fields, f)
		}
	}
	values := m.canonical(fields)
	for _, f := range fields {
		value, ok := values[f.key]
		if !ok || value == nil {
			continue
		}
		value = rebase(f.key, value, layer.dir)
		before, exists := m.merged[f.key]
		if f.key == "build" && !exists {
			m.buildDir = layer.dir
		}
		if exists {
			value = m.over(f, before, value)
		}
		m.merged[f.key] = value
	}
	m.unique()
}

// over merges a value over an earlier layer's.
func (m *merger) over(f field, before, value any) any {
	var merged any
	at := tree.NewPath("services", "x", f.key)
	err := guard(func() (err error) { merged, err = override.MergeYaml(before, value, at); return err })
	if err != nil {
		m.problems.add(InvalidValue, f.span, "%s cannot be merged with its earlier value; this one is taken", f.key)
		return value
	}
	return merged
}

// wrapped puts keys of a service into a document as compose-go's functions expect it; keysOf takes them out again.
func wrapped(keys map[string]any) map[string]any {
	return map[string]any{"services": map[string]any{"x": keys}}
}

func keysOf(document map[string]any) map[string]any {
	services, _ := document["services"].(map[string]any)
	keys, _ := services["x"].(map[string]any)
	return keys
}

// unique removes entries that a later one of the same port, target or name replaces.
func (m *merger) unique() {
	all := wrapped(m.merged)
	if guard(func() (err error) { all, err = override.EnforceUnicity(all); return err }) == nil {
		m.merged = keysOf(all)
		return
	}
	for key, value := range m.merged {
		one := wrapped(map[string]any{key: value})
		if guard(func() (err error) { one, err = override.EnforceUnicity(one); return err }) == nil {
			m.merged[key] = keysOf(one)[key]
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

// canonical turns values into Compose's long forms. All keys are tried at once; when one is not valid, each is tried alone.
func (m *merger) canonical(fields []field) map[string]any {
	values := make(map[string]any, len(fields))
	for _, f := range fields {
		if f.key != "ports" {
			values[f.key] = m.plain(f)
		}
	}
	values, err := m.transform(values)
	if err != nil {
		values = make(map[string]any, len(fields))
	}
	for _, f := range fields {
		switch value, ok := values[f.key]; {
		case !ok:
			// Ports are read one by one in any case, as one entry may stand for several.
			values[f.key] = m.alone(f)
		case f.value.kind == sequence:
			if list, ok := value.([]any); ok && len(list) == len(f.value.items) {
				for i, item := range f.value.items {
					m.keys.identify(f.key, list[i:i+1], item, m.dir)
				}
			}
		}
	}
	return values
}

// alone canonicalises one key. An item of a list that is not valid is reported and left out; nil means that nothing could be read.
func (m *merger) alone(f field) any {
	if f.value.kind != sequence || f.key == "command" || f.key == "entrypoint" {
		values, err := m.transform(map[string]any{f.key: m.plain(f)})
		if err != nil {
			m.refuse(f, f.value, err)
			return nil
		}
		return values[f.key]
	}
	var list []any
	var named map[string]any
	inner, _ := m.schema.child(serviceType, f.key)
	for _, item := range f.value.items {
		values, err := m.transform(map[string]any{f.key: []any{m.schema.plain(item, element(inner))}})
		if err != nil {
			m.refuse(f, item, err)
			continue
		}
		switch value := values[f.key].(type) {
		case []any:
			list = append(list, value...)
			m.keys.identify(f.key, value, item, m.dir)
		case map[string]any:
			if named == nil {
				named = map[string]any{}
			}
			maps.Copy(named, value)
		}
	}
	if named != nil {
		return named
	}
	return list
}

func (m *merger) plain(f field) any {
	inner, _ := m.schema.child(serviceType, f.key)
	return m.schema.plain(f.value, inner)
}

func (m *merger) transform(keys map[string]any) (map[string]any, error) {
	doc := wrapped(keys)
	err := guard(func() (err error) { doc, err = transform.Canonical(doc, false); return err })
	return keysOf(doc), err
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
	if transformInto(m.merged, &config) != nil {
		for _, key := range slices.Sorted(maps.Keys(m.merged)) {
			if value, ok := m.prune([]string{key}, m.merged[key]); ok {
				m.merged[key] = value
			} else {
				delete(m.merged, key)
			}
		}
		config = types.ServiceConfig{}
		if err := transformInto(m.merged, &config); err != nil {
			m.problems.add(InvalidValue, m.service.Span, "the service is not valid and is not read%s", reasonOf(err))
			config = types.ServiceConfig{}
		}
	}
	config.Name = m.service.Name
	m.service.Config = config
}

// prune takes out of the value at a path what does not fit its type, as little as is needed. ok is false when nothing is left.
func (m *merger) prune(path []string, value any) (pruned any, ok bool) {
	var one any = value
	for _, name := range slices.Backward(path) {
		one = map[string]any{name: one}
	}
	err := transformInto(one, &types.ServiceConfig{})
	if err == nil {
		return value, true
	}
	below, isMap := value.(map[string]any)
	if isMap && len(below) > 0 {
		kept := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(below)) {
			if value, ok := m.prune(append(slices.Clone(path), name), below[name]); ok {
				kept[name] = value
			}
		}
		return kept, len(kept) > 0
	}
	at := strings.Join(path, ".")
	m.problems.add(InvalidValue, m.service.closest(m.keys.spans, at), "the value of %s is not valid and is not read%s", at, reasonOf(err))
	return nil, false
}

var serviceType = reflect.TypeFor[types.ServiceConfig]()

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

// reasonOf is what compose-go's error says of the value, where a user can make sense of it. It may quote the value: only ports,
// volumes and durations come here, which are no secrets.
func reasonOf(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	for _, known := range []string{"invalid duration", "invalid spec: ", "Invalid containerPort: ", "Invalid hostPort: ", "Invalid ip address", "Invalid proto: ", "No port specified"} {
		if i := strings.Index(last, known); i >= 0 {
			return ": " + last[i:]
		}
	}
	return ""
}
