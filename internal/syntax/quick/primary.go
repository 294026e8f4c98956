package quick

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// primary reads an expression that no operator stands in: a name, a literal, a function, what is in brackets.
func (p *parser) primary() int32 {
	switch p.kind {
	case tWord:
		return p.wordExpression()
	case tNumber:
		return p.leaf(cst.Number)
	case tString:
		return p.stringLiteral()
	case tTemplate:
		return p.template()
	case tPrivate:
		n := p.leaf(cst.Property)
		if !p.word("in") {
			p.fail()
		}
		return n
	case tOperator:
		switch p.text {
		case "(":
			return p.parenthesized()
		case "[":
			n := p.open(cst.Array, p.start)
			p.next()
			return p.withIn(func() int32 {
				p.list(n, "]")
				return p.end(n)
			})
		case "{":
			return p.withIn(p.object)
		case "/", "/=":
			return p.regex()
		case "<":
			if p.markup {
				return p.element()
			}
		case "@":
			start := p.start
			return p.class(cst.Class, start, p.decorators())
		}
	}
	p.fail()
	return none
}

// wordExpression reads an expression that begins with a word.
func (p *parser) wordExpression() int32 {
	switch p.text {
	case "this":
		return p.leaf(cst.This)
	case "super":
		return p.leaf(cst.Super)
	case "null":
		return p.leaf(cst.Null)
	case "true":
		return p.leaf(cst.True)
	case "false":
		return p.leaf(cst.False)
	case "undefined":
		return p.leaf(cst.Undefined)
	case "function":
		return p.function(cst.Function)
	case "class":
		return p.class(cst.Class, p.start, nil)
	case "new":
		return p.new()
	case "import":
		return p.importExpression()
	case "async":
		if p.wordFollows("function") {
			return p.function(cst.Function)
		}
	}
	return p.identifier()
}

// identifier reads a name that can be a variable's.
func (p *parser) identifier() int32 {
	if p.kind != tWord || reserved(p.text) {
		p.fail()
		return none
	}
	return p.leaf(cst.Identifier)
}

// reserved tells of words that name no variable.
func reserved(word string) bool {
	switch word {
	case "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "export", "extends",
		"false", "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null", "return", "super", "switch", "this",
		"throw", "true", "try", "typeof", "var", "void", "while", "with", "enum", "yield", "await":
		return true
	}
	return false
}

// blank is the offset of the next byte that is no white space.
func (l *lexer) blank(i int) int {
	for i < len(l.src) && (l.src[i] == ' ' || l.src[i] == '\t' || l.src[i] == '\n' || l.src[i] == '\r') {
		i++
	}
	return i
}

// following is the first byte of the token after the current one, 0 at the end; a slash may be a comment.
func (l *lexer) following() byte { return l.byteAt(l.blank(l.pos)) }

func (l *lexer) byteAt(i int) byte {
	if i >= len(l.src) {
		return 0
	}
	return l.src[i]
}

// sameLine tells whether the token after the current one is on its line.
func (l *lexer) sameLine() bool {
	return strings.IndexByte(l.src[l.pos:l.blank(l.pos)], '\n') < 0
}

// wordFollows tells whether a word follows on the same line.
func (l *lexer) wordFollows(word string) bool {
	i := l.blank(l.pos)
	return l.sameLine() && strings.HasPrefix(l.src[i:], word) && !wordPart[l.byteAt(i+len(word))]
}

// nameFollows tells whether any word follows on the same line.
func (l *lexer) nameFollows() bool { return wordStart[l.following()] && l.sameLine() }

func (p *parser) parenthesized() int32 {
	n := p.open(cst.Paren, p.start)
	p.next()
	p.add(n, p.withIn(p.expression), cst.NoRole)
	p.expect(")")
	return p.end(n)
}

// new reads new X(…), new X and new.target.
func (p *parser) new() int32 {
	start := p.start
	p.next()
	if p.is(".") {
		p.next()
		p.expectWord("target")
		return p.end(p.open(cst.Meta, start))
	}
	n := p.open(cst.New, start)
	if p.word("new") || p.word("import") || p.word("async") || p.is("<") || p.is("@") {
		p.fail()
		return none
	}
	constructor := p.primary()
	for !p.failed {
		if p.is(".") {
			p.next()
			constructor = p.member(constructor)
		} else if p.is("[") {
			constructor = p.subscript(constructor)
		} else {
			break
		}
	}
	p.add(n, constructor, cst.AsConstructor)
	if p.typed && p.is("<") {
		before := p.mark()
		if !p.typeArguments() {
			p.reset(before)
		}
	}
	switch {
	case p.is("("):
		p.add(n, p.arguments(), cst.AsArguments)
	case p.kind == tTemplate, p.is("?."), p.is("!") && p.typed:
		p.fail()
	}
	return p.end(n)
}

// importExpression reads import(…) and import.meta.
func (p *parser) importExpression() int32 {
	start := p.start
	p.next()
	if p.is(".") {
		p.next()
		p.expectWord("meta")
		return p.end(p.open(cst.Meta, start))
	}
	n := p.open(cst.ImportWord, start)
	p.end(n)
	if !p.is("(") {
		p.fail()
	}
	return n
}

