package syntax

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// next reads a token and makes it the last one.
func (s *scanner) next() token {
	t := s.read()
	s.beyond, s.last = s.last, t
	return t
}

// read skips blanks and comments and reads one token.
func (s *scanner) read() token {
	for s.inMarkup() {
		if s.pos >= len(s.text) {
			return token{kind: tokenEnd, start: s.pos, end: s.pos}
		}
		if t, ok := s.readMarkup(); ok {
			return t
		}
	}
	s.skipBlanks()
	start := s.pos
	if start >= len(s.text) {
		return token{kind: tokenEnd, start: start, end: start}
	}
	c := s.text[start]
	switch {
	case isWordByte(c):
		if c >= '0' && c <= '9' {
			return s.number(start)
		}
		for s.pos < len(s.text) && isWordByte(s.text[s.pos]) {
			s.pos++
		}
		return token{kind: tokenWord, start: start, end: s.pos, value: s.src[start:s.pos]}
	case c == '"' || c == '\'':
		return s.quoted(start, c)
	case c == '`':
		return s.template(start)
	case c == '<' && s.markup && s.elementStarts(start):
		s.pos++
		s.stack = append(s.stack, bracket{open: '<'})
		return s.read()
	case c == '/' && s.regexAllowed():
		if end := s.regexEnd(start); end > 0 {
			s.pos = end
			return token{kind: tokenOther, start: start, end: end, value: "/re/"}
		}
	}
	return s.punctuation(start, c)
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '#' || c >= utf8.RuneSelf
}

func (s *scanner) skipBlanks() {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			s.pos++
		case c == '/' && s.pos+1 < len(s.text) && s.text[s.pos+1] == '/':
			s.skipLine()
		case c == '/' && s.pos+1 < len(s.text) && s.text[s.pos+1] == '*':
			end := -1
			if !s.noCommentEnd {
				end = bytes.Index(s.text[s.pos+2:], []byte("*/"))
			}
			if end < 0 {
				s.noCommentEnd = true
				return // read as punctuation: an asterisk in JSX text
			}
			s.pos += 2 + end + 2
		case c == '#' && s.pos == 0 && bytes.HasPrefix(s.text, []byte("#!")):
			s.skipLine()
		case c == 0xEF && bytes.HasPrefix(s.text[s.pos:], []byte("\xEF\xBB\xBF")):
			s.pos += 3
		default:
			return
		}
	}
}

func (s *scanner) skipLine() {
	if end := bytes.IndexByte(s.text[s.pos:], '\n'); end >= 0 {
		s.pos += end + 1
	} else {
		s.pos = len(s.text)
	}
}

func (s *scanner) number(start int) token {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		exponent := (c == '+' || c == '-') && (s.text[s.pos-1] == 'e' || s.text[s.pos-1] == 'E') && !bytes.HasPrefix(s.text[start:], []byte("0x"))
		if !isWordByte(c) && c != '.' && !exponent {
			break
		}
		s.pos++
	}
	return token{kind: tokenOther, start: start, end: s.pos, value: "0"}
}

// quoted reads a string. A quote without its partner on the line is an apostrophe in JSX text.
func (s *scanner) quoted(start int, quote byte) token {
	escaped := false
	for i := start + 1; i < len(s.text); i++ {
		switch c := s.text[i]; c {
		case '\\':
			escaped = true
			i++
			if i < len(s.text) && s.text[i] == '\r' && i+1 < len(s.text) && s.text[i+1] == '\n' {
				i++
			}
		case quote:
			s.pos = i + 1
			return token{kind: tokenString, start: start, end: i + 1, value: stringText(s.src[start+1:i], escaped)}
		case '\n':
			s.pos = start + 1
			return token{kind: tokenOther, start: start, end: start + 1, value: s.src[start : start+1]}
		}
	}
	s.pos = start + 1
	return token{kind: tokenOther, start: start, end: start + 1, value: s.src[start : start+1]}
}

// stringText is what a string's source text stands for.
func stringText(raw string, escaped bool) string {
	if !escaped {
		return raw
	}
	var out strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 >= len(raw) {
			out.WriteByte(raw[i])
			continue
		}
		length := 2
		switch {
		case raw[i+1] == 'x':
			length = 4
		case raw[i+1] == 'u' && i+2 < len(raw) && raw[i+2] == '{':
			if end := strings.IndexByte(raw[i:], '}'); end > 0 {
				length = end + 1
			}
		case raw[i+1] == 'u':
			length = 6
		case raw[i+1] == '\r' && i+2 < len(raw) && raw[i+2] == '\n':
			length = 3
		case raw[i+1] >= utf8.RuneSelf:
			_, size := utf8.DecodeRuneInString(raw[i+1:])
			length = 1 + size
		case raw[i+1] >= '0' && raw[i+1] <= '7':
			for length < 4 && i+length < len(raw) && raw[i+length] >= '0' && raw[i+length] <= '7' {
				length++
			}
		}
		end := min(i+length, len(raw))
		out.WriteString(unescape(raw[i:end]))
		i = end - 1
	}
	return out.String()
}

