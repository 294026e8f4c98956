package quick

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// chain reads members, indexes and calls behind an expression.
func (p *parser) chain(left int32) int32 {
	for !p.failed && left != none {
		switch {
		case p.kind == tTemplate:
			n := p.open(cst.Call, p.startOf(left))
			p.add(n, left, cst.AsFunction)
			p.add(n, p.template(), cst.AsArguments)
			left = p.end(n)
		case p.kind != tOperator:
			return left
		case p.text == ".":
			p.next()
			left = p.member(left)
		case p.text == "[":
			left = p.subscript(left)
		case p.text == "(":
			left = p.call(left)
		case p.text == "?.":
			p.next()
			switch {
			case p.is("["):
				left = p.subscript(left)
			case p.is("("):
				left = p.call(left)
			case p.kind == tTemplate || p.is("<"):
				p.fail()
			default:
				left = p.member(left)
			}
		default:
			return left
		}
	}
	return left
}

func (p *parser) member(left int32) int32 {
	n := p.open(cst.Member, p.startOf(left))
	p.add(n, left, cst.AsObject)
	if p.kind != tWord && p.kind != tPrivate {
		p.fail()
		return none
	}
	p.add(n, p.leaf(cst.Property), cst.AsProperty)
	return p.end(n)
}

func (p *parser) subscript(left int32) int32 {
	n := p.open(cst.Subscript, p.startOf(left))
	p.add(n, left, cst.AsObject)
	p.next()
	p.add(n, p.withIn(p.expression), cst.AsIndex)
	p.expect("]")
	return p.end(n)
}

func (p *parser) call(left int32) int32 {
	n := p.open(cst.Call, p.startOf(left))
	p.add(n, left, cst.AsFunction)
	p.add(n, p.arguments(), cst.AsArguments)
	return p.end(n)
}

func (p *parser) arguments() int32 {
	return p.withIn(func() int32 {
		n := p.open(cst.Arguments, p.start)
		p.expect("(")
		p.list(n, ")")
		return p.end(n)
	})
}

// list reads expressions and spreads with commas between them, up to and with the closing bracket.
func (p *parser) list(n int32, closing string) {
	for !p.failed && !p.is(closing) {
		switch {
		case p.is(","):
		case p.is("..."):
			p.add(n, p.spread(), cst.NoRole)
		default:
			p.add(n, p.assignment(), cst.NoRole)
		}
		if !p.is(closing) {
			p.expect(",")
		}
	}
	p.expect(closing)
}

func (p *parser) spread() int32 {
	n := p.open(cst.Spread, p.start)
	p.next()
	p.add(n, p.assignment(), cst.NoRole)
	return p.end(n)
}

// instantiation reads type arguments behind an expression, and the call they may belong to. It says false when the
// less-than sign is an operator.
func (p *parser) instantiation(left int32) (int32, bool) {
	if left != none && p.src[p.nodes[left].start] == '<' && p.nodes[left].kind == cst.Cast {
		p.fail() // <T>f<U>(x), of which the grammar makes nothing good
		return none, true
	}
	before := p.mark()
	if !p.typeArguments() {
		p.reset(before)
		return none, false
	}
	switch {
	case p.kind == tTemplate:
		p.fail() // the grammar takes the type arguments of a tag for comparisons, or for a mistake
		return none, true
	case p.is("("):
		return p.call(left), true
	case p.newline, p.kind == tEOF, p.is(")"), p.is("]"), p.is(","), p.is(";"), p.is("}"), p.is(":"):
		n := p.open(cst.Cast, p.startOf(left))
		p.add(n, left, cst.NoRole)
		return p.end(n), true
	}
	p.reset(before)
	return none, false
}
