package syntax

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// ScanImports finds what a module imports without parsing it: it reads tokens only, and skips comments, strings, templates,
// regular expressions and JSX text. Specifiers and kinds are those Parse gives. A specifier that is computed is empty, and
// unlike Parse's such an Import has no Pattern; shadowing of require is not seen. esm is Module.ESM.
func ScanImports(file string, text []byte) (imports []Import, esm bool) {
	specifiers := max(lastIndex(text, "import"), lastIndex(text, "require"), lastIndex(text, "from"))
	exports := lastIndex(text, "export")
	if specifiers < 0 && exports < 0 {
		return nil, false
	}
	s := &scanner{file: file, text: text, src: string(text), typed: isTyped(file), markup: mayHoldMarkup(file)}
	if bytes.Contains(text, []byte("createRequire(")) {
		for _, match := range madeRequire.FindAllStringSubmatch(s.src, -1) {
			s.requires = append(s.requires, match[1])
		}
		specifiers = len(text)
	}
	s.run(specifiers, exports)
	if s.markup && s.unclosedMarkup() {
		// What looked like the start of an element was none (a type parameter, say): read again without elements.
		s = &scanner{file: file, text: text, src: s.src, typed: s.typed, requires: s.requires}
		s.run(specifiers, exports)
	}
	return s.imports, s.esm
}

// lastIndex is bytes.LastIndex, searching forward: that way it is several times as fast.
func lastIndex(text []byte, word string) int {
	last := -1
	for {
		next := bytes.Index(text[last+1:], []byte(word))
		if next < 0 {
			return last
		}
		last += 1 + next
	}
}

// tokenKind is as much of a token as the scanner needs to know.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenString // a string, or a template without substitutions; value is its text
	tokenTemplate
	tokenOther // a number, regular expression or punctuation
)

type token struct {
	kind       tokenKind
	start, end int
	value      string
	// word is, for a closing bracket, the word before the opening one.
	word string
}

// scanner reads tokens and remembers the brackets around them.
type scanner struct {
	file    string
	text    []byte
	src     string
	pos     int
	last    token // the token before the current one
	beyond  token // the token before last
	stack   []bracket
	lines   source.Lines
	indexed bool
	typed   bool // TypeScript: import("m").T can be a type
	markup  bool // JSX is read as such
	imports []Import
	esm     bool
	// requires are names besides require that were made by createRequire.
	requires []string
	// noCommentEnd and failedRegex keep hostile text from being searched through again and again.
	noCommentEnd bool
	failedRegex  int
}

// bracket is one open bracket. word is the keyword or name before it ("if", "try", "=>"); template tells of ${. A JSX tag that
// is being read is a bracket '<', and the element's content a bracket '>'.
type bracket struct {
	open     byte
	word     string
	template bool
}

// run reads up to the last words that can matter: specifiers is where the last import can begin, exports the last export.
func (s *scanner) run(specifiers, exports int) {
	for s.pos <= specifiers || !s.esm && s.pos <= exports {
		t := s.next()
		if t.kind == tokenEnd {
			return
		}
		if t.kind == tokenWord {
			s.word(t)
		}
	}
}

// word looks at a name that may begin an import.
func (s *scanner) word(t token) {
	switch t.value {
	case "import":
		if !s.afterDot() {
			s.importWord(t)
		}
	case "export":
		if !s.afterDot() {
			s.exportWord(t)
		}
	case "require":
		if !s.afterDot() {
			s.requireWord(t)
		}
	case "createRequire":
		s.madeAndCalled(t)
	default:
		if slices.Contains(s.requires, t.value) && !s.afterDot() {
			s.requireWord(t)
		}
	}
}

// madeAndCalled reads createRequire(…)("m").
func (s *scanner) madeAndCalled(start token) {
	if s.peek().value != "(" {
		return
	}
	optional, depth := s.optional(), len(s.stack)
	for t := s.next(); t.kind != tokenEnd && len(s.stack) > depth; t = s.next() {
	}
	if s.peek().value == "(" {
		s.call(start, "require", optional)
	}
}

// madeRequire finds the names that ES modules give to a require of their own.
var madeRequire = regexp.MustCompile(`([\w$]+)\s*=\s*(?:/\*[^*]*\*/)?\s*(?:[\w$]+\.)?createRequire\(`)

// afterDot tells whether the token just read is a property: x.require. A spread is no property.
func (s *scanner) afterDot() bool {
	return s.beyond.kind == tokenOther && (s.beyond.value == "." || s.beyond.value == "?.")
}

