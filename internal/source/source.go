// Package source is the only reader of the user's files: bytes, positions, walking and ignore files.
//
// Every path that leaves this package is relative to the root the user named, with slashes, so that output is the same
// on every machine. Offsets are bytes inside the program; lines and columns, both from 1 and columns counted in bytes,
// appear at its boundary.
package source

import (
	"cmp"
	"fmt"
	"sort"
)

// Position is a place in a file. Line and Column count from 1; Column counts bytes. The zero Position means "the whole file".
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Span is a stretch of a file: from Start up to, not including, End. File is relative to the root, with slashes.
// The zero End means that only the start is known.
type Span struct {
	File  string   `json:"file"`
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// At makes a span of which only the start is known.
func At(file string, line, column int) Span {
	return Span{File: file, Start: Position{Line: line, Column: column}}
}

// IsZero tells whether the span names no place at all.
func (s Span) IsZero() bool { return s.File == "" && s.Start == Position{} }

// String is file:line:column, the form editors and terminals make a link of.
func (s Span) String() string {
	if s.Start.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Column)
}

// Compare orders spans by file, then start, then end.
func Compare(a, b Span) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Start.Line, b.Start.Line), cmp.Compare(a.Start.Column, b.Start.Column),
		cmp.Compare(a.End.Line, b.End.Line), cmp.Compare(a.End.Column, b.End.Column),
	)
}

// Lines turns byte offsets of one text into positions.
type Lines struct{ starts []int }

// NewLines indexes the line starts of text. A line ends at "\n"; "\r\n" therefore counts as one end.
func NewLines(text []byte) Lines {
	starts := []int{0}
	for i, c := range text {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return Lines{starts: starts}
}

// Position is the line and column of a byte offset. Offsets before or past the text are taken as its start or last line.
func (l Lines) Position(offset int) Position {
	if offset < 0 {
		offset = 0
	}
	line := sort.SearchInts(l.starts, offset+1) - 1
	return Position{Line: line + 1, Column: offset - l.starts[line] + 1}
}
