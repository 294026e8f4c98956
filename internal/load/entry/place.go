package entry

import (
	"bytes"
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// locate returns the narrowest place where text stands as written, looking at the innermost place first; without any, the
// innermost place itself.
func (f *follower) locate(c command, text string) source.Span {
	if text != "" {
		for _, place := range c.places {
			if span, ok := f.within(place, text); ok {
				return span
			}
		}
	}
	return c.place()
}

// within finds text in a stretch of a file, as a word of its own where it can.
func (f *follower) within(place source.Span, text string) (source.Span, bool) {
	data, start, end, ok := f.stretch(place)
	if !ok {
		return source.Span{}, false
	}
	at := -1
	for from := start; ; {
		i := bytes.Index(data[from:end], []byte(text))
		if i < 0 {
			break
		}
		from += i
		if isWord(data, from, from+len(text)) {
			at = from
			break
		}
		from++
	}
	if at < 0 {
		return source.Span{}, false
	}
	lines := source.NewLines(data)
	return source.Span{File: place.File, Start: lines.Position(at), End: lines.Position(at + len(text))}, true
}

func isWord(data []byte, start, end int) bool {
	const separators = " \t\r\n\"'`[],;&|()={}:<>\\"
	return (start == 0 || strings.IndexByte(separators, data[start-1]) >= 0) &&
		(end >= len(data) || strings.IndexByte(separators, data[end]) >= 0)
}

// stretch returns the bytes of a place. A place without an end goes to the end of its line, backslashes continue it.
func (f *follower) stretch(place source.Span) (data []byte, start, end int, ok bool) {
	if place.File == "" || place.Start.Line == 0 {
		return nil, 0, 0, false
	}
	data, err := f.tree.Read(place.File)
	if err != nil {
		return nil, 0, 0, false
	}
	if start, ok = offset(data, place.Start); !ok {
		return nil, 0, 0, false
	}
	if place.End.Line > 0 {
		if end, ok = offset(data, place.End); ok && end >= start {
			return data, start, end, true
		}
	}
	end = start
	for end < len(data) && (data[end] != '\n' || end > 0 && data[end-1] == '\\') {
		end++
	}
	return data, start, end, true
}

// offset turns a position into a byte offset.
func offset(data []byte, at source.Position) (int, bool) {
	start := 0
	for range at.Line - 1 {
		i := bytes.IndexByte(data[start:], '\n')
		if i < 0 {
			return 0, false
		}
		start += i + 1
	}
	start += at.Column - 1
	return start, start >= 0 && start <= len(data)
}
