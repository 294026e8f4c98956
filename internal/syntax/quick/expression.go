package quick

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// expression reads an expression with commas.
func (p *parser) expression() int32 {
	first := p.assignment()
	if !p.is(",") {
		return first
	}
	sequence := p.open(cst.Sequence, p.startOf(first))
	p.add(sequence, first, cst.NoRole)
	for p.accept(",") {
		p.add(sequence, p.assignment(), cst.NoRole)
	}
	return p.end(sequence)
}

// withIn reads an expression in which `in` is an operator whatever stands around it.
func (p *parser) withIn(read func() int32) int32 {
	noIn, consequence := p.noIn, p.consequence
	p.noIn, p.consequence = false, false
	n := read()
	p.noIn, p.consequence = noIn, consequence
	return n
}

// assignment reads an expression without commas.
func (p *parser) assignment() int32 {
	p.deeper()
	defer p.shallower()
	if p.kind == tWord && p.text == "yield" {
		return p.yield()
	}
	if arrow := p.arrow(); arrow != none || p.failed {
		return arrow
	}
	left := p.conditional()
	if p.kind != tOperator || p.text[len(p.text)-1] != '=' {
		if p.is(">") {
			p.greater()
		}
		if p.kind != tOperator || p.text[len(p.text)-1] != '=' || p.text == ">=" {
			return left
		}
	}
	switch p.text {
	case "=":
		return p.assign(left)
	case "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", ">>=", ">>>=", "<<=", "**=", "&&=", "||=", "??=":
		if !p.assignable(left) {
			p.fail()
			return none
		}
		n := p.open(cst.Augmented, p.startOf(left))
		p.add(n, left, cst.AsLeft)
		p.keep(n, cst.AsOperator)
		p.add(n, p.assignment(), cst.AsRight)
		return p.end(n)
	}
	return left
}

// assignable tells whether a node can stand left of +=.
func (p *parser) assignable(n int32) bool {
	if n == none {
		return false
	}
	switch p.nodes[n].kind {
	case cst.Member, cst.Subscript, cst.Identifier, cst.Paren:
		return true
	case cst.Cast:
		return p.isNonNull(n)
	}
	return false
}

// isNonNull tells of x!.
func (p *parser) isNonNull(n int32) bool {
	last := p.nodes[n].last
	return last != none && p.nodes[last].kind == cst.Token && p.src[p.nodes[last].start] == '!'
}

// assign reads what follows the left side of an assignment.
func (p *parser) assign(left int32) int32 {
	if left == none {
		p.fail()
		return none
	}
	switch p.nodes[left].kind {
	case cst.Object, cst.Array:
		p.toPattern(left)
	case cst.Undefined:
	default:
		if !p.assignable(left) {
			p.fail()
			return none
		}
	}
	n := p.open(cst.Assign, p.startOf(left))
	p.add(n, left, cst.AsLeft)
	p.keep(n, cst.NoRole)
	p.add(n, p.assignment(), cst.AsRight)
	return p.end(n)
}

// toPattern turns an object or array literal into the pattern it turns out to be.
func (p *parser) toPattern(n int32) {
	if n == none {
		return
	}
	switch p.nodes[n].kind {
	case cst.Object:
		p.nodes[n].kind = cst.ObjectPattern
	case cst.Array:
		p.nodes[n].kind = cst.ArrayPattern
	case cst.Pair:
		p.nodes[n].kind = cst.PairPattern
		p.toPattern(p.nodes[n].last)
		return
	case cst.Spread:
		p.nodes[n].kind = cst.RestPattern
	case cst.Shorthand:
		p.nodes[n].kind = cst.ShorthandPattern
		return
	case cst.Assign:
		p.nodes[n].kind = cst.AssignmentPattern
		return
	case cst.AssignmentPattern:
		p.defaults--
		return
	case cst.Identifier, cst.Member, cst.Subscript, cst.Undefined:
		return
	case cst.Cast:
		if !p.isNonNull(n) {
			p.fail()
		}
		return
	default:
		p.fail()
		return
	}
	for child := p.nodes[n].first; child != none && !p.failed; child = p.nodes[child].next {
		p.toPattern(child)
	}
}