// peek reads the next token without consuming it.
func (s *scanner) peek() token {
	saved := *s
	t := s.next()
	stack := saved.stack
	*s = saved
	s.stack = stack[:len(stack):len(stack)]
	return t
}

func (s *scanner) importWord(t token) {
	switch following := s.peek(); {
	case following.kind == tokenOther && following.value == "(":
		if !s.importType() {
			s.call(t, "dynamic", s.optional())
		}
	case s.nested():
		// An import statement stands at the top; what is in braces belongs to a declared module.
	case following.kind == tokenString:
		s.next()
		s.statement(t, following, "import")
	case following.kind == tokenWord || following.value == "{" || following.value == "*":
		s.importClause(t)
	}
}

// importType tells whether the import( just read is a type: typeof import("m"), import("m").T.
func (s *scanner) importType() bool {
	if !s.typed {
		return false
	}
	if s.beyond.kind == tokenWord && s.beyond.value == "typeof" {
		return true
	}
	if s.beyond.kind == tokenWord && s.beyond.value == "await" || s.beyond.value == "(" {
		return false
	}
	saved := *s
	defer func() { *s = saved }()
	s.next()
	if s.next().kind != tokenString || s.next().value != ")" || s.next().value != "." {
		return false
	}
	switch s.next().value {
	case "then", "catch", "finally":
		return false
	}
	return true
}

// isTyped tells whether a file is TypeScript, by its extension.
func isTyped(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".ts", ".tsx", ".mts", ".cts":
		return true
	}
	return false
}

// importClause reads `a, {b as c} from "m"` and `a = require("m")`.
func (s *scanner) importClause(start token) {
	saved := *s
	saved.stack = append([]bracket(nil), s.stack...)
	kind, names, types, words, braces := "import", 0, 0, 0, 0
	for range 4096 {
		t := s.next()
		switch {
		case t.kind == tokenWord && t.value == "type" && words == 0 && s.typeKeyword():
			kind = "type"
		case t.kind == tokenWord && t.value == "from" && s.peek().kind == tokenString:
			source := s.next()
			if kind == "import" && braces == 1 && names > 0 && names == types && words == 0 {
				kind = "type"
			}
			s.statement(start, source, kind)
			return
		case t.kind == tokenWord && braces == 0:
			words++
		case t.kind == tokenOther && t.value == "*":
			words++
		case t.kind == tokenOther && t.value == "{" && braces == 0:
			braces++
			names, types = s.specifiers()
		case t.kind == tokenOther && t.value == ",":
		case t.kind == tokenOther && t.value == "=" && words == 1:
			if r := s.next(); r.value == "require" && s.peek().value == "(" {
				s.next()
				if source := s.next(); source.kind == tokenString {
					if kind != "type" {
						kind = "require"
					}
					s.statement(start, source, kind)
				}
			}
			return
		case t.kind == tokenWord:
		default:
			*s = saved // not an import after all
			return
		}
	}
}

// typeKeyword tells whether the word "type" just read is the keyword: `import type X from`, not `import type from`.
func (s *scanner) typeKeyword() bool {
	following := s.peek()
	if following.kind == tokenOther {
		return following.value == "{" || following.value == "*"
	}
	if following.value != "from" {
		return following.kind == tokenWord
	}
	saved := *s
	s.next()
	second := s.peek()
	*s = saved
	return second.kind == tokenWord && second.value == "from"
}

// specifiers reads the list after {, up to and with }, and counts the names and those marked as types.
func (s *scanner) specifiers() (names, types int) {
	var words []string
	finish := func() {
		if len(words) > 0 {
			names++
			if words[0] == "type" && len(words) > 1 && !(words[1] == "as" && len(words) == 3) {
				types++
			}
		}
		words = words[:0]
	}
	for {
		t := s.next()
		switch {
		case t.kind == tokenEnd:
			return names, types
		case t.kind == tokenWord || t.kind == tokenString:
			words = append(words, t.value)
		case t.value == ",":
			finish()
		case t.value == "}":
			finish()
			return names, types
		}
	}
}

// statement records an import or re-export statement that ends with the token source, and takes import attributes and the
// semicolon into its span.
func (s *scanner) statement(start, source token, kind string) {
	s.esm = true
	end := source.end
	if kind == "require" || s.last.kind == tokenOther {
		if t := s.peek(); t.value == ")" {
			end = s.next().end
		}
	}
	if t := s.peek(); t.kind == tokenWord && (t.value == "with" || t.value == "assert") && !s.lineBreak(end, t.start) {
		s.next()
		if s.peek().value == "{" {
			s.next()
			for t := s.next(); t.kind != tokenEnd && t.value != "}"; t = s.next() {
			}
			end = s.last.end
		}
	}
	if t := s.peek(); t.value == ";" {
		end = s.next().end
	}
	s.add(Import{Specifier: source.value, Kind: kind}, start.start, end)
}

