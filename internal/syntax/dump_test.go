package syntax

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// dump writes a module as the compact text that the fixtures hold: one line per thing, in file order within its section.
func dump(m *Module) string {
	var out strings.Builder
	line := func(span source.Span, format string, args ...any) {
		fmt.Fprintf(&out, "%d:%d ", span.Start.Line, span.Start.Column)
		fmt.Fprintf(&out, format, args...)
		out.WriteByte('\n')
	}
	section := func(name string, count int) {
		if count > 0 {
			fmt.Fprintf(&out, "[%s]\n", name)
		}
	}
	if m.ESM {
		out.WriteString("esm\n")
	}
	section("imports", len(m.Imports))
	for _, i := range m.Imports {
		line(i.Span, "%s %q%s%s", i.Kind, i.Specifier, flag(i.Optional, "optional"), text(" pattern=", i.Pattern))
	}
	section("exports", len(m.Exports))
	for _, e := range m.Exports {
		line(e.Span, "%s%s%s%s", e.Name, text(" local=", e.Local), text(" from=", e.From), text(" origin=", e.Origin))
	}
	section("calls", len(m.Calls))
	for _, c := range m.Calls {
		var args []string
		for _, a := range c.Args {
			args = append(args, dumpValue(a))
		}
		callee := c.Callee
		if callee == "" {
			callee = "?" + c.Method
		}
		line(c.Span, "%s(%s) %s%s%s%s%s%s%s%s%s", callee, strings.Join(args, ", "), whereName(c.Where), flag(c.New, "new"),
			flag(c.Await, "await"), text(" in=", c.Function), count(" loops=", c.LoopDepth), text(" to=", c.AssignedTo),
			flag(c.AssignedGlobal, "global"), place(m, " on=", c.On), text(" decorates=", c.Decorates))
	}
	section("reads", len(m.Reads))
	for _, r := range m.Reads {
		line(r.Span, "%s %s%s", r.Name, whereName(r.Where), text(" in=", r.Function))
	}
	section("assigns", len(m.Assigns))
	for _, a := range m.Assigns {
		line(a.Span, "%s %s%s %s%s%s", a.Target, a.Kind, text(":", a.Method), whereName(a.Where), flag(a.Global, "global"),
			text(" in=", a.Function))
	}
	section("loops", len(m.Loops))
	for _, l := range m.Loops {
		line(l.Span, "depth=%d%s%s%s %s%s", l.Depth, count(" bound=", int(l.Bound)), flag(l.Infinite, "infinite"),
			flag(l.Awaits, "awaits"), whereName(l.Where), text(" in=", l.Function))
	}
	section("globals", len(m.Globals))
	for _, g := range m.Globals {
		line(g.Span, "%s %s%s%s", g.Kind, g.Name, text(" maker=", g.Maker), text(" = ", strings.TrimPrefix(dumpValue(g.Init), "?")))
	}
	section("errors", len(m.Errors))
	for _, e := range m.Errors {
		line(e, "error")
	}
	return out.String()
}

func whereName(w Where) string {
	return []string{"module", "function", "handler", "timer"}[w]
}

func flag(set bool, word string) string {
	if set {
		return " " + word
	}
	return ""
}

func text(prefix, value string) string {
	if value == "" {
		return ""
	}
	return prefix + value
}

func count(prefix string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(prefix, n)
}

func dumpValue(v Value) string {
	switch v.Kind {
	case String:
		return fmt.Sprintf("%q", v.Text)
	case Template:
		return fmt.Sprintf("`%s`", v.Text)
	case Path:
		return "path:" + v.Text
	case Number, Bool, Null, Regexp:
		return v.Text
	case Function:
		return fmt.Sprintf("fn %s/%d", v.Text, v.Params)
	case Ref:
		if fallback, ok := v.Fields["default"]; ok {
			return "$" + v.Text + "||" + dumpValue(fallback)
		}
		if !v.Made.IsZero() {
			return fmt.Sprintf("$%s@%d:%d", v.Text, v.Made.Start.Line, v.Made.Start.Column)
		}
		return "$" + v.Text
	case Array:
		var items []string
		for _, item := range v.Items {
			items = append(items, dumpValue(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Object:
		var fields []string
		for name := range v.Fields {
			fields = append(fields, name)
		}
		sort.Strings(fields)
		fields = slices.Clone(fields)
		for i, name := range fields {
			fields[i] = name + ": " + dumpValue(v.Fields[name])
		}
		return "{" + strings.Join(fields, ", ") + "}"
	}
	return "?"
}

// place is a span's start, with its file when that is another.
func place(m *Module, prefix string, span source.Span) string {
	switch {
	case span.IsZero():
		return ""
	case span.File == m.File:
		return fmt.Sprintf("%s%d:%d", prefix, span.Start.Line, span.Start.Column)
	}
	return prefix + span.String()
}
