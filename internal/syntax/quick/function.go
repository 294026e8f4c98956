package quick

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// function reads a function of the given kind. One without a body is a signature, which is no part of the tree: then the
// result is none.
func (p *parser) function(kind cst.Kind) int32 {
	before := p.mark()
	n := p.open(kind, p.start)
	if p.word("async") {
		p.keep(n, cst.NoRole)
	}
	p.expectWord("function")
	if p.is("*") {
		p.keep(n, cst.NoRole)
	}
	if p.kind == tWord && !p.is("(") {
		p.add(n, p.functionName(), cst.AsName)
	} else if kind == cst.FunctionDecl {
		p.fail()
	}
	p.signature(n)
	if kind == cst.FunctionDecl && p.typed && !p.is("{") {
		p.semicolon(none)
		p.drop(before)
		return none
	}
	p.add(n, p.body(), cst.AsBody)
	return p.end(n)
}

// functionName reads the name of a function, which may be a word that only generators and async functions reserve.
func (p *parser) functionName() int32 {
	if p.text == "await" {
		return p.leaf(cst.Identifier)
	}
	return p.identifier()
}

// signature reads type parameters, parameters and return type.
func (p *parser) signature(n int32) {
	if p.typed && p.is("<") {
		p.typeParameters()
	}
	p.add(n, p.parameters(), cst.AsParameters)
	if p.typed && p.is(":") {
		p.add(n, p.returnType(), cst.NoRole)
	}
}

// body reads a function's block.
func (p *parser) body() int32 { return p.withIn(p.block) }

func (p *parser) parameters() int32 {
	n := p.open(cst.Parameters, p.start)
	p.expect("(")
	p.withIn(func() int32 {
		for !p.failed && !p.is(")") {
			p.add(n, p.parameter(), cst.NoRole)
			if !p.is(")") {
				p.expect(",")
			}
		}
		return none
	})
	p.expect(")")
	return p.end(n)
}

func (p *parser) parameter() int32 {
	if !p.typed {
		if p.is("...") {
			return p.restPattern()
		}
		return p.withDefault(p.pattern())
	}
	n := p.open(cst.Parameter, p.start)
	for p.is("@") {
		p.add(n, p.decorator(), cst.AsDecorator)
	}
	for p.kind == tWord && (wordStart[p.following()] || p.following() == '{' || p.following() == '[') {
		switch p.text {
		case "public", "private", "protected", "readonly":
			p.keep(n, cst.NoRole)
			continue
		case "override":
			p.next()
			continue
		}
		break
	}
	switch {
	case p.is("..."):
		p.add(n, p.restPattern(), cst.AsPattern)
	case p.word("this"):
		p.add(n, p.leaf(cst.This), cst.AsPattern)
	default:
		p.add(n, p.pattern(), cst.AsPattern)
	}
	p.accept("?")
	if p.is(":") {
		p.add(n, p.typeAnnotation(), cst.AsType)
	}
	p.initializer(n)
	return p.end(n)
}

// initializer reads = and a value, if they stand here.
func (p *parser) initializer(n int32) {
	if p.is("=") {
		p.keep(n, cst.NoRole)
		p.add(n, p.assignment(), cst.AsValue)
	}
}

// arrow reads an arrow function if one stands here.
func (p *parser) arrow() int32 {
	switch p.kind {
	case tWord:
		if p.arrowFollows(p.pos) {
			n := p.open(cst.Arrow, p.start)
			p.add(n, p.identifier(), cst.AsParameter)
			return p.arrowBody(n)
		}
		if p.text != "async" || !p.sameLine() {
			return none
		}
		switch c := p.following(); {
		case c == '(' && p.parametersFollow(p.blank(p.pos)), c == '<' && p.typed:
			return p.tryArrow()
		case wordStart[c] && !p.wordFollows("function"):
			n := p.open(cst.Arrow, p.start)
			p.keep(n, cst.NoRole)
			if !p.arrowFollows(p.pos) {
				p.fail()
			}
			p.add(n, p.identifier(), cst.AsParameter)
			return p.arrowBody(n)
		}
	case tOperator:
		switch {
		case p.text == "(" && p.parametersFollow(p.start), p.text == "<" && p.typed && p.genericArrow():
			return p.tryArrow()
		}
	}
	return none
}

// arrowFollows tells whether => stands behind an offset.
func (p *parser) arrowFollows(i int) bool { return strings.HasPrefix(p.src[p.blank(i):], "=>") }

// genericArrow tells whether a less-than sign may begin type parameters; with JSX it usually begins an element.
func (p *parser) genericArrow() bool {
	if !p.markup {
		return true
	}
	i := p.wordEnd(p.blank(p.pos))
	at := p.blank(i)
	return p.byteAt(at) == ',' || at > i && strings.HasPrefix(p.src[at:], "extends ")
}

func (p *parser) wordEnd(i int) int {
	for i < len(p.src) && wordPart[p.src[i]] {
		i++
	}
	return i
}

// parametersFollow tells whether the bracket at an offset may hold parameters, by the bytes behind it: most brackets do not,
// and need not be tried.
func (p *parser) parametersFollow(i int) bool {
	i = p.blank(i + 1)
	c := p.byteAt(i)
	switch {
	case c == ')':
		return p.arrowOrTypeFollows(i + 1)
	case c == '{' || c == '[' || c == '.' || c == '@' || c == '/':
		return true
	case !wordStart[c]:
		return false
	}
	i = p.blank(p.wordEnd(i))
	switch p.byteAt(i) {
	case ',', ':', '/':
		return true
	case '?':
		return p.typed && p.byteAt(i+1) != '.' && p.byteAt(i+1) != '?'
	case '=':
		return p.byteAt(i+1) != '=' && p.byteAt(i+1) != '>'
	case ')':
		return p.arrowOrTypeFollows(i + 1)
	}
	return false
}

func (p *parser) arrowOrTypeFollows(i int) bool {
	i = p.blank(i)
	return p.typed && p.byteAt(i) == ':' || strings.HasPrefix(p.src[i:], "=>") || p.byteAt(i) == '/'
}

// tryArrow reads an arrow function with brackets; if it turns out to be none, nothing is read.
func (p *parser) tryArrow() int32 {
	before := p.mark()
	n := p.open(cst.Arrow, p.start)
	if p.word("async") {
		p.keep(n, cst.NoRole)
	}
	p.signature(n)
	if p.failed || !p.is("=>") || p.newline {
		p.reset(before)
		return none
	}
	typed := p.nodes[p.nodes[n].last].kind != cst.Parameters
	n = p.arrowBody(n)
	if typed && p.consequence && !p.is(":") {
		p.reset(before) // a ? (b) : c => d
		return none
	}
	return n
}

func (p *parser) arrowBody(n int32) int32 {
	p.expect("=>")
	if !p.is("{") {
		p.add(n, p.assignment(), cst.AsBody)
		return p.end(n)
	}
	p.add(n, p.body(), cst.AsBody)
	if p.newline && p.continues() {
		p.fail() // the grammars go on with the expression where the language ends it
	}
	return p.end(n)
}

// continues tells whether an expression that ended a line goes on with the current token as the grammars see it.
func (p *parser) continues() bool {
	if p.kind == tTemplate {
		return true
	}
	if p.kind != tOperator {
		return false
	}
	switch p.text {
	case ")", "]", "}", ",", ";", ":", "@", "{", "++", "--", "~", "...":
		return false
	}
	return true
}
