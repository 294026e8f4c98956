package syntax

import (
	"math"
	"strings"
)

// concatenate is + on strings: what is not known becomes *.
func concatenate(left, right Value) Value {
	left, right = resolved(left), resolved(right)
	known := func(v Value) bool {
		return v.Kind == String || v.Kind == Template || v.Kind == Path || v.Kind == Number
	}
	if !known(left) && !known(right) || left.Kind == Number && !known(right) || !known(left) && right.Kind == Number {
		return Value{}
	}
	var parts textParts
	parts.add(left)
	parts.add(right)
	return parts.value()
}

// textParts joins values to a string.
type textParts struct {
	text          strings.Builder
	unknown, path bool
	started       bool
}

func (p *textParts) add(value Value) {
	value = resolved(value)
	switch value.Kind {
	case Path:
		p.path = p.path || !p.started
		p.write(value.Text)
	case Template:
		p.unknown = true
		p.write(value.Text)
	case String, Number, Bool:
		p.write(value.Text)
	default:
		p.unknown = true
		p.write("*")
	}
	p.started = true
}

func (p *textParts) write(text string) {
	if strings.HasPrefix(text, "*") && strings.HasSuffix(p.text.String(), "*") {
		text = text[1:]
	}
	if p.text.Len() <= maxText {
		p.text.WriteString(text)
	}
}

func (p *textParts) value() Value {
	text := p.text.String()
	switch {
	case p.path:
		return textValue(Path, joinPath(text, ""))
	case p.unknown:
		return textValue(Template, text)
	}
	return textValue(String, text)
}

func (b *builder) foldTemplate(n int32) Value {
	var parts textParts
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		switch b.nodes[c].kind {
		case kFragment:
			parts.add(Value{Kind: String, Text: b.text(c)})
		case kEscape:
			parts.add(Value{Kind: String, Text: unescape(b.text(c))})
		case kSubstitution:
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
