package syntax

import (
	"strconv"
	"strings"
)

// A text that holds a constant of another module is folded twice: with * in its place by Parse, and by Link from its late
// form, in which the place is a number between two marks. A mark in front tells what is done with the whole.
const (
	markPlace   = "\x03" // \x03 12 \x03: what links.late[12] leads to
	markJoin    = "\x04" // path.join
	markResolve = "\x05" // path.resolve
)

// lateText is the late form of a value as a part of a text; isLate tells that it holds such places.
func (b *builder) lateText(value Value) (text string, isLate bool) {
	fromElsewhere := strings.HasPrefix(value.raw, importMark) || strings.HasPrefix(value.raw, paramMark)
	switch {
	case value.late != "":
		return value.late, true
	case fromElsewhere && value.Fields == nil:
		b.late = append(b.late, value.raw)
		return markPlace + digits(len(b.late)-1) + markPlace, true
	}
	switch value.Kind {
	case String, Template, Path, Number, Bool:
		return value.Text, false
	}
	return "*", false
}

// lateValue puts the constants of other modules into a text. It gives the value back as it is when none is known.
func (l *linker) lateValue(m *Module, v Value, depth int) Value {
	var out strings.Builder
	path, found, missing := v.Kind == Path, false, false
	for i, part := range strings.Split(v.late, markPlace) {
		if i%2 == 0 {
			out.WriteString(part)
			missing = missing || strings.Contains(part, "*")
			continue
		}
		constant, ok := l.constant(m, part, depth)
		if !ok {
			out.WriteString("*")
			missing = true
			continue
		}
		found = true
		path = path || constant.Kind == Path && strings.Trim(out.String(), markJoin+markResolve) == ""
		missing = missing || strings.Contains(constant.Text, "*")
		out.WriteString(constant.Text)
	}
	if !found {
		return v
	}
	text, joined := strings.CutPrefix(out.String(), markJoin)
	if rest, ok := strings.CutPrefix(text, markResolve); ok {
		path, text = true, rest
		if !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "<") {
			text = joinPath(m.links.workdir, text)
		}
	}
	text = strings.NewReplacer(markJoin, "", markResolve, "").Replace(text)
	if path || joined {
		text = joinPath(text, "")
	}
	kind := String
	switch {
	case path:
		kind = Path
	case missing:
		kind = Template
	}
	made := textValue(kind, text)
	made.Span = v.Span
	return made
}

// constant is the text that a place in a late form becomes.
func (l *linker) constant(m *Module, place string, depth int) (Value, bool) {
	index, err := strconv.Atoi(place)
	if err != nil || index >= len(m.links.late) {
		return Value{}, false
	}
	t, ok := l.follow(m, m.links.late[index], depth+1)
	if !ok {
		return Value{}, false
	}
	value := resolved(t.value)
	switch value.Kind {
	case String, Path, Number, Template, Bool:
		return value, true
	}
	return Value{}, false
}
