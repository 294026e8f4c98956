package syntax

import (
	"bytes"
	"path"
	"strings"
)

// mayHoldMarkup tells whether a file can hold JSX, by its extension: in .ts, `<T>x` is a cast.
func mayHoldMarkup(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".ts", ".mts", ".cts":
		return false
	}
	return true
}

// inMarkup tells whether the scanner is in a JSX tag or between tags.
func (s *scanner) inMarkup() bool {
	if len(s.stack) == 0 {
		return false
	}
	open := s.stack[len(s.stack)-1].open
	return open == '<' || open == '>'
}

func (s *scanner) unclosedMarkup() bool {
	for _, b := range s.stack {
		if b.open == '<' || b.open == '>' {
			return s.pos >= len(s.text)
		}
	}
	return false
}

// elementStarts tells whether the < at start begins a JSX element: it stands where an expression begins, and is no list of
// type parameters.
func (s *scanner) elementStarts(start int) bool {
	if start+1 >= len(s.text) || !s.expressionStarts() {
		return false
	}
	c := s.text[start+1]
	if c == '>' {
		return true
	}
	if !isWordByte(c) || c >= '0' && c <= '9' {
		return false
	}
	end := start + 1
	for end < len(s.text) && isWordByte(s.text[end]) {
		end++
	}
	rest := bytes.TrimLeft(s.text[end:min(end+40, len(s.text))], " \t")
	if bytes.HasPrefix(rest, []byte(",")) || bytes.HasPrefix(rest, []byte("extends ")) || string(s.text[start+1:end]) == "const" {
		return false
	}
	// `{ <T>(x: T): void }` in an interface; an element in braces rarely starts with a parenthesis.
	return s.last.value != "{" || !bytes.HasPrefix(rest, []byte(">("))
}

// expressionStarts tells whether the token before lets an expression begin here.
func (s *scanner) expressionStarts() bool {
	switch s.last.kind {
	case tokenWord:
		return s.last.value == "return" || s.last.value == "default" || s.last.value == "case" || s.last.value == "yield"
	case tokenOther:
		switch s.last.value {
		case "(", "[", "{", ",", "=", "=>", "?", ":", "&&", "||", "??", "!":
			return true
		}
	}
	return false
}

// readMarkup reads on inside of an element. It returns a token when an expression in braces begins.
func (s *scanner) readMarkup() (token, bool) {
	top := &s.stack[len(s.stack)-1]
	if top.open == '>' {
		at := bytes.IndexAny(s.text[s.pos:], "<{")
		if at < 0 {
			s.pos = len(s.text)
			return token{}, false
		}
		s.pos += at
		if s.text[s.pos] == '{' {
			return s.openExpression(), true
		}
		s.pos++
		if s.pos < len(s.text) && s.text[s.pos] == '/' {
			s.closeElement()
		} else {
			s.stack = append(s.stack, bracket{open: '<'})
		}
		return token{}, false
	}
	s.skipBlanks()
	if s.pos >= len(s.text) {
		return token{}, false
	}
	c := s.text[s.pos]
	s.pos++
	switch c {
	case '{':
		s.pos--
		return s.openExpression(), true
	case '"', '\'':
		if end := bytes.IndexByte(s.text[s.pos:], c); end >= 0 {
			s.pos += end + 1
		}
	case '<': // type arguments of the element
		if end := bytes.IndexByte(s.text[s.pos:], '>'); end >= 0 {
			s.pos += end + 1
		}
	case '/':
		if s.pos < len(s.text) && s.text[s.pos] == '>' {
			s.pos++
			s.endElement()
		}
	case '>':
		top.open = '>'
	}
	return token{}, false
}

func (s *scanner) openExpression() token {
	s.stack = append(s.stack, bracket{open: '{', word: "jsx"})
	s.pos++
	return token{kind: tokenOther, start: s.pos - 1, end: s.pos, value: "{"}
}

// closeElement reads a closing tag from its slash on.
func (s *scanner) closeElement() {
	end := bytes.IndexByte(s.text[s.pos:], '>')
	if end < 0 {
		s.pos = len(s.text)
		return
	}
	s.pos += end + 1
	s.endElement()
}

// endElement leaves an element. What follows goes on as after a value.
func (s *scanner) endElement() {
	s.stack = s.stack[:len(s.stack)-1]
	s.last = token{kind: tokenOther, start: s.pos, end: s.pos, value: "]"}
}
