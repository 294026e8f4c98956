package compose

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// keyList collects the keys of one service, or of a file's other sections, over all layers.
type keyList struct {
	list  []Key
	spans map[string]source.Span
	refs  map[string][]string
	// paths are those of list items, entries those of the items that hold for each port, target or name.
	paths   map[*node]string
	entries map[string]string
	// items counts the entries of each list so far: those of an override follow those of the base.
	items    map[string]int
	schema   *schema
	problems *problems
}

func newKeyList(schema *schema, problems *problems) keyList {
	return keyList{
		spans: map[string]source.Span{}, refs: map[string][]string{}, items: map[string]int{},
		paths: map[*node]string{}, entries: map[string]string{},
		schema: schema, problems: problems,
	}
}

// replaced are the keys whose value in an override replaces the whole earlier one.
var replaced = []string{"command", "entrypoint", "healthcheck.test"}

// add flattens a field of a layer. of is compose-go's type of the mapping it stands in; keys that type does not have are
// reported.
func (k *keyList) add(f field, of reflect.Type) {
	if f.value.reset {
		k.drop(f.key)
		return
	}
	k.flatten(f.key, f.key, f.span, f.value, of)
}

func (k *keyList) flatten(at, name string, span source.Span, value *node, of reflect.Type) {
	inner, ok := k.schema.child(of, name)
	if !ok && !strings.HasPrefix(name, "x-") {
		k.problems.add(UnknownKey, span, "the key %q is not in the Compose specification and is not read", at)
	}
	k.put(at, span, value, inner)
}

// put records one key and what is below it.
func (k *keyList) put(at string, span source.Span, value *node, inner reflect.Type) {
	if value.override || slices.Contains(replaced, at) {
		k.drop(at)
	}
	key := Key{Path: at, Span: span}
	if value.kind == scalar {
		key.Value, key.ValueSpan = value.text, value.span
	}
	k.set(key, value.refs)
	for _, f := range value.fields {
		if f.value.reset {
			k.drop(at + "." + f.key)
			continue
		}
		k.flatten(at+"."+f.key, f.key, f.span, f.value, inner)
	}
	named := pathMatches(at, pairLists) || pathMatches(at, nameLists)
	for _, item := range value.items {
		if named && item.kind == scalar {
			k.pair(at, item)
			continue
		}
		index := k.items[at]
		k.items[at]++
		path := fmt.Sprintf("%s[%d]", at, index)
		k.paths[item] = path
		k.put(path, item.span, item, element(inner))
	}
}

// pairLists have entries "NAME=value", nameLists entries "NAME"; both may also be written as mappings.
var (
	pairLists = []string{"environment", "labels", "annotations", "sysctls", "build.args", "build.labels", "build.additional_contexts", "deploy.labels"}
	nameLists = []string{"depends_on", "networks"}
)

func pathMatches(at string, list []string) bool { return slices.Contains(list, at) }

// pair records an entry of such a list under the path it has in the mapping form.
func (k *keyList) pair(at string, item *node) {
	name, value, found := strings.Cut(item.text, "=")
	if pathMatches(at, nameLists) {
		name, value, found = item.text, "", false
	}
	key := Key{Path: at + "." + name, Value: value, Span: item.span}
	if found {
		key.ValueSpan = item.span
		// Quotes and what interpolation replaced make the value's start uncertain; then the whole entry is its place.
		if width := item.span.End.Column - item.span.Start.Column; item.span.End.Line == item.span.Start.Line && width == len(item.text) && len(item.refs) == 0 {
			key.ValueSpan.Start.Column += len(name) + 1
		}
	}
	k.set(key, item.refs)
}

// set adds a key, or gives the one of that path a later layer's value. Mappings and lists that a layer adds to stay where they
// began.
func (k *keyList) set(key Key, refs []string) {
	_, exists := k.spans[key.Path]
	if !exists {
		k.list = append(k.list, key)
	} else if !key.ValueSpan.IsZero() {
		i := slices.IndexFunc(k.list, func(old Key) bool { return old.Path == key.Path })
		k.list[i] = key
	} else {
		return
	}
	k.spans[key.Path], k.refs[key.Path] = key.Span, refs
}

// drop forgets a key and everything below it.
func (k *keyList) drop(at string) {
	below := func(path string) bool {
		return path == at || strings.HasPrefix(path, at+".") || strings.HasPrefix(path, at+"[")
	}
	k.list = slices.DeleteFunc(k.list, func(key Key) bool { return below(key.Path) })
	for path := range k.spans {
		if below(path) {
			delete(k.spans, path)
		}
	}
	delete(k.items, at)
}

// identify remembers which item of a list a canonical entry came from: one item may stand for several ports, and an override
// replaces entries by what they are, not by where they stand.
func (k *keyList) identify(key string, entries []any, item *node, dir string) {
	for _, entry := range entries {
		id := identity(key, entry, dir)
		if id == "" {
			continue
		}
		id = key + ":" + id
		if before := k.entries[id]; before != "" && before != k.paths[item] {
			k.drop(before)
		}
		k.spans[id], k.refs[id], k.entries[id] = item.span, item.refs, k.paths[item]
	}
}

func identity(key string, entry any, dir string) string {
	m, ok := entry.(map[string]any)
	if !ok {
		return fmt.Sprint(entry)
	}
	text := func(name, fallback string) string {
		if v := m[name]; v != nil {
			return fmt.Sprint(v)
		}
		return fallback
	}
	switch key {
	case "ports":
		return portIdentity(text("host_ip", ""), text("published", ""), text("target", ""), text("protocol", "tcp"))
	case "volumes":
		return path.Clean(text("target", ""))
	case "secrets", "configs":
		return text("source", "") + "|" + text("target", "")
	case "env_file":
		return source.Join(dir, text("path", ""))
	}
	return ""
}

func portIdentity(hostIP, published, target, protocol string) string {
	return strings.Join([]string{hostIP, published, target, protocol}, "|")
}

// At is the position of a key, of the entry of a list that says the same, or of the closest key around it.
func (s *Service) At(path string) source.Span { return s.closest(s.spans, path) }

func (s *Service) closest(spans map[string]source.Span, path string) source.Span {
	for path != "" {
		if span, ok := spans[path]; ok {
			return span
		}
		cut := strings.LastIndexAny(path, ".:[")
		path = path[:max(cut, 0)]
	}
	return s.Span
}

// Refs are the variables that interpolation used in the value of a key.
func (s *Service) Refs(path string) []string { return s.refs[path] }

// PortAt is the position of the entry of `ports` that declares a port.
func (s *Service) PortAt(hostIP, published string, target uint32, protocol string) source.Span {
	return s.At("ports:" + portIdentity(hostIP, published, fmt.Sprint(target), protocol))
}
