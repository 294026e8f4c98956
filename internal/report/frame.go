package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/dock2edge/dock2edge/internal/source"
)

// frameWidth is how much of a long line a frame shows, in bytes: minified code has no end.
const frameWidth = 160

// tabWidth is how a tab is shown.
const tabWidth = 4

// frame draws the code around a span, with line numbers and carets under it: the line before, the line, the line after.
// Nothing is drawn when the file cannot be read or the span names no line of it.
func (t *textWriter) frame(span source.Span) {
	lines := t.lines(span.File)
	if span.Start.Line < 1 || span.Start.Line > len(lines) {
		return
	}
	first, last := max(1, span.Start.Line-1), min(len(lines), span.Start.Line+1)
	gutter := len(strconv.Itoa(last))
	for number := first; number <= last; number++ {
		shown := t.redact.line(span.File, number, strings.TrimRight(lines[number-1], "\r"))
		if number != span.Start.Line {
			if strings.TrimSpace(shown) != "" {
				text, _ := window(shown, 0)
				t.printf("  %s %s\n", t.color.dim(fmt.Sprintf("%*d │", gutter, number)), t.color.dim(visible(text)))
			}
			continue
		}
		text, offset := window(shown, span.Start.Column-1)
		t.printf("  %s %s\n", t.color.dim(fmt.Sprintf("%*d │", gutter, number)), visible(text))
		blank, carets := underline(text, span, offset)
		t.printf("  %s %s%s\n", t.color.dim(strings.Repeat(" ", gutter)+" │"), strings.Repeat(" ", blank), t.color.severity(t.severity, strings.Repeat("^", carets)))
	}
}

// window cuts a long line to what surrounds a column. offset is how many bytes were cut off in front.
func window(line string, column int) (text string, offset int) {
	if len(line) <= frameWidth {
		return line, 0
	}
	offset = max(0, min(column-frameWidth/4, len(line)-frameWidth))
	for offset > 0 && !utf8.RuneStart(line[offset]) {
		offset--
	}
	stop := min(len(line), offset+frameWidth)
	for stop < len(line) && !utf8.RuneStart(line[stop]) {
		stop++
	}
	return line[offset:stop], offset
}

// underline is the width before the carets and the number of carets for the part of the span on its first line.
func underline(text string, span source.Span, offset int) (blank, carets int) {
	start := min(max(0, span.Start.Column-1-offset), len(text))
	stop := start + 1
	switch {
	case span.End.Line == span.Start.Line && span.End.Column > span.Start.Column:
		stop = span.End.Column - 1 - offset
	case span.End.Line > span.Start.Line:
		stop = len(text)
	}
	stop = min(max(stop, start), len(text))
	return columns(text[:start]), max(1, columns(text[start:stop]))
}

// columns is how many cells of a terminal the text takes once visible.
func columns(text string) int {
	n := 0
	for _, r := range visible(text) {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.Is(unicode.Mn, r):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// visible replaces tabs by spaces and every other control character by a mark, so that no file can steer the terminal.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\t':
			b.WriteString(strings.Repeat(" ", tabWidth))
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
