package processfile

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Section is one section of an INI file.
type Section struct {
	Name string
	keys []key
}

type key struct {
	name, value string
	span        source.Span
}

// Value is a key's value, "" when it is not set.
func (s Section) Value(name string) string {
	for _, k := range s.keys {
		if k.name == name {
			return k.value
		}
	}
	return ""
}

// Span is the place of a key's value.
func (s Section) Span(name string) source.Span {
	for _, k := range s.keys {
		if k.name == name {
			return k.span
		}
	}
	return source.Span{}
}

// INI reads what supervisord reads: sections, keys, comments after ";" and values continued by indentation.
func INI(file string, text []byte) []Section {
	var sections []Section
	for number, line := range strings.Split(string(text), "\n") {
		line = strings.TrimRight(line, "\r")
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == ';' || trimmed[0] == '#':
		case trimmed[0] == '[' && strings.Contains(trimmed, "]"):
			sections = append(sections, Section{Name: trimmed[1:strings.Index(trimmed, "]")]})
		case len(sections) == 0:
		case line[0] == ' ' || line[0] == '\t':
			if section := &sections[len(sections)-1]; len(section.keys) > 0 {
				last := &section.keys[len(section.keys)-1]
				last.value = strings.TrimSpace(last.value + " " + trimmed)
			}
		default:
			name, value, _ := strings.Cut(line, "=")
			value, _, _ = strings.Cut(value, " ;")
			start := strings.Index(line, "=") + 1
			start += len(line[start:]) - len(strings.TrimLeft(line[start:], " \t"))
			section := &sections[len(sections)-1]
			section.keys = append(section.keys, key{
				name: strings.TrimSpace(name), value: strings.TrimSpace(value),
				span: source.Span{
					File:  file,
					Start: source.Position{Line: number + 1, Column: start + 1},
					End:   source.Position{Line: number + 1, Column: start + 1 + len(strings.TrimSpace(value))},
				},
			})
		}
	}
	return sections
}
