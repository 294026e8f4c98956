package syntax

import (
	"testing"

	"github.com/dock2edge/dock2edge/internal/source"
)

// FuzzParse reads anything as every kind of file: nothing may panic, run on without end, or point outside of the text.
func FuzzParse(f *testing.F) {
	for _, data := range fixtureFiles(f) {
		f.Add(data)
	}
	for _, text := range []string{
		"", "`", "`${", "`${`${", "/", "/*", "<", "<a", "<a>{", "'\\", "import", "export {", "require(", "import {a", "\xff\xfe", "\x00",
		"a=a+a;b=a.b.c;a=b()", "class A extends A{a=this.a}", "var {a=a,...b}=b", "x={...x,y:{...x}}", "f=(g)=>g(f);f(f)",
		"let a='x';const b=a+a,c=b+b,d=c+c,e=d+d;f(e)", "(((((((((((((((((((((((((((((((((", "a?.b?.[c]?.(d)", "enum A{B=A.B}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := source.NewLines(data)
		last := lines.Position(len(data))
		for _, name := range []string{"a.js", "b.ts", "c.tsx"} {
			m := Parse(name, data, ParseOptions{ImagePath: "/app/" + name})
			check := func(what string, span source.Span) {
				if span.Start.Line < 1 || span.Start.Column < 1 || span.End.Line > last.Line ||
					span.End.Line == last.Line && span.End.Column > last.Column {
					t.Errorf("%s: %s has the span %v, the text ends at %v", name, what, span, last)
				}
			}
			for _, c := range m.Calls {
				check("a call", c.Span)
				check("a callee", c.NameSpan)
			}
			for _, r := range m.Reads {
				check("a read", r.Span)
			}
			imports, _ := ScanImports(name, data)
			for _, i := range append(imports, m.Imports...) {
				check("an import", i.Span)
			}
			Link([]*Module{m}, func(from, _ string) (string, bool) { return from, true })
		}
	})
}
