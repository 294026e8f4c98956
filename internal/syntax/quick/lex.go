package quick

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// token is the kind of a token. Operators are told apart by operator, words by their text.
type token uint8

const (
	tEOF token = iota
	tWord
	tPrivate
	tNumber
	tString
	tTemplate // the opening quote; template reads on
	tOperator
)

// lexer reads tokens one at a time; regular expressions, templates and JSX are read by the parser, who knows where they can
// stand.
type lexer struct {
	src string
	pos int // the end of the current token

	kind       token
	start      int
	text       string // the current token
	newline    bool   // a line break stands before it
	escaped    bool   // it is a string with a backslash
	last       int    // the end of the token before
	comments   []cst.Extent
	failed     bool
	tokensRead int
}

// fail ends the parse: the text is none that this parser is sure about. The lexer is at its end from then on, so that every
// loop ends.
func (l *lexer) fail() {
	l.failed = true
	l.pos, l.start, l.kind, l.text = len(l.src), len(l.src), tEOF, ""
}

// is tells whether the current token is this operator.
func (l *lexer) is(operator string) bool { return l.kind == tOperator && l.text == operator }

// word tells whether the current token is this word.
func (l *lexer) word(word string) bool { return l.kind == tWord && l.text == word }

// next reads the next token.
func (l *lexer) next() {
	l.last = l.pos
	if l.failed {
		return
	}
	l.tokensRead++
	l.skipBlanks()
	if l.failed {
		return
	}
	l.start = l.pos
	if l.pos >= len(l.src) {
		l.kind, l.text = tEOF, ""
		return
	}
	c := l.src[l.pos]
	switch {
	case wordStart[c]:
		l.readWord(tWord)
	case c >= '0' && c <= '9', c == '.' && l.pos+1 < len(l.src) && l.src[l.pos+1] >= '0' && l.src[l.pos+1] <= '9':
		l.readNumber()
	case c == '"' || c == '\'':
		l.readString(c)
	case c == '`':
		l.kind, l.pos = tTemplate, l.pos+1
	case c == '#':
		l.pos++
		if l.pos >= len(l.src) || !wordStart[l.src[l.pos]] {
			l.fail()
			return
		}
		l.readWord(tPrivate)
	default:
		l.readOperator(c)
	}
	if !l.failed {
		l.text = l.src[l.start:l.pos]
	}
}

// wordStart and wordPart are the bytes of names. Bytes beyond ASCII are looked at by readWord.
var wordStart, wordPart = wordBytes()

func wordBytes() (start, part [256]bool) {
	for c := range 256 {
		start[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= utf8.RuneSelf
		part[c] = start[c] || c >= '0' && c <= '9'
	}
	return start, part
}

func (l *lexer) readWord(kind token) {
	l.kind = kind
	i := l.pos
	for i < len(l.src) && wordPart[l.src[i]] {
		if l.src[i] >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(l.src[i:])
			if !unicode.IsLetter(r) && !(i > l.pos && (unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r))) {
				l.fail()
				return
			}
			i += size
			continue
		}
		i++
	}
	if i < len(l.src) && l.src[i] == '\\' {
		l.fail() // an escaped name
		return
	}
	l.pos = i
}

// skipBlanks skips white space and comments.
func (l *lexer) skipBlanks() {
	l.newline = false
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; c {
		case ' ', '\t', '\r':
			l.pos++
		case '\n':
			l.newline = true
			l.pos++
		case '/':
			if l.pos+1 >= len(l.src) || l.src[l.pos+1] != '/' && l.src[l.pos+1] != '*' {
				return
			}
			l.comment()
		case 0xEF:
			if l.pos > 0 || !strings.HasPrefix(l.src, byteOrderMark) {
				return
			}
			l.pos += len(byteOrderMark)
		default:
			return
		}
	}
}

const byteOrderMark = "\ufeff"

// comment skips the comment that starts here.
func (l *lexer) comment() {
	start := l.pos
	if l.src[start+1] == '/' {
		end := strings.IndexByte(l.src[start:], '\n')
		if end < 0 {
			end = len(l.src) - start
		}
		if end > 0 && l.src[start+end-1] == '\r' {
			end--
		}
		if strings.IndexByte(l.src[start:start+end], '\r') >= 0 || strings.Contains(l.src[start:start+end], "\u2028") {
			l.fail()
			return
		}
		l.pos = start + end
	} else {
		end := strings.Index(l.src[start+2:], "*/")
		if end < 0 {
			l.fail()
			return
		}
		l.pos = start + 2 + end + 2
		if strings.IndexByte(l.src[start:l.pos], '\n') >= 0 {
			l.newline = true
		}
	}
	l.comments = append(l.comments, cst.Extent{Start: uint32(start), End: uint32(l.pos)})
}

// readNumber reads a number in any base, without judging its digits.
func (l *lexer) readNumber() {
	l.kind = tNumber
	i := l.pos
	decimal := !(l.src[i] == '0' && i+1 < len(l.src) && strings.IndexByte("xXoObB", l.src[i+1]) >= 0)
	dots := 0
	for i < len(l.src) {
		c := l.src[i]
		switch {
		case decimal && (c == 'e' || c == 'E') && i+1 < len(l.src) && (l.src[i+1] == '+' || l.src[i+1] == '-'):
			i++
		case c == '.' && decimal && dots == 0:
			dots++
		case !wordPart[c]:
			l.pos = i
			return
		}
		i++
	}
	l.pos = i
}

func (l *lexer) readString(quote byte) {
	l.kind, l.escaped = tString, false
	for i := l.pos + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case quote:
			l.pos = i + 1
			return
		case '\\':
			l.escaped = true
			i++
		case '\n', '\r':
			l.fail()
			return
		}
	}
	l.fail()
}

// operators are the operators that begin with each byte, longest first. A greater-than sign is always read alone: types end
// with it. binaryOperator puts the others together.
var operators = [256][]string{
	'{': {"{"}, '}': {"}"}, '(': {"("}, ')': {")"}, '[': {"["}, ']': {"]"}, ';': {";"}, ',': {","}, ':': {":"}, '~': {"~"}, '@': {"@"},
	'>': {">"},
	'.': {"...", "."},
	'<': {"<<=", "<<", "<=", "<"},
	'=': {"===", "=>", "==", "="},
	'!': {"!==", "!=", "!"},
	'+': {"++", "+=", "+"},
	'-': {"--", "-=", "-"},
	'*': {"**=", "**", "*=", "*"},
	'/': {"/=", "/"},
	'%': {"%=", "%"},
	'&': {"&&=", "&&", "&=", "&"},
	'|': {"||=", "||", "|=", "|"},
	'^': {"^=", "^"},
	'?': {"??=", "??", "?.", "?"},
}

func (l *lexer) readOperator(c byte) {
	l.kind = tOperator
	rest := l.src[l.pos:]
	for _, operator := range operators[c] {
		if !strings.HasPrefix(rest, operator) {
			continue
		}
		if operator == "?." && len(rest) > 2 && rest[2] >= '0' && rest[2] <= '9' {
			break // a ?.5 : b, which the grammars read as a?.5
		}
		if operator == "<" && strings.HasPrefix(rest, "<!--") {
			break
		}
		l.pos += len(operator)
		return
	}
	l.fail()
}

// greater puts the operator that begins with the current > together.
func (l *lexer) greater() {
	for _, operator := range []string{">>>=", ">>>", ">>=", ">>", ">="} {
		if strings.HasPrefix(l.src[l.start:], operator) {
			l.pos = l.start + len(operator)
			l.text = operator
			return
		}
	}
}