func (s *scanner) lineBreak(start, end int) bool {
	return bytes.IndexByte(s.text[start:end], '\n') >= 0
}

func (s *scanner) exportWord(start token) {
	if s.nested() {
		return
	}
	following := s.peek()
	switch {
	case following.kind == tokenOther && (following.value == "{" || following.value == "*"):
		s.exportClause(start, "export-from")
	case following.value == "type":
		s.esm = true
		s.next()
		if t := s.peek(); t.value == "{" || t.value == "*" {
			s.exportClause(start, "type")
		}
	case following.kind == tokenOther && following.value == "=", following.kind == tokenOther && following.value == "@":
		s.esm = true
	case following.kind == tokenWord:
		switch following.value {
		case "default", "const", "let", "var", "function", "class", "async", "enum", "abstract", "interface", "declare",
			"namespace", "module", "import", "as", "using":
			s.esm = true
		}
	}
}

// nested tells whether the scanner is within braces.
func (s *scanner) nested() bool {
	for _, b := range s.stack {
		if b.open == '{' {
			return true
		}
	}
	return false
}

func (s *scanner) exportClause(start token, kind string) {
	s.esm = true
	t := s.next()
	if t.value == "{" {
		if names, types := s.specifiers(); names > 0 && names == types {
			kind = "type"
		}
	} else if s.peek().value == "as" {
		s.next()
		s.next()
	}
	if s.peek().value != "from" {
		return
	}
	saved := *s
	s.next()
	if source := s.next(); source.kind == tokenString {
		s.statement(start, source, kind)
		return
	}
	*s = saved
}

func (s *scanner) requireWord(t token) {
	optional := s.optional()
	switch s.peek().value {
	case "(":
		s.call(t, "require", optional)
	case ".":
		saved := *s
		s.next()
		if s.next().value == "resolve" && s.peek().value == "(" {
			s.call(t, "require.resolve", optional)
			return
		}
		*s = saved
	}
}

// call records require(x) and the like. Only an argument that is a string by itself is a specifier.
func (s *scanner) call(start token, kind string, optional bool) {
	s.next() // the bracket
	argument := s.peek()
	imported := Import{Kind: kind, Optional: optional}
	if argument.kind == tokenOther && argument.value == ")" {
		s.add(imported, start.start, argument.end)
		return
	}
	end := argument.end
	if argument.kind == tokenString {
		s.next()
		if closing := s.peek(); closing.value == ")" || closing.value == "," {
			imported.Specifier = argument.value
			end = closing.end
		}
	}
	s.add(imported, start.start, end)
}

func (s *scanner) add(imported Import, start, end int) {
	if !s.indexed {
		s.lines, s.indexed = source.NewLines(s.text), true
	}
	imported.Span = source.Span{File: s.file, Start: s.lines.Position(start), End: s.lines.Position(end)}
	s.imports = append(s.imports, imported)
}

// optional tells whether the current token stands in a try block or behind a condition within its function. It goes by the
// braces and the token before, so it misses conditions further off: `a ? b : require("c")`.
func (s *scanner) optional() bool {
	if s.beyond.kind == tokenOther {
		switch s.beyond.value {
		case "&&", "||", "??", "?":
			return true
		case "=>":
			return false
		case ")":
			if s.beyond.word == "if" {
				return true
			}
		}
	}
	if s.beyond.kind == tokenWord && s.beyond.value == "else" {
		return true
	}
	for i := len(s.stack) - 1; i >= 0; i-- {
		b := s.stack[i]
		if b.open != '{' {
			continue
		}
		switch b.word {
		case "try", "catch", "if", "else":
			return true
		case "=>", "function":
			return false
		}
	}
	return false
}

// bracketWord says what an opening bracket belongs to.
func (s *scanner) bracketWord(open byte) string {
	switch {
	case open == '(':
		if s.last.kind == tokenWord {
			return s.last.value
		}
		return ""
	case open != '{':
		return ""
	case s.last.kind == tokenWord:
		return s.last.value // try, else, finally, do, or the name of a class
	case s.last.value == "=>":
		return "=>"
	case s.last.value == ")":
		switch s.last.word {
		case "if", "catch", "for", "while", "switch", "with":
			return s.last.word
		}
		return "function"
	}
	return ""
}
