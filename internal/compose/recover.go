package compose

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/source"
)

// maxRepairs bounds how many broken places of one file are looked for.
const maxRepairs = 20

// parseFile reads a YAML file. What the parser refuses is reported at its line and left out, as little of it as lets the
// rest be read: one broken key hides nothing else.
func parseFile(name string, data []byte, problems *problems) *file {
	f := &file{name: name, indent: map[int]int{}}
	if bytes.HasPrefix(data, byteOrderMark) {
		f.bom = len(byteOrderMark)
	}
	f.lines = bytes.Split(data, []byte("\n"))
	text := slices.Clone(f.lines)
	text[0] = text[0][f.bom:]
	for repairs := 0; ; repairs++ {
		docs, err := tryDecode(text)
		f.docs = docs
		if err == nil {
			return f
		}
		line := stopsAt(text)
		if repaired, ok := f.expandTabs(text, problems); ok {
			text = repaired
			continue
		}
		first, last := smallestRepair(text, line)
		if repairs == maxRepairs {
			first, last = line, len(text)
		}
		if first > line || last < line {
			line = first
		}
		what := fmt.Sprintf("lines %d to %d are not read", first, last)
		if first == last {
			what = fmt.Sprintf("line %d is not read", first)
		}
		problems.add(InvalidYAML, f.line(line), "%s; %s", yamlMessage(err), what)
		text = without(text, first, last)
	}
}

// line is the span of a whole line without its indentation.
func (f *file) line(n int) source.Span {
	if n < 1 || n > len(f.lines) {
		return source.Span{File: f.name}
	}
	text := bytes.TrimRight(f.lines[n-1], "\r")
	start := indentation(text)
	if start == len(text) {
		start = 0
	}
	return source.Span{
		File:  f.name,
		Start: source.Position{Line: n, Column: start + 1},
		End:   source.Position{Line: n, Column: len(text) + 1},
	}
}

// expandTabs replaces tabs in the indentation, which YAML forbids and editors write, by the number of blanks that makes the
// file readable.
func (f *file) expandTabs(text [][]byte, problems *problems) ([][]byte, bool) {
	first := 0
	for i, line := range text {
		if bytes.IndexByte(line[:indentation(line)], '\t') >= 0 {
			first = cmp.Or(first, i+1)
		}
	}
	if first == 0 {
		return nil, false
	}
	for _, width := range []int{2, 4, 8, 1} {
		expanded := make([][]byte, len(text))
		grown := map[int]int{}
		for i, line := range text {
			n := indentation(line)
			blanks := bytes.ReplaceAll(line[:n], []byte("\t"), bytes.Repeat([]byte(" "), width))
			expanded[i] = slices.Concat(blanks, line[n:])
			if len(blanks) != n {
				grown[i+1] = len(blanks) - n
			}
		}
		if _, err := tryDecode(expanded); err == nil {
			f.indent = grown
			problems.add(InvalidYAML, f.line(first), "tabs cannot indent YAML and Compose refuses the file; each is read as %d blanks", width)
			return expanded, true
		}
	}
	return nil, false
}

// block is a range of lines, counted from 1.
type block struct{ first, last int }

// smallestRepair finds the lines whose removal lets the parser read on: of the blocks around the place where it stops, the
// smallest after which it reads everything, else the one that gains most lines for those it costs. Whole sections of the file are
// the last resort.
func smallestRepair(text [][]byte, stop int) (first, last int) {
	best, most := block{}, -len(text)-1
	for _, b := range blocksAround(text, stop) {
		next := stopsAt(without(text, b.first, b.last))
		inner := indentation(text[b.first-1]) > 0
		if next == 0 && inner {
			return b.first, b.last
		}
		if next == 0 {
			next = len(text) + 1
		}
		if score := next - b.last - (b.last - b.first); score > most && next > b.last {
			best, most = b, score
		}
	}
	if best.first == 0 {
		return stop, len(text)
	}
	return best.first, best.last
}

// stopsAt is the line at which the parser stops for good: the last n for which n-1 lines can be read and no longer beginning
// of the file can. 0 when all can be read. The parser's own line is that of the mapping it was in, often far above.
func stopsAt(text [][]byte) int {
	if readable(text) {
		return 0
	}
	from := 0
	for range maxSearches {
		good, bad := from, len(text)
		for bad-good > 1 {
			if middle := (good + bad) / 2; readable(text[:middle]) {
				good = middle
			} else {
				bad = middle
			}
		}
		// A list or a quoted text that goes over several lines cannot be read before its end either.
		from = 0
		if !bytes.ContainsAny(text[bad-1], "[{\"'") {
			return bad
		}
		for n := bad + 1; n < min(bad+longValue, len(text)); n++ {
			if readable(text[:n]) {
				from = n
				break
			}
		}
		if from == 0 {
			return bad
		}
	}
	return len(text)
}

// longValue is how many lines a value in brackets or quotes is followed; maxSearches how many of them.
const (
	longValue   = 30
	maxSearches = 10
)

func readable(text [][]byte) bool {
	_, err := tryDecode(text)
	return err == nil
}

// blocksAround are the blocks of a line and of those close to it, with the blocks they stand in: a mistake is often noticed one
// line later. Smallest first, then closest.
func blocksAround(text [][]byte, line int) []block {
	var list []block
	for _, near := range []int{line, line - 1, line + 1, line - 2} {
		for first, last := blockAt(text, near); first > 0; first, last = blockAt(text, parentLine(text, first)) {
			if b := (block{first, last}); !slices.Contains(list, b) {
				list = append(list, b)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b block) int { return cmp.Compare(a.last-a.first, b.last-b.first) })
	return list
}

// blockAt is a line with the lines indented deeper below it; zero for blank lines and comments.
func blockAt(text [][]byte, line int) (first, last int) {
	if line < 1 || line > len(text) || blank(text[line-1]) {
		return 0, 0
	}
	depth := indentation(text[line-1])
	last = line
	for n := line + 1; n <= len(text) && (blank(text[n-1]) || indentation(text[n-1]) > depth); n++ {
		if !blank(text[n-1]) {
			last = n
		}
	}
	return line, last
}

// parentLine is the closest line above with less indentation; 0 when there is none.
func parentLine(text [][]byte, line int) int {
	depth := indentation(text[line-1])
	for n := line - 1; n > 0; n-- {
		if !blank(text[n-1]) && indentation(text[n-1]) < depth {
			return n
		}
	}
	return 0
}

func blank(line []byte) bool {
	trimmed := bytes.TrimSpace(line)
	return len(trimmed) == 0 || trimmed[0] == '#'
}

// without is text with some lines emptied, so that all other lines keep their numbers.
func without(text [][]byte, first, last int) [][]byte {
	shorter := slices.Clone(text)
	for n := first; n <= last && n <= len(shorter); n++ {
		shorter[n-1] = nil
	}
	return shorter
}

var lineOfError = regexp.MustCompile(`line (\d+):`)

// yamlMessage is the parser's message without its own prefix and line, which the position already tells.
func yamlMessage(err error) string {
	message := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " ")
	return "not valid YAML: " + strings.TrimSpace(lineOfError.ReplaceAllString(message, ""))
}

// tryDecode parses lines; a panic of the parser on hostile input counts as an error.
func tryDecode(lines [][]byte) (docs []*yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return decode(bytes.Join(lines, []byte("\n")))
}
