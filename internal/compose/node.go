package compose

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/source"
)

// kind is the shape of a node.
type kind int

const (
	scalar kind = iota
	mapping
	sequence
)

// node is a value of a Compose file after anchors, merge keys and interpolation, with its position.
// An alias shares the node of its anchor, so positions inside of it are those of the anchor's definition.
type node struct {
	kind kind
	// text is a scalar's text after interpolation.
	text string
	// value is a scalar as YAML types it: string, bool, int, float64 or nil.
	value any
	// refs are the variables that interpolation used.
	refs   []string
	fields []field
	items  []*node
	span   source.Span
	// reset and override are Compose's tags `!reset` and `!override`.
	reset, override bool
}

// field is one key of a mapping. Keys are unique; a repeated key keeps its last value.
type field struct {
	key   string
	span  source.Span
	value *node
}

// get returns the value of a key, or nil. It accepts a nil node.
func (n *node) get(key string) *node {
	if f := n.field(key); f != nil {
		return f.value
	}
	return nil
}

func (n *node) field(key string) *field {
	if n == nil {
		return nil
	}
	for i := range n.fields {
		if n.fields[i].key == key {
			return &n.fields[i]
		}
	}
	return nil
}

// isNull tells whether the value is absent: `key:` or `key: null`.
func (n *node) isNull() bool { return n == nil || n.kind == scalar && n.value == nil }

// maxNodes bounds what the aliases of one file may expand to; no real file comes near.
const maxNodes = 200_000

// anchor is an expanded alias: it is built once, and counted each time it is used.
type anchor struct {
	node *node
	size int
}

// builder turns the YAML nodes of one file into nodes.
type builder struct {
	file      *file
	vars      *variables
	problems  *problems
	count     int
	anchors   map[*yaml.Node]anchor
	expanding map[*yaml.Node]bool
	tooLarge  bool
}

func (b *builder) build(y *yaml.Node) *node {
	b.count++
	if b.count > maxNodes {
		if !b.tooLarge {
			b.tooLarge = true
			b.problems.add(InvalidYAML, b.file.span(y), "the aliases of this file expand to more than %d values; the rest is not read", maxNodes)
		}
		return &node{kind: scalar, span: b.file.span(y)}
	}
	switch y.Kind {
	case yaml.AliasNode:
		return b.alias(y)
	case yaml.MappingNode:
		n := &node{kind: mapping, span: b.file.span(y)}
		b.tags(n, y)
		b.mapping(n, y)
		return n
	case yaml.SequenceNode:
		n := &node{kind: sequence, span: b.file.span(y)}
		b.tags(n, y)
		for _, item := range y.Content {
			n.items = append(n.items, b.build(item))
		}
		return n
	case yaml.DocumentNode:
		if len(y.Content) > 0 {
			return b.build(y.Content[0])
		}
	}
	return b.scalar(y)
}

func (b *builder) tags(n *node, y *yaml.Node) {
	n.reset = y.Tag == "!reset"
	n.override = y.Tag == "!override"
}

func (b *builder) alias(y *yaml.Node) *node {
	if y.Alias == nil || b.expanding[y.Alias] {
		b.problems.add(InvalidYAML, b.file.span(y), "the alias *%s contains itself", y.Value)
		return &node{kind: scalar, span: b.file.span(y)}
	}
	if known, ok := b.anchors[y.Alias]; ok {
		b.count += known.size
		return known.node
	}
	b.expanding[y.Alias] = true
	defer delete(b.expanding, y.Alias)
	before := b.count
	n := b.build(y.Alias)
	b.anchors[y.Alias] = anchor{node: n, size: b.count - before}
	return n
}

// mapping reads the keys of y in order; merge keys (`<<`) come last because the mapping's own keys win.
func (b *builder) mapping(n *node, y *yaml.Node) {
	var merges []*yaml.Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Kind == yaml.AliasNode && key.Alias != nil {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			b.problems.add(InvalidYAML, b.file.span(key), "a key must be a single word, this one is a list or a mapping; it is not read")
			continue
		}
		if key.Tag == "!!merge" || key.Value == "<<" && key.Style == 0 {
			merges = append(merges, value)
			continue
		}
		f := field{key: key.Value, span: b.file.span(key), value: b.build(value)}
		if before := n.field(f.key); before != nil {
			b.problems.add(DuplicateKey, f.span, "the key %q stands here and in line %d; Compose refuses the file, this reading takes the last one", f.key, before.span.Start.Line)
			*before = f
			continue
		}
		n.fields = append(n.fields, f)
	}
	for _, m := range merges {
		b.merge(n, b.build(m))
	}
}

// merge adds the keys of a merge key's value that n does not have itself; of several mappings the earlier one wins.
func (b *builder) merge(n, from *node) {
	switch from.kind {
	case mapping:
		for _, f := range from.fields {
			if n.field(f.key) == nil {
				n.fields = append(n.fields, f)
			}
		}
	case sequence:
		for _, item := range from.items {
			b.merge(n, item)
		}
	default:
		if from.value != nil {
			b.problems.add(InvalidYAML, from.span, "a merge key (<<) needs a mapping or a list of mappings")
		}
	}
}

func (b *builder) scalar(y *yaml.Node) *node {
	n := &node{kind: scalar, text: y.Value, span: b.file.span(y)}
	b.tags(n, y)
	if n.reset || n.override {
		n.value = y.Value
		return n
	}
	isText := y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 || y.ShortTag() == "!!str"
	if isText && strings.Contains(y.Value, "$") {
		text, refs := b.vars.expand(y.Value, n.span, b.problems)
		n.text, n.value, n.refs = text, text, refs
		return n
	}
	n.value = typed(y, isText)
	return n
}

// typed is the scalar as YAML types it. Dates stay text, as Compose has no use for them.
func typed(y *yaml.Node, isText bool) any {
	if isText || !slices.Contains([]string{"!!int", "!!float", "!!bool", "!!null"}, y.ShortTag()) {
		return y.Value
	}
	var value any
	if err := y.Decode(&value); err != nil {
		return y.Value
	}
	switch v := value.(type) {
	case nil, bool, int, float64, string:
		return v
	}
	return y.Value
}
