package quick

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// decorators reads the decorators that stand here.
func (p *parser) decorators() []int32 {
	var list []int32
	for p.is("@") {
		list = append(list, p.decorator())
	}
	return list
}

func (p *parser) decorator() int32 {
	n := p.open(cst.Decorator, p.start)
	p.next()
	if p.is("(") {
		p.fail()
		return none
	}
	name := p.identifier()
	for p.is(".") {
		p.next()
		name = p.member(name)
	}
	if p.typed && p.is("<") && !p.typeArguments() {
		p.fail()
	}
	if p.is("(") {
		name = p.call(name)
	}
	p.add(n, name, cst.NoRole)
	return p.end(n)
}

// class reads a class of the given kind, which starts at an offset with these decorators.
func (p *parser) class(kind cst.Kind, start int, decorators []int32) int32 {
	n := p.open(kind, start)
	for _, decorator := range decorators {
		p.add(n, decorator, cst.AsDecorator)
	}
	abstract := kind == cst.ClassDecl && p.typed && p.acceptWord("abstract")
	p.expectWord("class")
	if p.kind == tWord && !p.word("extends") && !p.word("implements") {
		p.add(n, p.identifier(), cst.AsName)
	} else if kind == cst.ClassDecl {
		p.fail()
	}
	if p.typed && p.is("<") {
		p.typeParameters()
	}
	if p.word("extends") || p.typed && p.word("implements") {
		p.add(n, p.heritage(), cst.NoRole)
	}
	p.add(n, p.withIn(p.classBody), cst.AsBody)
	if kind == cst.ClassDecl && !abstract {
		p.blockEnded()
	}
	return p.end(n)
}

// heritage reads what a class extends and implements.
func (p *parser) heritage() int32 {
	n := p.open(cst.Heritage, p.start)
	if !p.typed {
		p.next()
		p.add(n, p.chain(p.primary()), cst.NoRole)
		return p.end(n)
	}
	if p.word("extends") {
		extends := p.open(cst.Heritage, p.start)
		p.next()
		value := p.chain(p.primary())
		if p.is("<") && !p.typeArguments() || p.is(",") {
			p.fail()
		}
		if p.is("(") {
			value = p.chain(p.call(value))
		}
		p.add(extends, value, cst.AsValue)
		p.add(n, p.end(extends), cst.NoRole)
	}
	if p.word("implements") {
		before := p.mark()
		p.next()
		p.skipType()
		for p.accept(",") {
			p.skipType()
		}
		p.drop(before)
	}
	return p.end(n)
}

func (p *parser) classBody() int32 {
	n := p.open(cst.ClassBody, p.start)
	p.expect("{")
	for !p.failed && !p.is("}") {
		if !p.accept(";") {
			p.classMember(n)
		}
	}
	p.expect("}")
	return p.end(n)
}

// member is a class member that is being read.
type member struct {
	start      int
	decorators []int32
	tokens     [8]int32 // modifiers that the tree keeps
	count      int
	abstract   bool
	generator  bool
}

func (m *member) keep(n int32) {
	m.tokens[m.count] = n
	m.count++
}

func (p *parser) classMember(body int32) {
	before := p.mark()
	m := member{start: p.start}
	m.decorators = p.decorators()
	if p.word("static") && p.following() == '{' && m.decorators == nil {
		n := p.open(cst.StaticBlock, p.start)
		p.keep(n, cst.NoRole)
		p.add(n, p.withIn(p.innerBlock), cst.AsBody)
		p.add(body, p.end(n), cst.NoRole)
		return
	}
	first := p.start
	p.modifiers(&m)
	if p.typed && p.is("[") && p.indexFollows() {
		p.indexSignature()
		p.endMember()
		if m.decorators != nil {
			p.fail()
		}
		p.drop(before)
		return
	}
	name := p.propertyName()
	optional := p.typed && p.accept("?")
	if p.is("(") || p.typed && p.is("<") {
		p.method(body, before, &m, first, name)
		return
	}
	if m.generator {
		p.fail()
		return
	}
	n := p.open(cst.Field, m.start)
	for _, decorator := range m.decorators {
		p.add(n, decorator, cst.AsDecorator)
	}
	for _, token := range m.tokens[:m.count] {
		p.add(n, token, cst.NoRole)
	}
	if p.typed {
		p.add(n, name, cst.AsName)
		if !optional && p.is("!") {
			p.keep(n, cst.NoRole)
		}
		if p.is(":") {
			p.add(n, p.typeAnnotation(), cst.AsType)
		}
	} else {
		p.add(n, name, cst.AsProperty)
	}
	p.initializer(n)
	p.add(body, p.end(n), cst.NoRole)
	p.endMember()
}

// endMember reads the end of a member that has no block.
func (p *parser) endMember() {
	if p.typed && p.accept(",") {
		return
	}
	p.semicolon(none)
}

// modifiers reads what stands before a member's name.
func (p *parser) modifiers(m *member) {
	for p.kind == tWord && startsName(p.following()) && m.count < len(m.tokens)-1 {
		switch p.text {
		case "static":
			m.keep(p.leaf(cst.Token))
		case "get", "set", "async":
			if !p.sameLine() {
				p.fail()
			}
			m.generator = true
			m.keep(p.leaf(cst.Token))
		case "public", "private", "protected", "readonly":
			if !p.typed {
				return
			}
			m.keep(p.leaf(cst.Token))
		case "abstract", "declare", "override", "accessor":
			if !p.typed {
				return
			}
			m.abstract = m.abstract || p.text == "abstract"
			p.next()
		default:
			return
		}
	}
	if p.is("*") {
		m.generator = true
		m.keep(p.leaf(cst.Token))
	}
}

// method reads a method from its parameters on. One without a body is a signature, which is no part of the tree.
func (p *parser) method(body int32, before mark, m *member, start int, name int32) {
	if !p.typed {
		start = m.start
	}
	n := p.open(cst.Method, start)
	if !p.typed {
		for _, decorator := range m.decorators {
			p.add(n, decorator, cst.AsDecorator)
		}
	}
	for _, token := range m.tokens[:m.count] {
		p.add(n, token, cst.NoRole)
	}
	p.add(n, name, cst.AsName)
	p.signature(n)
	if p.typed && !p.is("{") {
		if m.decorators != nil {
			p.fail()
		}
		p.endMember()
		p.drop(before)
		return
	}
	p.add(n, p.withIn(p.innerBlock), cst.AsBody)
	if p.typed {
		for _, decorator := range m.decorators {
			p.add(body, decorator, cst.AsDecorator)
		}
	}
	p.add(body, p.end(n), cst.NoRole)
}