func (p *parser) yield() int32 {
	n := p.open(cst.Yield, p.start)
	p.next()
	if p.is("*") && !p.newline {
		p.keep(n, cst.NoRole)
		p.add(n, p.assignment(), cst.NoRole)
	} else if !p.newline && p.startsExpression() {
		p.add(n, p.assignment(), cst.NoRole)
	}
	return p.end(n)
}

// startsExpression tells whether an expression can begin with the current token.
func (p *parser) startsExpression() bool {
	switch p.kind {
	case tEOF:
		return false
	case tOperator:
		switch p.text {
		case "(", "[", "{", "+", "-", "!", "~", "++", "--", "/", "/=", "<", "@":
			return true
		}
		return false
	case tWord:
		switch p.text {
		case "in", "of", "instanceof", "as", "satisfies", "else":
			return false
		}
	}
	return true
}

// conditional reads a ? b : c and everything that binds tighter.
func (p *parser) conditional() int32 {
	condition := p.outermost()
	if !p.is("?") {
		return condition
	}
	n := p.open(cst.Ternary, p.startOf(condition))
	p.add(n, condition, cst.AsCondition)
	p.next()
	noIn, consequence := p.noIn, p.consequence
	p.noIn, p.consequence = false, true
	p.add(n, p.assignment(), cst.AsConsequence)
	p.noIn, p.consequence = noIn, consequence
	p.expect(":")
	alternative := p.assignment()
	if p.typed && p.calledLoosely(alternative) {
		p.fail() // a ? b : await f<T>(x), of which the grammar may make (a ? b : await f)<T>(x)
	}
	p.add(n, alternative, cst.AsAlternative)
	return p.end(n)
}

// calledLoosely tells of a call whose function is an operator with its operands.
func (p *parser) calledLoosely(n int32) bool {
	if n == none || p.nodes[n].kind != cst.Call || p.nodes[n].first == none {
		return false
	}
	switch p.nodes[p.nodes[n].first].kind {
	case cst.Await, cst.Unary, cst.Binary, cst.Update:
		return true
	}
	return false
}

// outermost reads binary operators with the postfix operators of TypeScript around them. The grammar lets those bind looser
// than everything they stand behind: `a || b as T` is `(a || b) as T`.
func (p *parser) outermost() int32 {
	left := p.binary(p.unary(), 1)
	for p.typed && !p.failed {
		if !p.looseCast(&left) {
			return left
		}
		left = p.binary(left, 1)
	}
	return left
}

// looseCast reads one of `as T`, `satisfies T` and `!` behind left.
func (p *parser) looseCast(left *int32) bool {
	if p.newline || *left == none {
		return false
	}
	switch {
	case p.is("!"):
		n := p.open(cst.Cast, p.startOf(*left))
		p.add(n, *left, cst.NoRole)
		p.keep(n, cst.NoRole)
		*left = p.update(p.chain(p.end(n)))
	case p.word("as"), p.word("satisfies"):
		n := p.open(cst.Cast, p.startOf(*left))
		p.add(n, *left, cst.NoRole)
		p.next()
		if p.word("const") {
			p.keep(n, cst.NoRole)
		} else {
			p.add(n, p.castType(), cst.NoRole)
		}
		*left = p.end(n)
	default:
		return false
	}
	return true
}

