package compose

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/source"
)

var byteOrderMark = []byte("\uFEFF")

// file is one YAML file with what is needed to turn the parser's positions into byte columns.
type file struct {
	name  string
	lines [][]byte
	// bom is 3 when the file starts with a byte order mark, which the parser does not count.
	bom int
	// indent tells by how many columns a line grew when its tabs were replaced, by line number.
	indent map[int]int
	// docs are the documents that could be read.
	docs []*yaml.Node
}

// span is a node's position: from its first byte up to its end for scalars, its start for mappings and lists.
func (f *file) span(y *yaml.Node) source.Span {
	if y.Line == 0 {
		return source.Span{File: f.name}
	}
	start := f.position(y.Line, y.Column)
	span := source.Span{File: f.name, Start: start}
	if y.Kind == yaml.ScalarNode {
		span.End = f.scalarEnd(y, start)
	}
	return span
}

// position turns the parser's line and column (in characters) into bytes of the file.
func (f *file) position(line, column int) source.Position {
	column -= f.indent[line]
	if line == 1 {
		column += f.bom
	}
	if line < 1 || line > len(f.lines) {
		return source.Position{Line: line, Column: max(column, 1)}
	}
	text, offset := f.lines[line-1], 0
	if line == 1 {
		offset, column = f.bom, column-f.bom
	}
	for ; column > 1 && offset < len(text); column-- {
		_, size := utf8.DecodeRune(text[offset:])
		offset += size
	}
	return source.Position{Line: line, Column: offset + 1}
}

// scalarEnd finds where a scalar that begins at start ends.
func (f *file) scalarEnd(y *yaml.Node, start source.Position) source.Position {
	if start.Line > len(f.lines) || start.Column > len(f.lines[start.Line-1])+1 {
		return source.Position{}
	}
	// An anchor or a tag stands between the node's start and its text.
	at := f.skipProperties(y, start)
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		return f.quotedEnd(at, '"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		return f.quotedEnd(at, '\'')
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return f.blockEnd(at)
	}
	return f.plainEnd(at, y.Value)
}

func (f *file) skipProperties(y *yaml.Node, at source.Position) source.Position {
	if y.Anchor == "" && y.Style&yaml.TaggedStyle == 0 {
		return at
	}
	text := f.lines[at.Line-1]
	offset := at.Column - 1
	for offset < len(text) && (text[offset] == '&' || text[offset] == '!') {
		for offset < len(text) && text[offset] != ' ' {
			offset++
		}
		for offset < len(text) && text[offset] == ' ' {
			offset++
		}
	}
	return source.Position{Line: at.Line, Column: offset + 1}
}

// quotedEnd is the position after the closing quote. A doubled single quote and an escaped double quote do not close.
func (f *file) quotedEnd(at source.Position, quote byte) source.Position {
	opened := false
	for line := at.Line; line <= len(f.lines); line++ {
		text, i := f.lines[line-1], 0
		if line == at.Line {
			i = at.Column - 1
		}
		for ; i < len(text); i++ {
			switch {
			case text[i] != quote:
				if text[i] == '\\' && quote == '"' {
					i++
				}
			case !opened:
				opened = true
			case quote == '\'' && i+1 < len(text) && text[i+1] == quote:
				i++
			default:
				return source.Position{Line: line, Column: i + 2}
			}
		}
	}
	return source.Position{}
}

// blockEnd is the end of the last line of a literal or folded scalar: the lines indented deeper than the one it starts on.
func (f *file) blockEnd(at source.Position) source.Position {
	parent := indentation(f.lines[at.Line-1])
	end := source.Position{Line: at.Line, Column: len(f.lines[at.Line-1]) + 1}
	for line := at.Line + 1; line <= len(f.lines); line++ {
		text := bytes.TrimRight(f.lines[line-1], "\r")
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if indentation(text) <= parent {
			break
		}
		end = source.Position{Line: line, Column: len(text) + 1}
	}
	return end
}

// plainEnd follows an unquoted scalar, whose line breaks the parser has folded to blanks.
func (f *file) plainEnd(at source.Position, value string) source.Position {
	line, offset := at.Line, at.Column-1
	for _, word := range strings.Fields(value) {
		for line <= len(f.lines) {
			i := bytes.Index(f.lines[line-1][min(offset, len(f.lines[line-1])):], []byte(word))
			if i >= 0 {
				offset += i + len(word)
				break
			}
			line, offset = line+1, 0
		}
	}
	if line > len(f.lines) {
		return source.Position{}
	}
	return source.Position{Line: line, Column: offset + 1}
}

func indentation(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }

// decode parses all documents of text.
func decode(text []byte) ([]*yaml.Node, error) {
	var docs []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, err
		}
		docs = append(docs, &doc)
	}
}
