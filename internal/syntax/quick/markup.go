package quick

import (
	"regexp"
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// element reads a JSX element or fragment, whose less-than sign is the current token.
func (p *parser) element() int32 {
	return p.elementIn(p.next)
}

// elementIn reads an element. leave is called behind its last >, which is the current token, with p.pos behind it.
func (p *parser) elementIn(leave func()) int32 {
	p.deeper()
	defer p.shallower()
	start := p.start
	tag := p.open(cst.Tag, start)
	p.keep(tag, cst.NoRole)
	name := ""
	if !p.is(">") {
		from := p.start
		p.tagName(tag)
		name = p.src[from:min(max(p.last, from), len(p.src))]
		if p.typed && p.is("<") && !p.typeArguments() {
			p.fail()
		}
		p.attributes(tag)
	}
	if p.is("/") && p.byteAt(p.pos) == '>' {
		p.pos++
		p.nodes[tag].end = uint32(p.pos)
		leave()
		return tag
	}
	if !p.is(">") {
		p.fail()
		return none
	}
	p.add(tag, p.tokenHere(), cst.NoRole)
	p.nodes[tag].end = uint32(p.pos)
	n := p.open(cst.Other, start)
	p.add(n, tag, cst.NoRole)
	p.children(n)
	p.closingTag(name)
	p.nodes[n].end = uint32(p.pos)
	leave()
	return n
}

// tokenHere makes a node of the current token without going on.
func (p *parser) tokenHere() int32 {
	n := p.open(cst.Token, p.start)
	p.nodes[n].end = uint32(p.pos)
	return n
}

// dashes takes the dashes of a JSX name into the current word.
func (p *parser) dashes() {
	if p.kind != tWord {
		p.fail()
		return
	}
	for p.pos < len(p.src) && (p.src[p.pos] == '-' || wordPart[p.src[p.pos]]) {
		p.pos++
	}
	p.text = p.src[p.start:p.pos]
}

func (p *parser) tagName(tag int32) {
	p.dashes()
	name := p.leaf(cst.Identifier)
	if p.is(":") {
		p.fail()
		return
	}
	for p.is(".") {
		p.next()
		name = p.member(name)
	}
	p.add(tag, name, cst.AsName)
}

func (p *parser) attributes(tag int32) {
	for !p.failed && !p.is(">") && !p.is("/") {
		if p.is("{") {
			n := p.open(cst.Other, p.start)
			p.container(n)
			p.next()
			p.add(tag, p.end(n), cst.NoRole)
			continue
		}
		n := p.open(cst.Other, p.start)
		p.dashes()
		p.add(n, p.leaf(cst.Property), cst.NoRole)
		if p.is(":") {
			p.fail()
		}
		if p.is("=") {
			equals := p.tokenHere()
			p.add(n, equals, cst.NoRole)
			p.attributeValue(n)
		}
		p.add(tag, p.end(n), cst.NoRole)
	}
}

// attributeValue reads what stands behind the =, which is the current token. Strings have no escapes here.
func (p *parser) attributeValue(n int32) {
	i := p.blank(p.pos)
	if quote := p.byteAt(i); quote == '"' || quote == '\'' {
		length := strings.IndexByte(p.src[i+1:], quote)
		if length < 0 {
			p.fail()
			return
		}
		value := p.open(cst.String, i)
		p.characters(value, i+1, i+1+length)
		p.pos = i + length + 2
		p.nodes[value].end = uint32(p.pos)
		p.add(n, value, cst.NoRole)
		p.next()
		return
	}
	p.next()
	switch {
	case p.is("{"):
		value := p.open(cst.Other, p.start)
		p.container(value)
		p.next()
		p.add(n, p.end(value), cst.NoRole)
	case p.is("<"):
		p.add(n, p.element(), cst.NoRole)
	default:
		p.fail()
	}
}

// reference matches an HTML character reference.
var reference = regexp.MustCompile(`^&(#([xX][0-9a-fA-F]{1,6}|[0-9]{1,5})|[A-Za-z]{1,30});`)

// characters adds the parts of an attribute's text between its character references.
func (p *parser) characters(n int32, start, end int) {
	for i := start; i < end; i++ {
		if p.src[i] != '&' {
			continue
		}
		if length := len(reference.FindString(p.src[i:min(end, i+40)])); length > 0 {
			if i > start {
				p.fragment(n, cst.Fragment, start, i)
			}
			start = i + length
			i = start - 1
		} else if c := p.src[i+1]; i+1 == end || c == '#' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			p.fail()
			return
		} else {
			i++
		}
	}
	if end > start {
		p.fragment(n, cst.Fragment, start, end)
	}
}

// container reads {…} of JSX; the closing brace is the current token then.
func (p *parser) container(n int32) {
	p.next()
	switch {
	case p.is("}"):
	case p.is("..."):
		p.add(n, p.withIn(p.spread), cst.NoRole)
	default:
		p.add(n, p.withIn(p.expression), cst.NoRole)
	}
	if !p.is("}") {
		p.fail()
	}
}

// children reads what an element holds, up to its closing tag: p.start is at its less-than sign then.
func (p *parser) children(n int32) {
	for !p.failed {
		i := p.pos
		for i < len(p.src) && p.src[i] != '<' && p.src[i] != '{' {
			switch p.src[i] {
			case '>', '}':
				p.fail()
				return
			case '&':
				if !reference.MatchString(p.src[i:min(len(p.src), i+40)]) {
					p.fail()
					return
				}
			}
			i++
		}
		if i >= len(p.src) {
			p.fail()
			return
		}
		p.start, p.pos, p.kind, p.text = i, i+1, tOperator, p.src[i:i+1]
		if p.src[i] == '{' {
			child := p.open(cst.Other, i)
			p.container(child)
			p.nodes[child].end = uint32(p.pos)
			p.add(n, child, cst.NoRole)
			continue
		}
		if p.byteAt(i+1) == '/' {
			return
		}
		p.add(n, p.elementIn(func() {}), cst.NoRole)
	}
}

// closingTag reads </name> and leaves p.pos behind it.
func (p *parser) closingTag(name string) {
	if p.failed {
		return
	}
	length := strings.IndexByte(p.src[p.start:], '>')
	if length < 0 || strings.TrimSpace(p.src[p.start+2:p.start+length]) != name {
		p.fail()
		return
	}
	p.pos = p.start + length + 1
}
