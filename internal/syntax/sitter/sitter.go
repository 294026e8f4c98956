// Package sitter parses text with a tree-sitter grammar and copies the tree into a slice, with one call into C per file.
//
// go-tree-sitter's own cursor costs a call into C for each question about each node, and its allocator a call back into Go
// for each allocation; for a whole repository that is most of the time. The grammars and the library are theirs all the same.
package sitter

/*
#cgo CFLAGS: -std=c11 -O2
#include <stdlib.h>
#include "flatten.h"
*/
import "C"

import (
	"errors"
	"math"
	"runtime"
	"sync"
	"unsafe"

	binding "github.com/tree-sitter/go-tree-sitter"
)

// None is the index of no node.
const None int32 = -1

// Node is one node of a tree in file order, parents before children. Kind and Field are what the grammar's Tables say.
// Start and End are byte offsets; Parent, First (child) and Next (sibling) are indexes or None.
type Node struct {
	Kind, Field         uint8
	_                   uint16
	Start, End          uint32
	Parent, First, Next int32
}

// Grammar is a tree-sitter language with the names of its nodes and fields translated to numbers of the caller's.
type Grammar struct {
	language      unsafe.Pointer
	kinds, fields []uint8
	leaf          [256]uint8
	skipped       uint8
	failed        uint8
}

// Options say how a grammar's names are translated.
type Options struct {
	// Kind and Field translate the names of node types and fields. named is false for tokens such as "+".
	Kind  func(name string, named bool) uint8
	Field func(name string) uint8
	// Leaf tells of kinds whose children are left out of the tree.
	Leaf func(kind uint8) bool
	// Skipped is the kind of nodes that are left out with everything below; Error the kind of what could not be parsed.
	Skipped, Error uint8
}

// useSystemAllocator runs once: the Go binding routes every allocation of the C library through Go, which costs more than
// the parsing.
var useSystemAllocator = sync.OnceFunc(func() { C.flat_use_system_allocator() })

// NewGrammar translates a language of one of the grammar modules.
func NewGrammar(language unsafe.Pointer, options Options) *Grammar {
	useSystemAllocator()
	names := binding.NewLanguage(language)
	g := &Grammar{
		language: language, kinds: make([]uint8, names.NodeKindCount()), fields: make([]uint8, names.FieldCount()+1),
		skipped: options.Skipped, failed: options.Error,
	}
	for id := range g.kinds {
		g.kinds[id] = options.Kind(names.NodeKindForId(uint16(id)), names.NodeKindIsNamed(uint16(id)))
	}
	for id := range g.fields {
		g.fields[id] = options.Field(names.FieldNameForId(uint16(id)))
	}
	for kind := range g.leaf {
		if options.Leaf(uint8(kind)) {
			g.leaf[kind] = 1
		}
	}
	return g
}

// ErrTooLarge is returned for texts over 2 GiB, ErrGaveUp for text so unlike the grammar that recovering from its errors
// takes too long, ErrFailed when the C library could not do its work at all.
var (
	ErrTooLarge = errors.New("text is too large to parse")
	ErrGaveUp   = errors.New("text does not look like the language")
	ErrFailed   = errors.New("the parser failed")
)

// Parse parses text and calls take with the nodes, which are valid during the call only. tooDeep is the number of nodes at
// maxDepth whose children were left out.
func (g *Grammar) Parse(text []byte, maxDepth int, take func(nodes []Node, tooDeep int)) error {
	if len(text) > math.MaxInt32 {
		return ErrTooLarge
	}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	tables := C.flat_tables{
		kinds: pinned(&pinner, g.kinds), fields: pinned(&pinner, g.fields), leaf: pinned(&pinner, g.leaf[:]),
		symbols: C.uint32_t(len(g.kinds)), skipped: C.uint8_t(g.skipped), error: C.uint8_t(g.failed),
		max_depth: C.uint32_t(maxDepth),
	}
	if len(text) == 0 {
		text = []byte{'\n'}
	}
	tree := C.flat_parse(g.language, (*C.char)(unsafe.Pointer(&text[0])), C.uint32_t(len(text)), &tables)
	defer C.free(unsafe.Pointer(tree.nodes))
	switch tree.status {
	case 0:
	case 3:
		return ErrGaveUp
	default:
		return ErrFailed
	}
	take(unsafe.Slice((*Node)(unsafe.Pointer(tree.nodes)), int(tree.count)), int(tree.too_deep))
	return nil
}

func pinned(pinner *runtime.Pinner, table []uint8) *C.uint8_t {
	pinner.Pin(&table[0])
	return (*C.uint8_t)(unsafe.Pointer(&table[0]))
}
