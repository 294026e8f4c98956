package nginx

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	crossplane "github.com/nginxinc/nginx-go-crossplane"

	"github.com/dock2edge/dock2edge/internal/source"
)

//go:embed defaults
var defaults embed.FS

// standardTypes is the name of the MIME table that nginx ships; the gateway has it built in.
const standardTypes = "mime.types"

// baseFiles are the files of the official image that a configuration relies on. The values are files in defaults; an empty
// value stands for a file whose content does not matter here (parameters of protocols the gateway does not speak).
func baseFiles(unprivileged bool) map[string]string {
	server := "defaults/default.conf"
	if unprivileged {
		server = "defaults/unprivileged.conf"
	}
	return map[string]string{
		"/etc/nginx/nginx.conf":          "defaults/nginx.conf",
		"/etc/nginx/conf.d/default.conf": server,
		"/etc/nginx/mime.types":          "",
		"/etc/nginx/fastcgi_params":      "",
		"/etc/nginx/fastcgi.conf":        "",
		"/etc/nginx/uwsgi_params":        "",
		"/etc/nginx/scgi_params":         "",
	}
}

// text is one file of the configuration.
type text struct {
	// source is the user's file; empty for the base image's own.
	source string
	lines  []string
	// balanced is the text with its braces mended, which is what the parser gets.
	balanced string
}

// input reads files of the image, fills templates and remembers what it saw.
type input struct {
	img Image
	// made are files that exist only when the container runs: filled templates and the base image's files.
	made     map[string]text
	files    map[string]text
	problems []Problem
}

func newInput(img Image) *input {
	in := &input{img: img, made: map[string]text{}, files: map[string]text{}}
	for name, file := range baseFiles(img.Unprivileged) {
		if in.removed(name) || in.exists(name) {
			continue
		}
		content := ""
		if file != "" {
			b, err := defaults.ReadFile(file)
			if err != nil {
				continue // the table above names only embedded files; a test opens them all
			}
			content = string(b)
		}
		in.made[name] = newText("", content)
	}
	in.fillTemplates()
	return in
}

func newText(source, content string) text {
	return text{source: source, lines: strings.Split(content, "\n"), balanced: content}
}

func (in *input) removed(name string) bool {
	return slices.ContainsFunc(in.img.Removed, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return err == nil && ok
	})
}

func (in *input) exists(name string) bool {
	_, err := fs.Stat(in.img.Files, strings.TrimPrefix(name, "/"))
	return err == nil
}

// isStandardTypes tells whether a file is the MIME table of the base image.
func (in *input) isStandardTypes(name string) bool {
	made, ok := in.made[name]
	return ok && made.source == "" && path.Base(name) == standardTypes
}

// sourceOf names the user's file behind an image path.
func (in *input) sourceOf(name string) string {
	if in.img.Source != nil {
		return in.img.Source(name)
	}
	return name
}

// read gives a file of the configuration with its braces mended.
func (in *input) read(name string) (text, error) {
	if f, ok := in.files[name]; ok {
		return f, nil
	}
	f, ok := in.made[name]
	if !ok {
		content, err := fs.ReadFile(in.img.Files, strings.TrimPrefix(name, "/"))
		if err != nil {
			return text{}, err
		}
		f = newText(in.sourceOf(name), string(content))
	}
	in.balance(name, &f)
	in.files[name] = f
	return f, nil
}

// readFiles are the user's files read so far, sorted.
func (in *input) readFiles() []string {
	var out []string
	for _, f := range in.files {
		if f.source != "" {
			out = append(out, f.source)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// place is the first occurrence of a word in a line of a file, or the line's first word when word is empty.
func (in *input) place(name string, line int, word string) source.Span {
	return in.placeNth(name, line, word, 0)
}

// placeNth is the nth occurrence, counted from 0, of a word in a line. The parser gives lines only; the column is looked up
// in the text.
func (in *input) placeNth(name string, line int, word string, nth int) source.Span {
	f, ok := in.files[name]
	if !ok {
		return source.At(in.sourceOf(name), line, 1)
	}
	if line < 1 || line > len(f.lines) {
		return source.At(f.source, line, 1)
	}
	t := f.lines[line-1]
	column := len(t) - len(strings.TrimLeft(t, " \t"))
	for from := 0; word != ""; nth-- {
		at := indexWord(t, word, from)
		if at < 0 {
			break
		}
		column = at
		if nth == 0 {
			break
		}
		from = at + len(word)
	}
	return source.At(f.source, line, column+1)
}

// indexWord finds word at or after from where a directive can begin: at the start, or after a space, brace, quote or semicolon.
func indexWord(t, word string, from int) int {
	for from <= len(t) {
		at := strings.Index(t[from:], word)
		if at < 0 {
			return -1
		}
		at += from
		if at == 0 || strings.ContainsRune(" \t{};\"'", rune(t[at-1])) {
			return at
		}
		from = at + 1
	}
	return -1
}

// balance mends a file whose braces do not match, so that the parser, which gives up such a file as a whole, still reads the
// rest. A closing brace too many ends the file there; missing ones are added. Both are reported.
func (in *input) balance(name string, f *text) {
	for range len(f.lines) {
		line, message, missing := firstImbalance(f.balanced)
		if message == "" {
			return
		}
		in.problem(Invalid, "", message, source.At(f.source, line, 1))
		if missing != "" {
			f.balanced += "\n" + missing
			return
		}
		// Drop the offending line and try once more.
		lines := strings.Split(f.balanced, "\n")
		if line < 1 || line > len(lines) {
			f.balanced = ""
			return
		}
		lines[line-1] = ""
		f.balanced = strings.Join(lines, "\n")
	}
}

// firstImbalance finds the first place where the tokens of a text cannot be nested. missing is what would complete a text
// that only ends too early.
func firstImbalance(content string) (line int, message, missing string) {
	pending, depth := 0, 0 // words of an unfinished directive, and open blocks
	last := 1
	for token := range crossplane.Lex(strings.NewReader(content)) {
		switch {
		case message != "": // the channel is read to its end, so that the lexer ends too
		case token.Error != nil:
			line, message = token.Line, strings.TrimSuffix(tokenError(token.Error), ".")
		case token.IsQuoted:
			pending++
		case token.Value == "{":
			depth, pending = depth+1, 0
		case token.Value == "}":
			depth, pending = depth-1, 0
		case token.Value == ";":
			pending = 0
		case !strings.HasPrefix(token.Value, "#"):
			pending++
		}
		last = token.Line
	}
	early := strings.HasPrefix(message, "unexpected end of file")
	switch {
	case message != "" && !early:
		return line, message, ""
	case pending > 0:
		return last, `unexpected end of file, expecting ";" or "}"`, ";" + strings.Repeat("}", depth)
	case early:
		return line, message, strings.Repeat("}", depth)
	}
	return 0, "", ""
}

func tokenError(err error) string {
	if parsed, ok := err.(*crossplane.ParseError); ok {
		return parsed.What
	}
	return fmt.Sprint(err)
}
