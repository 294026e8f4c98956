package syntax

import (
	"path"
	"strings"
	"sync"

	sitter "github.com/tree-sitter/go-tree-sitter"
	javascript "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	typescript "github.com/tree-sitter/tree-sitter-typescript/bindings/go"
)

// grammar is one tree-sitter language with its symbols translated to kinds and fields.
type grammar struct {
	language *sitter.Language
	kinds    []kind
	fields   []field
}

// The grammars are made on first use and never change afterwards.
var (
	javascriptGrammar = sync.OnceValue(func() *grammar { return newGrammar(sitter.NewLanguage(javascript.Language())) })
	typescriptGrammar = sync.OnceValue(func() *grammar { return newGrammar(sitter.NewLanguage(typescript.LanguageTypescript())) })
	tsxGrammar        = sync.OnceValue(func() *grammar { return newGrammar(sitter.NewLanguage(typescript.LanguageTSX())) })
)

func newGrammar(language *sitter.Language) *grammar {
	g := &grammar{
		language: language,
		kinds:    make([]kind, language.NodeKindCount()),
		fields:   make([]field, language.FieldCount()+1),
	}
	names, tokens := grammarKinds(), map[string]bool{}
	for _, token := range keptTokens() {
		tokens[token] = true
	}
	for id := range g.kinds {
		name := language.NodeKindForId(uint16(id))
		switch {
		case !language.NodeKindIsNamed(uint16(id)):
			g.kinds[id] = kSkipped
			if tokens[name] {
				g.kinds[id] = kToken
			}
		default:
			g.kinds[id] = names[name]
		}
	}
	fields := grammarFields()
	for id := range g.fields {
		g.fields[id] = fields[language.FieldNameForId(uint16(id))]
	}
	return g
}

// grammarFor picks the grammar by the file's extension. JSX is part of the JavaScript grammar; in TypeScript it has an
// extension of its own because `<T>x` is a cast there.
func grammarFor(file string) *grammar {
	switch strings.ToLower(path.Ext(file)) {
	case ".ts", ".mts", ".cts":
		return typescriptGrammar()
	case ".tsx":
		return tsxGrammar()
	}
	return javascriptGrammar()
}

// maxDepth is how deep the tree is followed. Code written by people stays below 200; what is deeper was made to hurt.
const maxDepth = 2000

// symbolError is tree-sitter's id of ERROR nodes, which is in no grammar's table.
const symbolError = 0xffff

// parseTree parses text and copies what the package needs into a tree of its own; tree-sitter's memory is freed on return.
func parseTree(g *grammar, text []byte) *tree {
	t := &tree{src: string(text), nodes: make([]node, 0, len(text)/6+16)}
	parser := sitter.NewParser()
	defer parser.Close()
	if err := parser.SetLanguage(g.language); err != nil {
		t.nodes = append(t.nodes, node{kind: kProgram, end: uint32(len(text))})
		t.errors = append(t.errors, 0)
		return t
	}
	parsed := parser.Parse(text, nil)
	defer parsed.Close()
	root := parsed.RootNode()
	cursor := root.Walk()
	defer cursor.Close()
	t.copyFrom(g, cursor)
	return t
}

// copyFrom walks the cursor once, in file order, without recursion.
func (t *tree) copyFrom(g *grammar, cursor *sitter.TreeCursor) {
	type level struct{ parent, last int32 }
	levels := make([]level, 1, 64)
	levels[0] = level{parent: none, last: none}
	for {
		current := cursor.Node()
		k := kError
		if symbol := current.KindId(); symbol != symbolError {
			k = g.kinds[symbol]
		}
		top := &levels[len(levels)-1]
		descend := false
		if k != kSkipped {
			id := int32(len(t.nodes))
			t.nodes = append(t.nodes, node{
				kind: k, field: g.fields[cursor.FieldId()],
				start: uint32(current.StartByte()), end: uint32(current.EndByte()),
				parent: top.parent, first: none, next: none,
			})
			switch {
			case top.last != none:
				t.nodes[top.last].next = id
			case top.parent != none:
				t.nodes[top.parent].first = id
			}
			top.last = id
			switch {
			case k == kError:
				t.errors = append(t.errors, id)
			case k == kComment:
				t.comments = append(t.comments, id)
			}
			descend = !k.leaf() && len(levels) < maxDepth
			if !k.leaf() && !descend {
				t.errors = append(t.errors, id)
			}
			if descend && cursor.GotoFirstChild() {
				levels = append(levels, level{parent: id, last: none})
				continue
			}
		}
		for !cursor.GotoNextSibling() {
			if !cursor.GotoParent() {
				return
			}
			levels = levels[:len(levels)-1]
		}
	}
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