// object reads an object literal.
func (p *parser) object() int32 {
	n := p.open(cst.Object, p.start)
	p.next()
	for !p.failed && !p.is("}") {
		switch {
		case p.is(","):
		case p.is("..."):
			p.add(n, p.spread(), cst.NoRole)
		default:
			p.add(n, p.property(), cst.NoRole)
		}
		if !p.is("}") {
			p.expect(",")
		}
	}
	p.expect("}")
	return p.end(n)
}

// property reads a property of an object literal that is no spread.
func (p *parser) property() int32 {
	start := p.start
	var modifiers [3]int32
	count := 0
	for p.kind == tWord && count < 2 && (p.text == "get" || p.text == "set" || p.text == "async") && startsName(p.following()) {
		modifiers[count] = p.leaf(cst.Token)
		count++
	}
	if p.is("*") {
		modifiers[count] = p.leaf(cst.Token)
		count++
	}
	name, text := p.kind, p.text
	key := p.propertyName()
	switch {
	case p.is("(") || p.typed && p.is("<"):
		n := p.open(cst.Method, start)
		for _, modifier := range modifiers[:count] {
			p.add(n, modifier, cst.NoRole)
		}
		p.add(n, key, cst.AsName)
		p.signature(n)
		p.add(n, p.withIn(p.innerBlock), cst.AsBody)
		return p.end(n)
	case count > 0 || key == none:
	case p.is(":"):
		n := p.open(cst.Pair, start)
		p.add(n, key, cst.AsKey)
		p.next()
		p.add(n, p.assignment(), cst.AsValue)
		return p.end(n)
	case name != tWord || reserved(text) || text == "undefined":
	case p.is("="):
		p.nodes[key].kind = cst.ShorthandPattern
		p.defaults++
		return p.withDefault(key)
	case p.is(",") || p.is("}"):
		p.nodes[key].kind = cst.Shorthand
		return key
	}
	p.fail()
	return none
}

// startsName tells whether the name of a property can begin with a byte.
func startsName(c byte) bool {
	return wordPart[c] || c == '"' || c == '\'' || c == '[' || c == '#' || c == '*'
}

// propertyName reads the name of a property or member.
func (p *parser) propertyName() int32 {
	switch {
	case p.kind == tWord, p.kind == tPrivate:
		return p.leaf(cst.Property)
	case p.kind == tString:
		return p.stringLiteral()
	case p.kind == tNumber:
		return p.leaf(cst.Number)
	case p.is("["):
		n := p.open(cst.Computed, p.start)
		p.next()
		p.add(n, p.withIn(p.assignment), cst.NoRole)
		p.expect("]")
		return p.end(n)
	}
	p.fail()
	return none
}

// pattern reads what a declaration can bind: a name or a pattern of names.
func (p *parser) pattern() int32 {
	p.deeper()
	defer p.shallower()
	switch {
	case p.is("{"):
		return p.withIn(p.objectPattern)
	case p.is("["):
		return p.withIn(p.arrayPattern)
	case p.word("undefined"):
		p.fail()
		return none
	}
	return p.identifier()
}

// withDefault reads the default that may stand behind a pattern.
func (p *parser) withDefault(left int32) int32 {
	if !p.is("=") || left == none {
		return left
	}
	n := p.open(cst.AssignmentPattern, p.startOf(left))
	p.add(n, left, cst.AsLeft)
	p.keep(n, cst.NoRole)
	p.add(n, p.assignment(), cst.AsRight)
	return p.end(n)
}

func (p *parser) restPattern() int32 {
	n := p.open(cst.RestPattern, p.start)
	p.next()
	p.add(n, p.pattern(), cst.NoRole)
	return p.end(n)
}

func (p *parser) objectPattern() int32 {
	n := p.open(cst.ObjectPattern, p.start)
	p.next()
	for !p.failed && !p.is("}") {
		p.add(n, p.patternProperty(), cst.NoRole)
		if !p.is("}") {
			p.expect(",")
		}
	}
	p.expect("}")
	return p.end(n)
}

func (p *parser) patternProperty() int32 {
	if p.is("...") {
		return p.restPattern()
	}
	start, name, text := p.start, p.kind, p.text
	key := p.propertyName()
	if p.is(":") && key != none {
		n := p.open(cst.PairPattern, start)
		p.add(n, key, cst.AsKey)
		p.next()
		p.add(n, p.withDefault(p.pattern()), cst.AsValue)
		return p.end(n)
	}
	if name != tWord || reserved(text) || text == "undefined" || key == none {
		p.fail()
		return none
	}
	p.nodes[key].kind = cst.ShorthandPattern
	return p.withDefault(key)
}

func (p *parser) arrayPattern() int32 {
	n := p.open(cst.ArrayPattern, p.start)
	p.next()
	for !p.failed && !p.is("]") {
		switch {
		case p.is(","):
		case p.is("..."):
			p.add(n, p.restPattern(), cst.NoRole)
		default:
			p.add(n, p.withDefault(p.pattern()), cst.NoRole)
		}
		if !p.is("]") {
			p.expect(",")
		}
	}
	p.expect("]")
	return p.end(n)
}