// template reads a template up to its end, or up to and with ${; then the rest is read when the brace closes.
func (s *scanner) template(start int) token {
	end, substitution := s.templateEnd(start + 1)
	s.pos = end
	if !substitution {
		if end > start+1 && s.text[end-1] == '`' {
			raw := s.src[start+1 : end-1]
			return token{kind: tokenString, start: start, end: end, value: stringText(raw, strings.IndexByte(raw, '\\') >= 0)}
		}
		return token{kind: tokenTemplate, start: start, end: end, value: "`"}
	}
	s.stack = append(s.stack, bracket{open: '{', template: true})
	return token{kind: tokenTemplate, start: start, end: end, value: "${"}
}

// templateEnd finds where a template's text that goes on at i ends: after the closing quote, or after ${.
func (s *scanner) templateEnd(i int) (end int, substitution bool) {
	for ; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '`':
			return i + 1, false
		case '$':
			if i+1 < len(s.text) && s.text[i+1] == '{' {
				return i + 2, true
			}
		}
	}
	return len(s.text), false
}

// regexAllowed tells whether a slash begins a regular expression here, going by the token before it.
func (s *scanner) regexAllowed() bool {
	if s.pos+1 < len(s.text) && s.text[s.pos+1] == '>' {
		return false // the end of a JSX tag
	}
	switch s.last.kind {
	case tokenEnd:
		return true
	case tokenWord:
		switch s.last.value {
		case "return", "typeof", "case", "in", "of", "delete", "void", "instanceof", "new", "throw", "do", "else", "yield", "await":
			return true
		}
		return false
	case tokenOther:
		switch {
		case s.last.value == ")":
			return s.last.word == "if" || s.last.word == "while" || s.last.word == "for"
		case s.last.value == "0" || s.last.value == "/re/" || s.last.value == "]":
			return false
		case s.last.value == "++" || s.last.value == "--":
			return false
		case s.last.value == "<" && s.last.end == s.pos:
			return false // the start of a closing JSX tag
		}
		return true
	}
	return false
}

// maxFailedRegex is how many bytes are looked through for the ends of regular expressions that are none.
const maxFailedRegex = 4 << 20

// regexEnd is the end of the regular expression that starts here, or 0 when there is none on the line.
func (s *scanner) regexEnd(start int) int {
	class := false
	if s.failedRegex > maxFailedRegex {
		return 0
	}
	for i := start + 1; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '\n':
			s.failedRegex += i - start
			return 0
		case '/':
			if class {
				continue
			}
			i++
			for i < len(s.text) && isWordByte(s.text[i]) {
				i++
			}
			return i
		}
	}
	s.failedRegex += len(s.text) - start
	return 0
}

// punctuation reads an operator or bracket and keeps the stack of open brackets.
func (s *scanner) punctuation(start int, c byte) token {
	s.pos = start + 1
	t := token{kind: tokenOther, start: start, value: s.src[start : start+1]}
	switch c {
	case '(', '[', '{':
		s.stack = append(s.stack, bracket{open: c, word: s.bracketWord(c)})
	case ')', ']', '}':
		closed := s.closeBracket(c)
		if closed.template && c == '}' {
			end, substitution := s.templateEnd(s.pos)
			s.pos = end
			if substitution {
				s.stack = append(s.stack, closed)
			}
			t.kind, t.value = tokenTemplate, "`"
		} else if c == ')' {
			t.word = closed.word
		}
	default:
		for _, operator := range []string{"...", "=>", "?.", "&&", "||", "??", "++", "--"} {
			if bytes.HasPrefix(s.text[start:], []byte(operator)) {
				s.pos, t.value = start+len(operator), operator
				break
			}
		}
	}
	t.end = s.pos
	return t
}

// closeBracket pops the stack down to the partner of a closing bracket. Without one, as in JSX text, nothing is popped.
func (s *scanner) closeBracket(c byte) bracket {
	open := byte('(')
	switch c {
	case ']':
		open = '['
	case '}':
		open = '{'
	}
	for i := len(s.stack) - 1; i >= 0; i-- {
		if s.stack[i].open == open {
			closed := s.stack[i]
			s.stack = s.stack[:i]
			return closed
		}
		if s.stack[i].template || s.stack[i].open == '{' || s.stack[i].open == '<' || s.stack[i].open == '>' {
			break
		}
	}
	return bracket{}
}
