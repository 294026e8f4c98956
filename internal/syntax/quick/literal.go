package quick

import (
	"strings"
	"unicode/utf8"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// stringLiteral makes a string of the current token.
func (p *parser) stringLiteral() int32 {
	start, end, escaped := p.start, p.pos, p.escaped
	n := p.open(cst.String, start)
	if escaped {
		p.fragments(n, start+1, end-1)
	} else if end-start > 2 {
		p.fragment(n, cst.Fragment, start+1, end-1)
	}
	p.next()
	return p.end(n)
}

func (p *parser) fragment(parent int32, kind cst.Kind, start, end int) {
	child := p.open(kind, start)
	p.nodes[child].end = uint32(end)
	p.add(parent, child, cst.NoRole)
}

// fragments adds the literal parts and the escapes of a text.
func (p *parser) fragments(n int32, start, end int) {
	for start < end && !p.failed {
		length := strings.IndexByte(p.src[start:end], '\\')
		if length < 0 {
			length = end - start
		}
		if length > 0 {
			p.fragment(n, cst.Fragment, start, start+length)
			start += length
			continue
		}
		length = escapeLength(p.src[start:end])
		if length == 0 {
			p.fail()
			return
		}
		p.fragment(n, cst.Escape, start, start+length)
		start += length
	}
}

// escapeLength is the length of the escape sequence that a text starts with, 0 when it is none.
func escapeLength(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch c := text[1]; {
	case c == 'x':
		return hexEscape(text, 2, 2)
	case c == 'u' && len(text) > 2 && text[2] == '{':
		end := strings.IndexByte(text, '}')
		if end < 4 || hexEscape(text, 3, end-3) == 0 {
			return 0
		}
		return end + 1
	case c == 'u':
		return hexEscape(text, 2, 4)
	case c >= '0' && c <= '7':
		length := 2
		for length < 4 && length < len(text) && text[length] >= '0' && text[length] <= '7' {
			length++
		}
		return length
	case c == '\r' || c == '?':
		if len(text) > 2 && text[2] == '\n' {
			return 3
		}
		return 2
	case c >= utf8.RuneSelf:
		_, size := utf8.DecodeRuneInString(text[1:])
		return 1 + size
	}
	return 2
}

// hexEscape is the length of an escape with so many digits from an offset on.
func hexEscape(text string, from, digits int) int {
	if len(text) < from+digits {
		return 0
	}
	for _, c := range []byte(text[from : from+digits]) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return 0
		}
	}
	return from + digits
}

// template reads a template literal, whose opening quote is the current token.
func (p *parser) template() int32 {
	return p.templateOf(p.open(cst.Template, p.start), func(n int32) {
		substitution := p.open(cst.Substitution, p.start)
		p.next()
		p.add(substitution, p.withIn(p.expression), cst.NoRole)
		p.nodes[substitution].end = uint32(p.pos)
		p.add(n, substitution, cst.NoRole)
	})
}

// templateOf reads the parts of a template. substitute reads what stands in ${…} up to the closing brace, which it leaves the
// current token; p.start is at the dollar sign.
func (p *parser) templateOf(n int32, substitute func(n int32)) int32 {
	p.deeper()
	defer p.shallower()
	i := p.pos
	for !p.failed {
		start := i
		for i < len(p.src) && p.src[i] != '`' && !(p.src[i] == '$' && p.byteAt(i+1) == '{') {
			if p.src[i] == '\\' {
				i++
			}
			i++
		}
		if i >= len(p.src) {
			p.fail()
			return none
		}
		p.fragments(n, start, i)
		if p.src[i] == '`' {
			p.pos = i + 1
			p.next()
			return p.end(n)
		}
		p.start, p.pos = i, i+2
		substitute(n)
		if !p.is("}") {
			p.fail()
		}
		i = p.pos
	}
	return none
}

// regex reads a regular expression, whose slash is the current token.
func (p *parser) regex() int32 {
	class := false
	for i := p.start + 1; i < len(p.src) && p.src[i] != '\n'; i++ {
		switch c := p.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			i++
			for i < len(p.src) && p.src[i] >= 'a' && p.src[i] <= 'z' {
				i++
			}
			n := p.open(cst.Regex, p.start)
			p.pos = i
			p.next()
			return p.end(n)
		}
	}
	p.fail()
	return none
}
