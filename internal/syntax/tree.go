package syntax

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// none is the index of no node.
const none int32 = -1

// tree is a syntax tree as one slice in file order (parents before children). Node 0 is the program.
type tree struct {
	src      string
	nodes    []node
	errors   []int32
	comments []int32
	// tooDeep counts nodes whose children were left out because they are nested too deeply.
	tooDeep int
	// failed tells that the text could not be parsed at all.
	failed bool
}

// node is one node. start and end are byte offsets; parent, first and next are indexes or none.
type node struct {
	kind                kind
	field               field
	loops               uint8 // loops around the node within its function
	start, end          uint32
	parent, first, next int32
	scope               int32 // the scope that names used here are looked up in
}

func (t *tree) kind(n int32) kind {
	if n == none {
		return kOther
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
func (t *tree) child(n int32, f field) int32 {
	if n == none {
		return none
	}
	for c := t.nodes[n].first; c != none; c = t.nodes[c].next {
		if t.nodes[c].field == f && t.nodes[c].kind != kComment {
			return c
		}
	}
	return none
}

// childOf is the first child of a kind, or none.
func (t *tree) childOf(n int32, k kind) int32 {
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
		if t.nodes[c].kind == kToken && t.text(c) == word {
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
		case kToken, kComment, kDecorator, kError:
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
		case kToken, kComment, kError:
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
		case kParen, kAwait, kCast:
			n = t.only(n)
		case kSequence:
			last := none
			for c := t.nodes[n].first; c != none; c = t.nodes[c].next {
				if t.nodes[c].kind != kComment && t.nodes[c].kind != kToken {
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
		case kParen, kAwait, kCast:
			n = p
		default:
			return n
		}
	}
}

// stringValue is the text a string literal or a template without substitutions stands for.
func (t *tree) stringValue(n int32) (string, bool) {
	switch t.kind(n) {
	case kString:
	case kTemplate:
		if t.childOf(n, kSubstitution) != none {
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
	if t.nodes[first].next == none && t.nodes[first].kind == kFragment {
		return t.text(first)
	}
	var out strings.Builder
	for c := first; c != none; c = t.nodes[c].next {
		switch t.nodes[c].kind {
		case kFragment:
			out.WriteString(t.text(c))
		case kEscape:
			out.WriteString(unescape(t.text(c)))
		}
	}
	return out.String()
}

// propertyName is the name of a property key, when it is constant.
func (t *tree) propertyName(n int32) (string, bool) {
	switch t.kind(n) {
	case kProperty, kIdentifier, kShorthand, kShorthandPattern, kNumber:
		return t.text(n), true
	case kString, kTemplate:
		return t.stringValue(n)
	case kComputed:
		return t.stringValue(t.only(n))
	}
	return "", false
}

// isFunction tells whether a node is a function of any form.
func (t *tree) isFunction(n int32) bool {
	switch t.kind(n) {
	case kFunctionDecl, kFunction, kArrow, kMethod:
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
