package syntax

import (
	"path"
	"strings"
	"sync"
	"unsafe"

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
	kinds, fields, tokens := grammarKinds(), grammarFields(), map[string]bool{}
	for _, token := range keptTokens() {
		tokens[token] = true
	}
	return sitter.NewGrammar(language, sitter.Options{
		Kind: func(name string, named bool) uint8 {
			switch {
			case named:
				return uint8(kinds[name])
			case tokens[name]:
				return uint8(kToken)
			}
			return uint8(kSkipped)
		},
		Field:   func(name string) uint8 { return uint8(fields[name]) },
		Leaf:    func(k uint8) bool { return kind(k).leaf() },
		Skipped: uint8(kSkipped), Error: uint8(kError),
	})
}

// grammarFor picks the grammar by the file's extension. JSX is part of the JavaScript grammar; in TypeScript it has an
// extension of its own because `<T>x` is a cast there.
func grammarFor(file string) *sitter.Grammar {
	switch strings.ToLower(path.Ext(file)) {
	case ".ts", ".mts", ".cts":
		return typescriptGrammar()
	case ".tsx":
		return tsxGrammar()
	}
	return javascriptGrammar()
}

// maxDepth is how deep the tree is followed. Code written by people stays below 200; what is deeper was made to hurt.
const maxDepth = 1500

// parseTree parses text into a tree. A text that could not be parsed at all gives a tree of one failed program.
func parseTree(g *sitter.Grammar, text []byte) *tree {
	t := &tree{src: string(text)}
	err := g.Parse(text, maxDepth, func(nodes []sitter.Node, tooDeep int) {
		t.nodes = make([]node, len(nodes))
		t.tooDeep = tooDeep
		for i, n := range nodes {
			t.nodes[i] = node{
				kind: kind(n.Kind), field: field(n.Field), start: min(n.Start, uint32(len(text))), end: min(n.End, uint32(len(text))),
				parent: n.Parent, first: n.First, next: n.Next,
			}
			switch kind(n.Kind) {
			case kError:
				t.errors = append(t.errors, int32(i))
			case kComment:
				t.comments = append(t.comments, int32(i))
			}
		}
	})
	if err != nil {
		t.nodes = []node{{kind: kProgram, end: uint32(len(text)), parent: none, first: none, next: none}}
		t.errors, t.failed = []int32{0}, true
	}
	return t
}

// leaf tells that a node's children say nothing its text does not.
func (k kind) leaf() bool {
	switch k {
	case kToken, kComment, kIdentifier, kProperty, kShorthand, kShorthandPattern, kUndefined, kThis, kSuper, kFragment, kEscape,
		kNumber, kTrue, kFalse, kNull, kRegex, kTypeAnnotation, kImportWord, kMeta:
		return true
	}
	return false
}
