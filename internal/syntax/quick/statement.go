package quick

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

func (p *parser) program() int32 {
	start := p.start
	if len(p.comments) > 0 {
		start = int(p.comments[0].Start)
	}
	if strings.HasPrefix(p.src, "#!") {
		start = 0
	}
	n := p.open(cst.Program, start)
	for !p.failed && p.kind != tEOF {
		p.add(n, p.statement(), cst.NoRole)
	}
	p.nodes[n].end = uint32(len(p.src))
	return n
}

// semicolon ends a statement: with a semicolon, or where the language puts one.
func (p *parser) semicolon(n int32) int32 {
	switch {
	case p.is(";"):
		p.next()
		return p.end(n)
	case p.is("}"), p.kind == tEOF:
	case !p.newline, p.continues() && !p.is("!"):
		p.fail()
	}
	p.ended()
	return p.end(n)
}

// ended moves the end of what was read behind the comments on its line. That is where the grammars put the semicolon that is
// missing: that of TypeScript does always, that of JavaScript unless a brace comes next.
func (p *parser) ended() {
	end := p.last
	for _, comment := range p.trailing() {
		if strings.IndexByte(p.src[end:comment.Start], '\n') >= 0 {
			break
		}
		end = int(comment.End)
		if p.typed || p.src[comment.Start+1] == '/' && !p.is("}") {
			p.last = end
		}
	}
}

// trailing are the comments between the last token and the current one.
func (p *parser) trailing() []cst.Extent {
	i := len(p.comments)
	for i > 0 && int(p.comments[i-1].Start) >= p.last {
		i--
	}
	return p.comments[i:]
}

// block reads a block that the grammars let a semicolon follow.
func (p *parser) block() int32 {
	n := p.braces()
	p.blockEnded()
	return p.end(n)
}

// innerBlock reads a block that only the grammar of TypeScript lets a semicolon follow.
func (p *parser) innerBlock() int32 {
	n := p.braces()
	if p.typed {
		p.blockEnded()
	}
	return p.end(n)
}

func (p *parser) braces() int32 {
	n := p.open(cst.Block, p.start)
	p.expect("{")
	for !p.failed && !p.is("}") {
		if p.kind == tEOF {
			p.fail()
		}
		p.add(n, p.statement(), cst.NoRole)
	}
	p.expect("}")
	return n
}

// blockEnded moves the end of a block behind the comments on its line, where the grammars may put a semicolon too.
func (p *parser) blockEnded() {
	if p.is(",") || p.is(";") || p.is(":") {
		return
	}
	if p.newline && !p.continues() || p.is("}") || p.kind == tEOF {
		p.ended()
	}
}

// statement reads a statement; the result is none for those that are no part of the tree.
func (p *parser) statement() int32 {
	p.deeper()
	defer p.shallower()
	switch p.kind {
	case tWord:
		if n, ok := p.wordStatement(); ok {
			return n
		}
	case tOperator:
		switch p.text {
		case "{":
			return p.block()
		case ";":
			p.next()
			return none
		case "@":
			start := p.start
			decorators := p.decorators()
			if p.word("export") {
				return p.export(start, decorators)
			}
			return p.class(cst.ClassDecl, start, decorators)
		}
	}
	n := p.open(cst.ExpressionStatement, p.start)
	p.add(n, p.expression(), cst.NoRole)
	return p.semicolon(n)
}

// wordStatement reads a statement that its first word tells; ok is false when that is an expression.
func (p *parser) wordStatement() (n int32, ok bool) {
	if n, ok := p.declaration(); ok {
		return n, true
	}
	switch p.text {
	case "import":
		if c := p.following(); c == '(' || c == '.' {
			return none, false
		}
		return p.importStatement(), true
	case "export":
		return p.export(p.start, nil), true
	case "if":
		return p.ifStatement(), true
	case "for":
		return p.forStatement(), true
	case "while":
		n := p.open(cst.While, p.start)
		p.next()
		p.add(n, p.parenthesized(), cst.AsCondition)
		p.add(n, p.statement(), cst.AsBody)
		return p.end(n), true
	case "do":
		return p.doStatement(), true
	case "switch":
		return p.switchStatement(), true
	case "try":
		return p.tryStatement(), true
	case "return", "throw":
		return p.returnStatement(), true
	case "break", "continue":
		n := p.open(cst.Other, p.start)
		p.next()
		if p.kind == tWord && !p.newline {
			p.next()
		}
		return p.semicolon(n), true
	case "debugger":
		n := p.open(cst.Other, p.start)
		p.next()
		return p.semicolon(n), true
	case "with":
		p.fail()
		return none, true
	}
	if p.following() == ':' && !reserved(p.text) {
		n := p.open(cst.Other, p.start)
		p.next()
		p.next()
		p.add(n, p.statement(), cst.AsBody)
		return p.end(n), true
	}
	return none, false
}

