package syntax

import (
	"path"
	"strings"
	"sync"
	"unsafe"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
	"github.com/dock2edge/dock2edge/internal/syntax/quick"
	"github.com/dock2edge/dock2edge/internal/syntax/sitter"
	javascript "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	typescript "github.com/tree-sitter/tree-sitter-typescript/bindings/go"
)

// The grammars are made on first use and never change afterwards.
var (
	javascriptGrammar = sync.OnceValue(func() *sitter.Grammar { return newGrammar(javascript.Language()) })
	typescriptGrammar = sync.OnceValue(func() *sitter.Grammar { return newGrammar(typescript.LanguageTypescript()) })
	tsxGrammar        = sync.OnceValue(func() *sitter.Grammar { return newGrammar(typescript.LanguageTSX()) })
)

func newGrammar(language unsafe.Pointer) *sitter.Grammar {
	kinds, fields, tokens := cst.Kinds(), cst.Roles(), map[string]bool{}
	for _, token := range cst.KeptTokens() {
		tokens[token] = true
	}
	return sitter.NewGrammar(language, sitter.Options{
		Kind: func(name string, named bool) uint8 {
			switch {
			case named:
				return uint8(kinds[name])
			case tokens[name]:
				return uint8(cst.Token)
			}
			return uint8(cst.Skipped)
		},
		Field:   func(name string) uint8 { return uint8(fields[name]) },
		Leaf:    func(k uint8) bool { return cst.Kind(k).Leaf() },
		Skipped: uint8(cst.Skipped), Error: uint8(cst.Error),
	})
}

// language is what a module is written in.
type language uint8

const (
	// javaScript has JSX.
	javaScript language = iota
	// typeScript has none: `<T>x` is a cast there.
	typeScript
	// typeScriptMarkup is TypeScript with JSX.
	typeScriptMarkup
)

// languageOf tells a file's language by its extension.
func languageOf(file string) language {
	switch strings.ToLower(path.Ext(file)) {
	case ".ts", ".mts", ".cts":
		return typeScript
	case ".tsx":
		return typeScriptMarkup
	}
	return javaScript
}

func (l language) grammar() *sitter.Grammar {
	switch l {
	case typeScript:
		return typescriptGrammar()
	case typeScriptMarkup:
		return tsxGrammar()
	}
	return javascriptGrammar()
}

// maxDepth is how deep the tree is followed. Code written by people stays below 200; what is deeper was made to hurt.
const maxDepth = 1500

// parseTree parses text into a tree: with the quick parser what that is sure about, with the grammar the rest. A text that
// could not be parsed at all gives a tree of one failed program.
func parseTree(l language, text []byte) *tree {
	if t, ok := parseQuick(l, text); ok {
		return t
	}
	return parseGrammar(l, text)
}

// parseQuick parses text with the quick parser; it says false when the text has to be left to the grammar.
func parseQuick(l language, text []byte) (*tree, bool) {
	src := string(text)
	parsed, ok := quick.Parse(src, quick.Language{Typed: l != javaScript, Markup: l != typeScript}, maxDepth)
	if !ok {
		return nil, false
	}
	t := &tree{src: src, nodes: make([]node, len(parsed.Nodes)), comments: parsed.Comments}
	for i, n := range parsed.Nodes {
		t.nodes[i] = node{kind: n.Kind, field: n.Role, start: n.Start, end: n.End, parent: n.Parent, first: n.First, next: n.Next}
	}
	return t, true
}

func parseGrammar(l language, text []byte) *tree {
	t := &tree{src: string(text)}
	err := l.grammar().Parse(text, maxDepth, func(nodes []sitter.Node, tooDeep int) {
		t.nodes = make([]node, len(nodes))
		t.tooDeep = tooDeep
		for i, n := range nodes {
			t.nodes[i] = node{
				kind: cst.Kind(n.Kind), field: cst.Role(n.Field), start: min(n.Start, uint32(len(text))), end: min(n.End, uint32(len(text))),
				parent: n.Parent, first: n.First, next: n.Next,
			}
			switch cst.Kind(n.Kind) {
			case cst.Error:
				t.errors = append(t.errors, int32(i))
			case cst.Comment:
				t.comments = append(t.comments, cst.Extent{Start: t.nodes[i].start, End: t.nodes[i].end})
			}
		}
	})
	if err != nil {
		t.nodes = []node{{kind: cst.Program, end: uint32(len(text)), parent: none, first: none, next: none}}
		t.errors, t.failed = []int32{0}, true
	}
	return t
}
