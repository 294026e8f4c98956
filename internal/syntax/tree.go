package syntax

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// none is the index of no node.
const none int32 = -1

// tree is a syntax tree as one slice in file order (parents before children). Node 0 is the program.
type tree struct {
	src      string
	nodes    []node
	errors   []int32
	comments []cst.Extent
	// tooDeep counts nodes whose children were left out because they are nested too deeply.
	tooDeep int
	// failed tells that the text could not be parsed at all.
	failed bool
}

// node is one node. start and end are byte offsets; parent, first and next are indexes or none.
type node struct {
	kind                cst.Kind
	field               cst.Role
	loops               uint8 // loops around the node within its function
	start, end          uint32
	parent, first, next int32
	scope               int32 // the scope that names used here are looked up in
}

func (t *tree) kind(n int32) cst.Kind {
	if n == none {
		return cst.Other
	}
	return t.nodes[n].kind
}

func (t *tree) parent(n int32) int32 { return t.nodes[n].parent }

func (t *tree) text(n int32) string {
	if n == none {
		return ""
	}
	return t.src[t.nodes[n].start:t.nodes[n].end]
}

// child is the first child with the role, or none. Comments are never an answer.
func (t *tree) child(n int32, f cst.Role) int32 {
	if n == none {
		return none
	}
	for c := t.nodes[n].first; c != none; c = t.nodes[c].next {
		if t.nodes[c].field == f && t.nodes[c].kind != cst.Comment {
			return c
		}
	}
	return none
}

// childOf is the first child of a kind, or none.
func (t *tree) childOf(n int32, k cst.Kind) int32 {
	if n == none {
		return none
	}
	for c := t.nodes[n].first; c != none; c = t.nodes[c].next {
		if t.nodes[c].kind == k {
			return c
		}
	}
	return none
}

// hasToken tells whether the node has a keyword or operator among its children.
func (t *tree) hasToken(n int32, word string) bool {
	for c := t.nodes[n].first; c != none; c = t.nodes[c].next {
		if t.nodes[c].kind == cst.Token && t.text(c) == word {
			return true
		}
	}
	return false
}

// only is the first child that is neither token nor comment: the operand of await, a parenthesis, a cast.
func (t *tree) only(n int32) int32 {
	if n == none {
		return none
	}
	for c := t.nodes[n].first; c != none; c = t.nodes[c].next {
		switch t.nodes[c].kind {
		case cst.Token, cst.Comment, cst.Decorator, cst.Error:
		default:
			return c
		}
	}
	return none
}

// items are the children that are neither tokens nor comments: arguments, array elements.
func (t *tree) items(n int32) []int32 {
	if n == none {
		return nil
	}
	var out []int32
	for c := t.nodes[n].first; c != none; c = t.nodes[c].next {
		switch t.nodes[c].kind {
		case cst.Token, cst.Comment, cst.Error:
		default:
			out = append(out, c)
		}
	}
	return out
}

// bare takes away what does not change an expression's value for us: parentheses, await, casts, the last of a sequence.
func (t *tree) bare(n int32) int32 {
	for n != none {
		switch t.nodes[n].kind {
		case cst.Paren, cst.Await, cst.Cast:
			n = t.only(n)
		case cst.Sequence:
			last := none
			for c := t.nodes[n].first; c != none; c = t.nodes[c].next {
				if t.nodes[c].kind != cst.Comment && t.nodes[c].kind != cst.Token {
					last = c
				}
			}
			n = last
		default:
			return n
		}
	}
	return none
}

// outer is the opposite: the outermost node that still has n's value, through parentheses, await and casts.
func (t *tree) outer(n int32) int32 {
	for {
		p := t.nodes[n].parent
		if p == none {
			return n
		}
		switch t.nodes[p].kind {
		case cst.Paren, cst.Await, cst.Cast:
			n = p
		default:
			return n
		}
	}
}

// stringValue is the text a string literal or a template without substitutions stands for.
func (t *tree) stringValue(n int32) (string, bool) {
	switch t.kind(n) {
	case cst.String:
	case cst.Template:
		if t.childOf(n, cst.Substitution) != none {
			return "", false
		}
	default:
		return "", false
	}
	return t.fragments(n), true
}

// fragments joins the literal parts of a string or template.
func (t *tree) fragments(n int32) string {
	first := t.nodes[n].first
	if first == none {
		return ""
	}
	if t.nodes[first].next == none && t.nodes[first].kind == cst.Fragment {
		return t.text(first)
	}
	var out strings.Builder
	for c := first; c != none; c = t.nodes[c].next {
		switch t.nodes[c].kind {
		case cst.Fragment:
			out.WriteString(t.text(c))
		case cst.Escape:
			out.WriteString(unescape(t.text(c)))
		}
	}
	return out.String()
}

// propertyName is the name of a property key, when it is constant.
func (t *tree) propertyName(n int32) (string, bool) {
	switch t.kind(n) {
	case cst.Property, cst.Identifier, cst.Shorthand, cst.ShorthandPattern, cst.Number:
		return t.text(n), true
	case cst.String, cst.Template:
		return t.stringValue(n)
	case cst.Computed:
		return t.stringValue(t.only(n))
	}
	return "", false
}

// isFunction tells whether a node is a function of any form.
func (t *tree) isFunction(n int32) bool {
	switch t.kind(n) {
	case cst.FunctionDecl, cst.Function, cst.Arrow, cst.Method:
		return true
	}
	return false
}

// within tells whether n is inside of (or is) the node outer.
func (t *tree) within(n, outer int32) bool {
	return n != none && outer != none && t.nodes[n].start >= t.nodes[outer].start && t.nodes[n].end <= t.nodes[outer].end
}

// span is a node's place in the file.
func (b *builder) span(n int32) source.Span {
	return b.spanOf(int(b.nodes[n].start), int(b.nodes[n].end))
}

func (b *builder) spanOf(start, end int) source.Span {
	return source.Span{File: b.module.File, Start: b.lines.Position(start), End: b.lines.Position(end)}
}
