package quick

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// Types are read to find where they end; the tree has none of their nodes.

// typeAnnotation reads a colon and a type.
func (p *parser) typeAnnotation() int32 {
	n := p.open(cst.TypeAnnotation, p.start)
	before := p.mark()
	p.next()
	p.skipType()
	p.drop(before)
	return p.end(n)
}

// returnType reads the type of a function's result. Of predicates (x is T, asserts x) the tree has nothing.
func (p *parser) returnType() int32 {
	before := p.mark()
	n := p.open(cst.TypeAnnotation, p.start)
	inside := p.mark()
	p.next()
	if p.predicate() {
		p.drop(before)
		return none
	}
	p.skipType()
	p.drop(inside)
	return p.end(n)
}

// predicate reads x is T or asserts x if one of them stands here.
func (p *parser) predicate() bool {
	if p.kind != tWord {
		return false
	}
	switch {
	case p.text == "asserts" && p.nameFollows() && !p.nextIs("is"):
		p.next()
		p.next()
		if p.acceptWord("is") {
			p.skipType()
		}
		return true
	case p.wordFollows("is"):
		p.next()
		p.next()
		p.skipType()
		return true
	}
	return false
}

// castType reads the type behind as. When that is no more than a name, the tree has it.
func (p *parser) castType() int32 {
	before := p.mark()
	start, named := p.start, p.kind == tWord
	if named {
		named = !predefined(p.text)
		if p.text == "import" {
			p.fail()
		}
	}
	end := p.pos
	p.skipType()
	p.drop(before)
	if second := p.wordEnd(p.wordEnd(start) + 1); p.byteAt(p.wordEnd(start)) == '.' && p.byteAt(second) == '.' {
		p.fail() // as A.B.C, which the grammar reads as (as A.B).C
	}
	if !named || p.last != end {
		return none
	}
	n := p.open(cst.Identifier, start)
	return p.end(n)
}

// predefined tells of words that are types of their own.
func predefined(word string) bool {
	switch word {
	case "any", "number", "boolean", "string", "symbol", "void", "unknown", "never", "object", "this", "true", "false", "null", "undefined":
		return true
	}
	return false
}

// typeArguments reads <A, B>; it says false when something else stands here.
func (p *parser) typeArguments() bool {
	before := p.mark()
	p.expect("<")
	p.instances++
	for !p.failed {
		p.skipType()
		if !p.accept(",") || p.is(">") {
			break
		}
	}
	p.instances--
	if !p.is(">") {
		p.fail()
	}
	if p.failed {
		return false
	}
	p.next()
	p.drop(before)
	return true
}

// typeParameters reads <T extends A = B, …>.
func (p *parser) typeParameters() {
	before := p.mark()
	p.expect("<")
	for !p.failed && !p.is(">") {
		for p.kind == tWord && (p.text == "const" || p.text == "in" || p.text == "out") && wordStart[p.following()] && !p.nextIs("extends") {
			p.next()
		}
		if p.kind != tWord {
			p.fail()
		}
		p.next()
		if p.acceptWord("extends") {
			p.skipType()
		}
		if p.accept("=") {
			p.skipType()
		}
		if !p.is(">") {
			p.expect(",")
		}
	}
	p.expect(">")
	p.drop(before)
}

// skipType reads a type.
func (p *parser) skipType() {
	p.deeper()
	defer p.shallower()
	p.unionType()
	if !p.word("extends") || p.newline {
		return
	}
	p.next()
	p.unionType()
	p.expect("?")
	p.skipType()
	p.expect(":")
	p.skipType()
}

// unionType reads a type that is not conditional.
func (p *parser) unionType() {
	if p.is("|") || p.is("&") {
		p.next()
	}
	p.operandType()
	for p.is("|") || p.is("&") {
		p.next()
		p.operandType()
	}
}

// operandType reads an operand of | and &.
func (p *parser) operandType() {
	p.deeper()
	defer p.shallower()
	if p.kind == tWord {
		switch p.text {
		case "keyof", "unique", "readonly":
			if c := p.following(); wordStart[c] || c == '(' || c == '[' || c == '{' || c == '"' {
				p.next()
				p.operandType()
				return
			}
		case "infer":
			p.inferType()
			return
		case "typeof":
			p.typeQuery()
			return
		case "new":
			p.functionType()
			return
		case "abstract":
			if p.nextIs("new") {
				p.next()
				p.functionType()
				return
			}
		}
	}
	if p.is("<") || p.is("(") && p.functionTypeFollows() {
		p.functionType()
		return
	}
	p.primaryType()
	for !p.newline && p.is("[") {
		p.next()
		if !p.is("]") {
			p.skipType()
		}
		p.expect("]")
	}
}

func (p *parser) inferType() {
	p.next()
	if p.kind != tWord {
		p.fail()
	}
	p.next()
	if !p.word("extends") {
		return
	}
	before := p.mark()
	p.next()
	p.unionType()
	if p.is("?") || p.failed {
		p.reset(before)
	}
}

// typeQuery reads typeof x.y<T>.
func (p *parser) typeQuery() {
	p.next()
	if p.word("import") {
		p.importType()
		return
	}
	if p.kind != tWord {
		p.fail()
	}
	p.next()
	p.typePath()
	for !p.newline && p.is("[") {
		p.next()
		if !p.is("]") {
			p.skipType()
		}
		p.expect("]")
	}
}