// precedence is how tight the current token binds as a binary operator, 0 when it is none.
func (p *parser) precedence() int {
	if p.kind == tWord {
		switch {
		case p.text == "instanceof", p.text == "in" && !p.noIn:
			return 8
		}
		return 0
	}
	if p.kind != tOperator {
		return 0
	}
	if p.text == ">" {
		p.greater()
	}
	switch p.text {
	case "??":
		return 1
	case "||":
		return 2
	case "&&":
		return 3
	case "|":
		return 4
	case "^":
		return 5
	case "&":
		return 6
	case "==", "!=", "===", "!==":
		return 7
	case "<", ">", "<=", ">=":
		return 8
	case "<<", ">>", ">>>":
		return 9
	case "+", "-":
		return 10
	case "*", "/", "%":
		return 11
	case "**":
		return 12
	}
	return 0
}

// binary reads the operators behind left that bind at least as tight as lowest.
func (p *parser) binary(left int32, lowest int) int32 {
	for !p.failed {
		tight := p.precedence()
		if tight == 0 || tight < lowest {
			return left
		}
		if p.typed && p.is("<") {
			// The grammar reads type arguments as tight as a comparison: `await f<T>(x)` is `(await f)<T>(x)`.
			if instance, ok := p.instantiation(left); ok {
				left = p.update(p.chain(instance))
				continue
			}
		}
		n := p.open(cst.Binary, p.startOf(left))
		p.add(n, left, cst.AsLeft)
		p.keep(n, cst.AsOperator)
		next := tight + 1
		if tight == 12 {
			next = tight // ** is read from the right
		}
		p.deeper()
		p.add(n, p.binary(p.unary(), next), cst.AsRight)
		p.shallower()
		left = p.end(n)
	}
	return left
}

// unary reads prefix operators and what they stand before.
func (p *parser) unary() int32 {
	if p.kind == tOperator {
		switch p.text {
		case "!", "~", "-", "+":
			return p.prefix(cst.Unary)
		case "++", "--":
			return p.prefix(cst.Update)
		case "<":
			if p.typed && !p.markup {
				return p.assertion()
			}
		}
	}
	if p.kind == tWord {
		switch p.text {
		case "typeof", "void", "delete":
			return p.prefix(cst.Unary)
		case "await":
			if !p.typed && p.following() == '(' {
				return p.awaitCall()
			}
			return p.await()
		}
	}
	return p.update(p.chain(p.primary()))
}

func (p *parser) prefix(kind cst.Kind) int32 {
	p.deeper()
	defer p.shallower()
	n := p.open(kind, p.start)
	p.keep(n, cst.AsOperator)
	p.add(n, p.unary(), cst.AsArgument)
	return p.end(n)
}

// assertion reads <T>x.
func (p *parser) assertion() int32 {
	n := p.open(cst.Cast, p.start)
	if !p.typeArguments() {
		p.fail()
	}
	p.add(n, p.unary(), cst.NoRole)
	return p.end(n)
}

// awaitCall reads await (x), which the grammar of JavaScript takes for a call.
func (p *parser) awaitCall() int32 {
	n := p.call(p.leaf(cst.Identifier))
	if p.failed {
		return none
	}
	if argument := p.nodes[p.nodes[n].last].first; argument != none && p.nodes[argument].kind == cst.Ternary {
		p.fail() // not always
	}
	return p.update(p.chain(n))
}

// await reads await and its operand, which takes casts with it, unlike that of other prefix operators.
func (p *parser) await() int32 {
	p.deeper()
	defer p.shallower()
	n := p.open(cst.Await, p.start)
	p.keep(n, cst.NoRole)
	if !p.startsExpression() {
		p.fail() // a variable of that name
		return none
	}
	operand := p.unary()
	for p.typed && p.looseCast(&operand) {
	}
	p.add(n, operand, cst.NoRole)
	return p.end(n)
}

// update reads ++ or -- behind an expression.
func (p *parser) update(n int32) int32 {
	if p.newline || !p.is("++") && !p.is("--") || n == none {
		return n
	}
	update := p.open(cst.Update, p.startOf(n))
	p.add(update, n, cst.AsArgument)
	p.keep(update, cst.AsOperator)
	return p.end(update)
}
