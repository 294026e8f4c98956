package syntax

import (
	"math"
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// concatenate is + on strings: what is not known becomes *.
func (b *builder) concatenate(left, right Value) Value {
	left, right = resolved(left), resolved(right)
	known := func(v Value) bool {
		return v.Kind == String || v.Kind == Template || v.Kind == Path || v.Kind == Number
	}
	if !known(left) && !known(right) || left.Kind == Number && !known(right) || !known(left) && right.Kind == Number {
		return Value{}
	}
	parts := textParts{b: b}
	parts.add(left)
	parts.add(right)
	return parts.value()
}

// textParts joins values to a string.
type textParts struct {
	b *builder
	// text has * for unknown parts, late places for them.
	text, late            strings.Builder
	unknown, path, isLate bool
	started               bool
}

func (p *textParts) add(value Value) {
	value = resolved(value)
	late, isLate := p.b.lateText(value)
	p.isLate = p.isLate || isLate
	switch value.Kind {
	case Path:
		p.path = p.path || !p.started
	case Template:
		p.unknown = true
	case String, Number, Bool:
	default:
		p.unknown = true
		value.Text = "*"
	}
	write(&p.text, value.Text)
	write(&p.late, late)
	p.started = true
}

// write appends, and makes one * of two that meet.
func write(out *strings.Builder, text string) {
	if strings.HasPrefix(text, "*") && strings.HasSuffix(out.String(), "*") {
		text = text[1:]
	}
	if out.Len() <= maxText {
		out.WriteString(text)
	}
}

func (p *textParts) value() Value {
	value := textValue(String, p.text.String())
	switch {
	case p.path:
		value = textValue(Path, joinPath(p.text.String(), ""))
	case p.unknown:
		value = textValue(Template, p.text.String())
	}
	if p.isLate {
		value.late = p.late.String()
	}
	return value
}

func (b *builder) foldTemplate(n int32) Value {
	parts := textParts{b: b}
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		switch b.nodes[c].kind {
		case cst.Fragment:
			parts.add(Value{Kind: String, Text: b.text(c)})
		case cst.Escape:
			parts.add(Value{Kind: String, Text: unescape(b.text(c))})
		case cst.Substitution:
			parts.add(b.foldNode(b.only(c)))
		}
	}
	return parts.value()
}

func arithmetic(operator string, x, y float64) Value {
	switch operator {
	case "-":
		return numberValue(x - y)
	case "*":
		return numberValue(x * y)
	case "/":
		return numberValue(x / y)
	case "%":
		return numberValue(math.Mod(x, y))
	case "**":
		return numberValue(math.Pow(x, y))
	case "<<":
		return numberValue(float64(int32Of(x) << (uint32(int32Of(y)) & 31)))
	case ">>":
		return numberValue(float64(int32Of(x) >> (uint32(int32Of(y)) & 31)))
	case ">>>":
		return numberValue(float64(uint32(int32Of(x)) >> (uint32(int32Of(y)) & 31)))
	case "|":
		return numberValue(float64(int32Of(x) | int32Of(y)))
	case "&":
		return numberValue(float64(int32Of(x) & int32Of(y)))
	case "^":
		return numberValue(float64(int32Of(x) ^ int32Of(y)))
	case "<":
		return boolValue(x < y)
	case ">":
		return boolValue(x > y)
	case "===", "==":
		return boolValue(x == y)
	case "!==", "!=":
		return boolValue(x != y)
	}
	return Value{}
}
