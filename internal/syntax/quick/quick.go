// Package quick parses JavaScript and TypeScript that has no mistakes in it, ten times as fast as the tree-sitter grammars
// and into the same tree.
//
// It is no second opinion: what it is not sure about (a mistake, syntax that is rare or newer than it, code where the grammars
// guess) it refuses, and the caller asks the grammars. So it has no recovery, and it follows the grammars where they differ
// from the language: `a + b!` is `(a + b)!` here too. Tests compare the two node by node.
package quick

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// Language says which syntax a text may have beyond JavaScript.
type Language struct {
	// Typed is TypeScript. Its tree differs from JavaScript's in more than the types, as the grammars do.
	Typed bool
	// Markup is JSX.
	Markup bool
}

// Tree is what Parse returns: nodes in file order, and the comments that are not part of a type.
type Tree struct {
	Nodes    []cst.Node
	Comments []cst.Extent
}

// Parse parses a text. It says false when the text has to be left to the grammars; maxDepth is how deeply nested a tree may be.
func Parse(src string, language Language, maxDepth int) (Tree, bool) {
	p := &parser{lexer: lexer{src: src}, typed: language.Typed, markup: language.Markup}
	p.nodes = make([]node, 0, len(src)/8+64)
	if len(src) > 1 && src[:2] == "#!" {
		for p.pos < len(src) && src[p.pos] != '\n' {
			p.pos++
		}
	}
	p.next()
	root := p.program()
	if p.failed || p.defaults != 0 {
		return Tree{}, false
	}
	nodes, ok := p.flatten(root, maxDepth)
	return Tree{Nodes: nodes, Comments: p.comments}, ok
}

// parser is a recursive descent parser. Its methods return the node they read, or none.
type parser struct {
	lexer
	typed, markup bool
	nodes         []node
	// noIn is set in the head of a for statement, where `in` is no operator.
	noIn bool
	// consequence is set between the ? and : of a conditional expression, where a colon may not start a return type.
	consequence bool
	// defaults counts shorthand properties with a default, {a = 1}, that stand in what may still turn out to be a pattern.
	defaults int
	// instances counts the type arguments around the current token.
	instances int
	depth     int
}

// node is a node under construction. Parents are made after their first children, so the order of p.nodes is no order.
type node struct {
	kind              cst.Kind
	role              cst.Role
	start, end        uint32
	first, last, next int32
}

const none = cst.None

// open makes a node that starts at a byte; add fills it and end closes it.
func (p *parser) open(kind cst.Kind, start int) int32 {
	p.nodes = append(p.nodes, node{kind: kind, start: uint32(start), first: none, last: none, next: none})
	return int32(len(p.nodes) - 1)
}

// end lets a node end with the last token read.
func (p *parser) end(n int32) int32 {
	if n != none {
		p.nodes[n].end = uint32(p.last)
	}
	return n
}

// startOf is where a node starts.
func (p *parser) startOf(n int32) int {
	if n == none {
		return p.start
	}
	return int(p.nodes[n].start)
}

// add makes child the last child of a node.
func (p *parser) add(parent, child int32, role cst.Role) {
	if child == none || p.failed {
		return
	}
	p.nodes[child].role = role
	if last := p.nodes[parent].last; last != none {
		p.nodes[last].next = child
	} else {
		p.nodes[parent].first = child
	}
	p.nodes[parent].last = child
}

// leaf makes a node of the current token and goes on.
func (p *parser) leaf(kind cst.Kind) int32 {
	n := p.open(kind, p.start)
	p.next()
	return p.end(n)
}

// keep adds the current token as a node, which the tree has of operators and words that carry meaning.
func (p *parser) keep(parent int32, role cst.Role) { p.add(parent, p.leaf(cst.Token), role) }

// expect reads an operator that has to stand here.
func (p *parser) expect(operator string) {
	if !p.is(operator) {
		p.fail()
		return
	}
	p.next()
}

// accept reads an operator if it stands here.
func (p *parser) accept(operator string) bool {
	if !p.is(operator) {
		return false
	}
	p.next()
	return true
}

// acceptWord reads a word if it stands here.
func (p *parser) acceptWord(word string) bool {
	if !p.word(word) {
		return false
	}
	p.next()
	return true
}

// expectWord reads a word that has to stand here.
func (p *parser) expectWord(word string) {
	if !p.acceptWord(word) {
		p.fail()
	}
}

// mark is a place to go back to.
type mark struct {
	lexer           lexer
	nodes, defaults int
}

func (p *parser) mark() mark { return mark{p.lexer, len(p.nodes), p.defaults} }

// reset goes back to a mark. The nodes made since must not have been added to older ones.
func (p *parser) reset(m mark) {
	read := p.tokensRead
	p.lexer = m.lexer
	p.tokensRead = read
	p.nodes, p.defaults = p.nodes[:m.nodes], m.defaults
	if read > 4*len(p.src)+1000 {
		p.fail() // code that was made to be tried again and again
	}
}

// drop leaves what was read since the mark out of the tree, comments included: nodes of types.
func (p *parser) drop(m mark) {
	if p.failed {
		return
	}
	p.nodes = p.nodes[:m.nodes]
	kept := p.comments[:len(m.lexer.comments)]
	for _, comment := range p.comments[len(m.lexer.comments):] {
		if int(comment.Start) >= p.last {
			kept = append(kept, comment)
		}
	}
	p.comments = kept
}

// maxNesting bounds the recursion. Code written by people stays far below.
const maxNesting = 400

// deeper counts a level of nesting; leave it with shallower.
func (p *parser) deeper() {
	p.depth++
	if p.depth > maxNesting {
		p.fail()
	}
}

func (p *parser) shallower() { p.depth-- }

// flatten brings the tree into file order.
func (p *parser) flatten(root int32, maxDepth int) ([]cst.Node, bool) {
	out := make([]cst.Node, 0, len(p.nodes))
	type level struct{ at, parent, before int32 }
	levels := make([]level, 1, 64)
	levels[0] = level{root, none, none}
	for len(levels) > 0 {
		top := &levels[len(levels)-1]
		if top.at == none {
			levels = levels[:len(levels)-1]
			continue
		}
		n := &p.nodes[top.at]
		id := int32(len(out))
		out = append(out, cst.Node{Kind: n.kind, Role: n.role, Start: n.start, End: n.end, Parent: top.parent, First: none, Next: none})
		switch {
		case top.before != none:
			out[top.before].Next = id
		case top.parent != none:
			out[top.parent].First = id
		}
		top.before, top.at = id, n.next
		if n.first != none {
			if len(levels) >= maxDepth-1 {
				return nil, false
			}
			levels = append(levels, level{n.first, id, none})
		}
	}
	return out, true
}
