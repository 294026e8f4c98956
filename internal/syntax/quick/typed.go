package quick

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// typedDeclaration reads a declaration that only TypeScript has; ok is false when none stands here.
func (p *parser) typedDeclaration() (n int32, ok bool) {
	if !p.sameLine() {
		return none, false
	}
	named := wordStart[p.following()]
	switch p.text {
	case "type":
		if named && !p.nextIs("in") && !p.nextIs("instanceof") && !p.nextIs("as") {
			p.typeAlias()
			return none, true
		}
	case "interface":
		if named {
			p.interfaceDeclaration()
			return none, true
		}
	case "enum":
		if named {
			return p.enum(), true
		}
	case "namespace", "module":
		if named {
			return p.namespace(), true
		}
	case "abstract":
		if p.nextIs("class") {
			return p.class(cst.ClassDecl, p.start, nil), true
		}
	case "declare":
		if named {
			p.ambient()
			return none, true
		}
	}
	return none, false
}

func (p *parser) typeAlias() {
	before := p.mark()
	p.next()
	p.next()
	if p.is("<") {
		p.typeParameters()
	}
	p.expect("=")
	p.skipType()
	p.semicolon(none)
	p.drop(before)
}

func (p *parser) interfaceDeclaration() {
	before := p.mark()
	p.next()
	p.next()
	if p.is("<") {
		p.typeParameters()
	}
	if p.acceptWord("extends") {
		p.skipType()
		for p.accept(",") {
			p.skipType()
		}
	}
	p.objectType()
	p.drop(before)
}

// ambient reads what follows declare.
func (p *parser) ambient() {
	before := p.mark()
	p.next()
	switch {
	case p.word("global") && p.following() == '{':
		p.next()
		p.block()
	case p.word("module") && (p.following() == '"' || p.following() == '\''):
		p.next()
		p.next()
		if p.is("{") {
			p.block()
		} else {
			p.semicolon(none)
		}
	default:
		if _, ok := p.declaration(); !ok {
			p.fail()
		}
	}
	p.drop(before)
}

func (p *parser) enum() int32 {
	n := p.open(cst.Enum, p.start)
	if p.word("const") {
		p.keep(n, cst.NoRole)
	}
	p.expectWord("enum")
	p.add(n, p.identifier(), cst.AsName)
	body := p.open(cst.EnumBody, p.start)
	p.expect("{")
	for !p.failed && !p.is("}") {
		start := p.start
		name := p.propertyName()
		if p.is("=") {
			member := p.open(cst.EnumAssignment, start)
			p.add(member, name, cst.AsName)
			p.initializer(member)
			p.add(body, p.end(member), cst.NoRole)
		} else {
			p.add(body, name, cst.AsName)
		}
		if !p.is("}") {
			p.expect(",")
		}
	}
	p.expect("}")
	p.add(n, p.end(body), cst.AsBody)
	return p.end(n)
}

// namespace reads namespace A.B {…}, which the grammar takes for an expression, and module A {…}.
func (p *parser) namespace() int32 {
	start, expression := p.start, p.word("namespace")
	n := p.open(cst.Namespace, start)
	p.next()
	p.add(n, p.qualified(), cst.AsName)
	p.add(n, p.body(), cst.AsBody)
	p.end(n)
	if !expression {
		return n
	}
	statement := p.open(cst.ExpressionStatement, start)
	p.add(statement, n, cst.NoRole)
	return p.end(statement)
}