// declaration reads a declaration; ok is false when none stands here.
func (p *parser) declaration() (n int32, ok bool) {
	switch p.text {
	case "var":
		return p.variables(cst.Var, cst.NoRole), true
	case "const":
		if p.typed && p.wordFollows("enum") {
			return p.enum(), true
		}
		return p.variables(cst.Lexical, cst.AsKind), true
	case "let":
		if c := p.following(); wordStart[c] || c == '{' || c == '[' {
			return p.variables(cst.Lexical, cst.AsKind), true
		}
	case "function":
		return p.function(cst.FunctionDecl), true
	case "async":
		if p.wordFollows("function") {
			return p.function(cst.FunctionDecl), true
		}
	case "class":
		return p.class(cst.ClassDecl, p.start, nil), true
	}
	if p.typed {
		return p.typedDeclaration()
	}
	return none, false
}

// variables reads var, let or const with what they declare.
func (p *parser) variables(kind cst.Kind, role cst.Role) int32 {
	n := p.open(kind, p.start)
	p.keep(n, role)
	p.declarators(n, p.declarator(p.pattern()))
	return p.semicolon(n)
}

// declarators adds the first declarator and reads those behind it.
func (p *parser) declarators(n, first int32) {
	p.add(n, first, cst.NoRole)
	for p.accept(",") {
		p.add(n, p.declarator(p.pattern()), cst.NoRole)
	}
}

// declarator reads what stands behind a declared name.
func (p *parser) declarator(name int32) int32 {
	n := p.open(cst.Declarator, p.startOf(name))
	p.add(n, name, cst.AsName)
	if p.typed {
		if p.is("!") {
			p.keep(n, cst.NoRole)
		}
		if p.is(":") {
			p.add(n, p.typeAnnotation(), cst.AsType)
		}
	}
	p.initializer(n)
	return p.end(n)
}

func (p *parser) ifStatement() int32 {
	n := p.open(cst.If, p.start)
	p.next()
	p.add(n, p.parenthesized(), cst.AsCondition)
	p.add(n, p.statement(), cst.AsConsequence)
	if p.word("else") {
		other := p.open(cst.Other, p.start)
		p.next()
		p.add(other, p.statement(), cst.NoRole)
		p.add(n, p.end(other), cst.AsAlternative)
	}
	return p.end(n)
}

func (p *parser) doStatement() int32 {
	n := p.open(cst.Do, p.start)
	p.next()
	p.add(n, p.statement(), cst.AsBody)
	p.expectWord("while")
	p.add(n, p.parenthesized(), cst.AsCondition)
	if !p.accept(";") && p.typed {
		p.blockEnded()
	}
	return p.end(n)
}

func (p *parser) returnStatement() int32 {
	kind := cst.Return
	if p.word("throw") {
		kind = cst.Other
	}
	n := p.open(kind, p.start)
	p.next()
	if !p.newline && !p.is(";") && !p.is("}") && p.kind != tEOF {
		p.add(n, p.expression(), cst.NoRole)
	}
	return p.semicolon(n)
}

