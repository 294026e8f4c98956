package compose

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// schema answers from compose-go's types which keys a mapping may have and where numbers stand.
type schema struct {
	fields map[reflect.Type]map[string]reflect.Type
}

func newSchema() *schema { return &schema{fields: map[reflect.Type]map[string]reflect.Type{}} }

// child is the type of a key in a mapping of type of; ok is false when the type has no such key. A nil type knows every key.
func (s *schema) child(of reflect.Type, name string) (reflect.Type, bool) {
	of = target(of)
	if of == nil {
		return nil, true
	}
	switch of.Kind() {
	case reflect.Map:
		return of.Elem(), true
	case reflect.Slice:
		// A list that may be written as a mapping, or a single entry without its list.
		return s.child(of.Elem(), name)
	case reflect.Struct:
		fields := s.fields[of]
		if fields == nil {
			fields = map[string]reflect.Type{}
			yamlFields(of, fields)
			s.fields[of] = fields
		}
		inner, ok := fields[name]
		return inner, ok
	}
	return nil, true
}

// target is what a pointer type points to.
func target(of reflect.Type) reflect.Type {
	for of != nil && of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	return of
}

// yamlFields lists the keys of a struct, those of its embedded structs included.
func yamlFields(of reflect.Type, into map[string]reflect.Type) {
	for i := range of.NumField() {
		f := of.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case f.Anonymous && strings.Contains(options, "inline"):
			yamlFields(f.Type, into)
		case name == "-" || strings.HasPrefix(name, "#"):
		case name == "":
			into[strings.ToLower(f.Name)] = f.Type
		default:
			into[name] = f.Type
		}
	}
}

// element is the type of a list's entries.
func element(of reflect.Type) reflect.Type {
	if of = target(of); of != nil && of.Kind() == reflect.Slice {
		return of.Elem()
	}
	return nil
}

// plain turns a node into what compose-go's functions work on: maps, slices and scalars. Text is made a number where the type
// needs one, as interpolation leaves text and quotes are common around numbers.
func (s *schema) plain(n *node, of reflect.Type) any {
	switch n.kind {
	case mapping:
		m := make(map[string]any, len(n.fields))
		for _, f := range n.fields {
			if f.value.reset {
				continue
			}
			inner, _ := s.child(of, f.key)
			if t := target(of); t != nil && t.Kind() == reflect.Struct {
				m[f.key] = s.text(f.value, inner)
			} else {
				m[f.key] = s.plain(f.value, inner)
			}
		}
		return m
	case sequence:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = s.text(item, element(of))
		}
		return list
	}
	text, isText := n.value.(string)
	if isText && isNumber(of) {
		if number, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			return number
		}
	}
	return n.value
}

// text is plain, but a number or a switch where text is expected (`command: [node, --port, 3000]`) is the text as written. Compose
// refuses it there; in mappings such as environment it makes text of it by itself.
func (s *schema) text(n *node, of reflect.Type) any {
	if t := target(of); n.kind == scalar && n.value != nil && t != nil && t.Kind() == reflect.String {
		return n.text
	}
	return s.plain(n, of)
}

// isNumber tells whether compose-go takes only a number there. Sizes, durations and file modes read text themselves.
func isNumber(of reflect.Type) bool {
	of = target(of)
	switch of {
	case nil:
		return false
	case reflect.TypeFor[types.UlimitsConfig]():
		return true
	case reflect.TypeFor[types.UnitBytes](), reflect.TypeFor[types.Duration](), reflect.TypeFor[types.FileMode]():
		return false
	}
	switch of.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	}
	return false
}
