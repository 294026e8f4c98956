// Package dockerfile reads Dockerfiles into stages with positions. It judges nothing and reads no other file.
//
// Lines, instructions and words are BuildKit's own parser's. Parse keeps what it could read of a broken file; Evaluate then
// applies build arguments and works out what is in force in every stage: variables, working directory, user, entry point.
package dockerfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/dock2edge/dock2edge/internal/source"
)

// File is a parsed Dockerfile.
type File struct {
	// Name is the file's path relative to the root of the tree.
	Name string
	// Syntax is the value of a `# syntax=` line, Check that of `# check=`.
	Syntax, Check string
	// Problems are what could not be read, in file order.
	Problems []Problem

	lines  [][]byte
	start  source.Position
	escape rune
	nodes  []*parser.Node
}

// Problem is an instruction that could not be read.
type Problem struct {
	Span source.Span
	// Message says what is wrong, without a final stop.
	Message string
}

// maxRepairs bounds how many broken instructions of one file are looked for.
const maxRepairs = 50

// Parse reads a Dockerfile. Lines that cannot be read are reported and left out. start is where the text begins in the
// file: 1:1, unless it stands inside of another file, indented by start.Column - 1.
func Parse(name string, data []byte, start source.Position) *File {
	f := &File{Name: name, lines: bytes.Split(data, []byte("\n")), start: start, escape: '\\'}
	if syntax, _, _, ok := parser.DetectSyntax(data); ok {
		f.Syntax = syntax
	}
	if _, check, _, ok := parser.ParseDirective("check", data); ok {
		f.Check = check
	}
	text := slices.Clone(f.lines)
	for range maxRepairs {
		result, err := parse(text)
		if result != nil {
			f.escape, f.nodes = result.EscapeToken, result.AST.Children
		}
		if err == nil {
			break
		}
		start, end := errorLines(err, len(text))
		span := f.span(start, end)
		if emptyFile(text) && len(f.Problems) == 0 {
			span = source.Span{File: name}
		}
		if !emptyFile(text) || len(f.Problems) == 0 {
			f.Problems = append(f.Problems, Problem{Span: span, Message: message(err)})
		}
		if emptyFile(text) || result != nil {
			break
		}
		for n := start; n <= end; n++ {
			text[n-1] = nil
		}
	}
	f.check()
	return f
}

// check takes out the instructions that BuildKit's second step refuses.
func (f *File) check() {
	kept := f.nodes[:0]
	for _, n := range f.nodes {
		if _, err := instruction(n); err != nil {
			f.Problems = append(f.Problems, Problem{Span: f.span(n.StartLine, n.EndLine), Message: message(err)})
			continue
		}
		kept = append(kept, n)
	}
	f.nodes = kept
	slices.SortStableFunc(f.Problems, func(a, b Problem) int {
		return cmp.Or(source.Compare(a.Span, b.Span), cmp.Compare(a.Message, b.Message))
	})
}

func parse(lines [][]byte) (result *parser.Result, err error) {
	defer guard(&err)
	return parser.Parse(bytes.NewReader(bytes.Join(lines, []byte("\n"))))
}

func instruction(n *parser.Node) (command any, err error) {
	defer guard(&err)
	return instructions.ParseInstruction(n)
}

// guard turns a panic of the parser on hostile input into an error.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%v", r)
	}
}

func emptyFile(lines [][]byte) bool {
	for _, line := range lines {
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] != '#' {
			return false
		}
	}
	return true
}

// errorLines are the lines that a parser's error is about.
func errorLines(err error, last int) (start, end int) {
	var located *parser.LocationError
	if errors.As(err, &located) && len(located.Locations) > 0 && len(located.Locations[0]) > 0 {
		ranges := located.Locations[0]
		start, end = ranges[0].Start.Line, ranges[len(ranges)-1].End.Line
	}
	start = min(max(start, 1), last)
	return start, min(max(end, start), last)
}

// message is the first line of a parser's error, without BuildKit's guess at what was meant: of several names that are as close
// it takes any, another one each time. Nor does it quote a value: a line such as DB_PASSWORD=… after a forgotten backslash is an
// unknown instruction too.
func message(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	text, _, _ = strings.Cut(text, " (did you mean ")
	if strings.HasPrefix(text, "unknown instruction: ") {
		text, _, _ = strings.Cut(text, "=")
	}
	if strings.Contains(text, "can't find = in ") {
		text = "a word here is not of the form name=value; quote values with blanks"
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

// span covers whole lines of the text, from the first one's first word to the last one's end.
func (f *File) span(start, end int) source.Span {
	if start < 1 || end > len(f.lines) || end < start {
		return source.Span{File: f.Name}
	}
	first := f.lines[start-1]
	line, column := f.start.Line-1, f.start.Column
	return source.Span{
		File:  f.Name,
		Start: source.Position{Line: line + start, Column: column + len(first) - len(bytes.TrimLeft(first, " \t\ufeff"))},
		End:   source.Position{Line: line + end, Column: column + len(bytes.TrimRight(f.lines[end-1], "\r"))},
	}
}