func (p *parser) tryStatement() int32 {
	n := p.open(cst.Try, p.start)
	p.next()
	p.add(n, p.innerBlock(), cst.AsBody)
	if p.word("catch") {
		handler := p.open(cst.Catch, p.start)
		p.next()
		if p.accept("(") {
			p.add(handler, p.pattern(), cst.AsParameter)
			if p.typed && p.is(":") {
				p.add(handler, p.typeAnnotation(), cst.AsType)
			}
			p.expect(")")
		}
		p.add(handler, p.innerBlock(), cst.AsBody)
		p.add(n, p.end(handler), cst.AsHandler)
	}
	if p.word("finally") {
		finalizer := p.open(cst.Other, p.start)
		p.next()
		p.add(finalizer, p.innerBlock(), cst.AsBody)
		p.add(n, p.end(finalizer), cst.NoRole)
	}
	return p.end(n)
}

func (p *parser) switchStatement() int32 {
	n := p.open(cst.Other, p.start)
	p.next()
	p.add(n, p.parenthesized(), cst.AsValue)
	body := p.open(cst.SwitchBody, p.start)
	p.expect("{")
	for !p.failed && !p.is("}") {
		clause := p.open(cst.Other, p.start)
		if p.acceptWord("case") {
			p.add(clause, p.withIn(p.expression), cst.AsValue)
		} else if p.word("default") {
			p.keep(clause, cst.NoRole)
		} else {
			p.fail()
		}
		p.expect(":")
		for !p.failed && !p.is("}") && !p.word("case") && !p.word("default") {
			p.add(clause, p.statement(), cst.AsBody)
		}
		p.add(body, p.end(clause), cst.NoRole)
	}
	p.expect("}")
	p.add(n, p.end(body), cst.AsBody)
	return p.end(n)
}

// forStatement reads every kind of for.
func (p *parser) forStatement() int32 {
	start := p.start
	p.next()
	wait := none
	if p.word("await") {
		wait = p.leaf(cst.Token)
	}
	p.expect("(")
	p.noIn = true
	head, keyword := none, none
	keywordStart := p.start
	if p.word("let") && p.byteAt(p.pos) == '[' {
		p.fail() // the grammars may take let for a variable
	}
	declared := p.word("var") || p.word("const") || p.word("let") && p.following() != ';'
	switch {
	case p.is(";"):
	case declared:
		keyword = p.leaf(cst.Token)
		head = p.pattern()
	default:
		head = p.expression()
	}
	p.noIn = false
	if wait != none || p.word("of") || p.word("in") {
		return p.forIn(start, wait, keyword, head)
	}
	n := p.open(cst.For, start)
	if declared {
		head = p.forDeclaration(keywordStart, keyword, head)
	} else {
		p.expect(";")
	}
	p.add(n, head, cst.AsInitializer)
	if !p.is(";") {
		p.add(n, p.expression(), cst.AsCondition)
	}
	p.expect(";")
	if !p.is(")") {
		p.add(n, p.expression(), cst.AsIncrement)
	}
	p.expect(")")
	p.add(n, p.statement(), cst.AsBody)
	return p.end(n)
}

// forDeclaration reads what a for statement declares, from behind the first pattern on,
// with its semicolon.
func (p *parser) forDeclaration(start int, keyword, pattern int32) int32 {
	kind, role := cst.Lexical, cst.AsKind
	if p.failed || p.src[start] == 'v' {
		kind, role = cst.Var, cst.NoRole
	}
	n := p.open(kind, start)
	p.add(n, keyword, role)
	p.noIn = true
	p.declarators(n, p.declarator(pattern))
	p.noIn = false
	p.expect(";")
	return p.end(n)
}

func (p *parser) forIn(start int, wait, keyword, head int32) int32 {
	n := p.open(cst.ForIn, start)
	if head == none || !p.word("of") && !p.word("in") {
		p.fail()
		return none
	}
	if keyword == none {
		switch kind := p.nodes[head].kind; {
		case kind == cst.Object || kind == cst.Array:
			p.toPattern(head)
		case !p.assignable(head):
			p.fail()
		}
	}
	p.add(n, wait, cst.NoRole)
	p.add(n, keyword, cst.AsKind)
	p.add(n, head, cst.AsLeft)
	p.keep(n, cst.AsOperator)
	p.add(n, p.expression(), cst.AsRight)
	p.expect(")")
	p.add(n, p.statement(), cst.AsBody)
	return p.end(n)
}
