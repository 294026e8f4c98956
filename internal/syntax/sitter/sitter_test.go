package sitter_test

import (
	"slices"
	"strings"
	"testing"

	javascript "github.com/tree-sitter/tree-sitter-javascript/bindings/go"

	"github.com/dock2edge/dock2edge/internal/syntax/sitter"
)

// The kinds of the test's grammar.
const (
	other uint8 = iota
	program
	identifier
	function
	failed
	skipped
)

func newGrammar() *sitter.Grammar {
	kinds := map[string]uint8{"program": program, "identifier": identifier, "function_declaration": function, "ERROR": failed}
	return sitter.NewGrammar(javascript.Language(), sitter.Options{
		Kind: func(name string, named bool) uint8 {
			if !named {
				return skipped
			}
			return kinds[name]
		},
		Field: func(name string) uint8 {
			if name == "name" {
				return 1
			}
			return 0
		},
		Leaf:    func(kind uint8) bool { return kind == identifier },
		Skipped: skipped, Error: failed,
	})
}

// read parses text and copies the nodes, which are only valid during the call.
func read(t *testing.T, text string, maxDepth int) (nodes []sitter.Node, tooDeep int) {
	t.Helper()
	err := newGrammar().Parse([]byte(text), maxDepth, func(found []sitter.Node, deep int) {
		nodes, tooDeep = slices.Clone(found), deep
	})
	if err != nil {
		t.Fatal(err)
	}
	return nodes, tooDeep
}

func TestParse(t *testing.T) {
	text := "a; function b(c) {}"
	nodes, tooDeep := read(t, text, 100)
	var names []string
	for i, n := range nodes {
		if n.Parent >= int32(i) || n.First != sitter.None && n.First <= int32(i) || n.Next != sitter.None && n.Next <= int32(i) {
			t.Errorf("node %d is out of order: %+v", i, n)
		}
		if n.Kind == identifier {
			names = append(names, text[n.Start:n.End])
		}
		if n.Kind == function && nodes[n.First].Field != 1 {
			t.Errorf("the function's first child has field %d, want its name", nodes[n.First].Field)
		}
	}
	if got := strings.Join(names, " "); got != "a b c" || nodes[0].Kind != program || nodes[0].Parent != sitter.None || tooDeep != 0 {
		t.Errorf("identifiers %q, root %+v, %d too deep", got, nodes[0], tooDeep)
	}
}

func TestParseEdges(t *testing.T) {
	if nodes, _ := read(t, "", 100); len(nodes) != 1 || nodes[0].Kind != program {
		t.Errorf("the empty text has the nodes %+v", nodes)
	}
	if nodes, _ := read(t, "a b )", 100); !slices.ContainsFunc(nodes, func(n sitter.Node) bool { return n.Kind == failed }) {
		t.Error("a broken text has no error node")
	}
	nodes, tooDeep := read(t, strings.Repeat("[", 50)+strings.Repeat("]", 50), 10)
	if tooDeep == 0 || len(nodes) > 10 {
		t.Errorf("%d nodes, %d too deep, with ten levels allowed", len(nodes), tooDeep)
	}
}