// typePath reads .b.c<T> behind a name.
func (p *parser) typePath() {
	for p.accept(".") {
		if p.kind != tWord && p.kind != tPrivate {
			p.fail()
		}
		p.next()
	}
	if p.is("<") && !p.newline && !p.typeArguments() {
		p.fail()
	}
}

func (p *parser) importType() {
	if p.instances > 0 {
		p.fail() // f<import("m").T>(x), of which the grammar makes nothing good
	}
	p.next()
	p.expect("(")
	if p.kind != tString {
		p.fail()
	}
	p.next()
	p.expect(")")
	p.typePath()
	if p.src[p.last-1] == '>' {
		p.fail() // import("m").T<A>, of which the grammar reads no more than import("m").T
	}
}

// functionTypeFollows tells whether a bracket begins the parameters of a function type.
func (p *parser) functionTypeFollows() bool {
	i := p.blank(p.pos)
	c := p.byteAt(i)
	if c != ')' && c != '{' && c != '[' && c != '.' && c != '/' && !wordStart[c] {
		return false
	}
	if wordStart[c] {
		switch p.byteAt(p.blank(p.wordEnd(i))) {
		case ',', ':', '?', ')', '/':
		default:
			return false
		}
	}
	before := p.mark()
	p.parameters()
	found := p.is("=>") && !p.failed
	p.reset(before)
	if word := p.src[i:p.wordEnd(i)]; found && predefined(word) && p.byteAt(p.blank(p.wordEnd(i))) == ')' {
		p.fail() // (string) => T, which the grammar takes for a type in brackets
	}
	return found
}

// functionType reads (a: A) => R, with new before it or not.
func (p *parser) functionType() {
	p.acceptWord("new")
	if p.is("<") {
		p.typeParameters()
	}
	p.parameters()
	p.expect("=>")
	if !p.predicate() {
		p.skipType()
	}
}

// primaryType reads a type without operators.
func (p *parser) primaryType() {
	switch p.kind {
	case tWord:
		if p.text == "import" {
			p.importType()
			return
		}
		simple := predefined(p.text)
		p.next()
		if !simple {
			p.typePath()
		}
	case tString, tNumber:
		p.next()
	case tTemplate:
		p.templateOf(p.open(cst.Template, p.start), func(int32) {
			p.next()
			p.skipType()
		})
	case tOperator:
		switch p.text {
		case "(":
			p.next()
			p.skipType()
			p.expect(")")
		case "[":
			p.tupleType()
		case "{":
			p.objectType()
		case "-":
			p.next()
			if p.kind != tNumber {
				p.fail()
			}
			p.next()
		default:
			p.fail()
		}
	default:
		p.fail()
	}
}

func (p *parser) tupleType() {
	p.next()
	for !p.failed && !p.is("]") {
		p.accept("...")
		if p.kind == tWord {
			i := p.blank(p.pos)
			if p.byteAt(i) == '?' {
				i = p.blank(i + 1)
			}
			if p.byteAt(i) == ':' {
				p.next()
				p.accept("?")
				p.next()
			}
		}
		p.skipType()
		p.accept("?")
		if !p.is("]") {
			p.expect(",")
		}
	}
	p.expect("]")
}

// objectType reads the braces of an interface, an object type or a mapped type.
func (p *parser) objectType() {
	p.expect("{")
	for !p.failed && !p.is("}") {
		if p.is(";") || p.is(",") {
			p.next()
			continue
		}
		p.typeMember()
		if !p.is("}") && !p.is(";") && !p.is(",") && !p.newline {
			p.fail()
		}
	}
	p.expect("}")
}

func (p *parser) typeMember() {
	if p.is("+") || p.is("-") {
		p.next()
	}
	for p.kind == tWord && (p.text == "readonly" || p.text == "get" || p.text == "set") && (wordPart[p.following()] || p.following() == '[' || p.following() == '"') {
		p.next()
	}
	switch {
	case p.is("["):
		if p.indexFollows() {
			p.indexSignature()
			return
		}
		p.propertyName()
	case p.is("(") || p.is("<"):
	case p.word("new") && (p.following() == '(' || p.following() == '<'):
		p.next()
	default:
		p.propertyName()
	}
	p.accept("?")
	if p.is("(") || p.is("<") {
		if p.is("<") {
			p.typeParameters()
		}
		p.parameters()
	}
	if p.accept(":") && !p.predicate() {
		p.skipType()
	}
}

// indexFollows tells whether a bracket begins an index signature or mapped type: [key: string], [K in T].
func (p *parser) indexFollows() bool {
	i := p.blank(p.pos)
	if !wordStart[p.byteAt(i)] {
		return false
	}
	end := p.wordEnd(i)
	at := p.blank(end)
	return p.byteAt(at) == ':' || at > end && p.src[at:min(at+3, len(p.src))] == "in "
}

func (p *parser) indexSignature() {
	p.next()
	p.next()
	if !p.accept(":") {
		p.expectWord("in")
	}
	p.skipType()
	if p.acceptWord("as") {
		p.skipType()
	}
	p.expect("]")
	if p.is("+") || p.is("-") {
		p.next()
		if !p.is("?") {
			p.fail()
		}
	}
	p.accept("?")
	if p.accept(":") {
		p.skipType()
	}
}
