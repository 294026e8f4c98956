// Package processfile reads the files that list a container's programs: pm2's ecosystem files and the INI files of
// supervisord. Nothing is run; values that are computed are taken as not given.
package processfile

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Dirname stands for the directory of the file in values that use __dirname.
const Dirname = "${__dirname}"

// App is one app of a pm2 ecosystem file.
type App struct {
	Name, Script, Cwd, Interpreter string
	NodeArgs, Args                 []string
	Env                            map[string]string
	// Span is the script's place.
	Span source.Span
}

// Ecosystem reads the apps of a JavaScript, JSON or YAML file. Values that are computed are taken as not given.
func Ecosystem(file string, text []byte) (apps []App, problem string) {
	var root literal
	if ext := path.Ext(file); ext == ".yml" || ext == ".yaml" {
		var node yaml.Node
		if err := yaml.Unmarshal(text, &node); err != nil || len(node.Content) == 0 {
			return nil, "it is no YAML that lists apps"
		}
		root = fromYAML(node.Content[0])
	} else {
		text = withoutComments(text)
		at := appsOffset(text)
		if at < 0 {
			return nil, "it has no list of apps that can be read without running it"
		}
		r := &literalReader{text: text, at: at, lines: source.NewLines(text), file: file}
		root = literal{fields: []literalField{{name: "apps", value: r.value()}}}
	}
	list := root.get("apps").items
	if list == nil && len(root.items) > 0 {
		list = root.items
	}
	if single := root.get("apps"); len(single.fields) > 0 {
		list = []literal{single}
	}
	for _, item := range list {
		a := App{
			Name: item.get("name").text, Script: item.get("script").text, Cwd: item.get("cwd").text,
			Interpreter: item.get("interpreter", "exec_interpreter").text, NodeArgs: item.get("node_args", "interpreter_args").words(),
			Args: item.get("args").words(), Span: item.get("script").span, Env: map[string]string{},
		}
		a.Span.File = file
		for _, field := range item.get("env").fields {
			if field.value.known {
				a.Env[field.name] = field.value.text
			}
		}
		if a.Script != "" {
			apps = append(apps, a)
		}
	}
	if len(apps) == 0 {
		return nil, "none of its apps names a script that can be read without running it"
	}
	return apps, ""
}

// appsOffset is where the value of `apps:` (or of a list that is exported by itself) starts.
func appsOffset(text []byte) int {
	for _, key := range []string{"apps", `"apps"`, "'apps'"} {
		for from := 0; ; {
			i := bytes.Index(text[from:], []byte(key))
			if i < 0 {
				break
			}
			from += i + len(key)
			rest := bytes.TrimLeft(text[from:], " \t\r\n")
			if len(rest) > 0 && (rest[0] == ':' || rest[0] == '=') {
				return len(text) - len(rest) + 1
			}
		}
	}
	if i := bytes.Index(text, []byte("module.exports")); i >= 0 {
		if j := bytes.IndexByte(text[i:], '='); j >= 0 {
			return i + j + 1
		}
	}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		return len(text) - len(trimmed)
	}
	return -1
}

// withoutComments blanks comments out, so that every other byte stays where it is.
func withoutComments(text []byte) []byte {
	blank := bytes.Clone(text)
	quote := byte(0)
	for i := 0; i < len(blank); i++ {
		rest := blank[i:]
		end := -1
		switch {
		case quote != 0 && rest[0] == '\\':
			i++
		case quote != 0:
			if rest[0] == quote || rest[0] == '\n' && quote != '`' {
				quote = 0
			}
		case rest[0] == '"' || rest[0] == '\'' || rest[0] == '`':
			quote = rest[0]
		case bytes.HasPrefix(rest, []byte("//")):
			end = bytes.IndexByte(rest, '\n')
		case bytes.HasPrefix(rest, []byte("/*")):
			if end = bytes.Index(rest[2:], []byte("*/")); end >= 0 {
				end += 4
			}
		default:
			continue
		}
		if quote != 0 || end < 0 && rest[0] != '/' {
			continue
		}
		if end < 0 {
			end = len(rest)
		}
		for j := range rest[:end] {
			if rest[j] != '\n' {
				rest[j] = ' '
			}
		}
	}
	return blank
}

// literal is a constant of a configuration file as far as it can be read.
type literal struct {
	text   string
	known  bool
	fields []literalField
	items  []literal
	span   source.Span
}

type literalField struct {
	name  string
	value literal
}

func (l literal) get(names ...string) literal {
	for _, name := range names {
		for _, field := range l.fields {
			if field.name == name {
				return field.value
			}
		}
	}
	return literal{}
}

// words are a list's texts, or those of one text.
func (l literal) words() []string {
	var words []string
	for _, item := range l.items {
		words = append(words, item.text)
	}
	if l.text != "" {
		words = strings.Fields(l.text)
	}
	return words
}

func fromYAML(node *yaml.Node) literal {
	span := source.Span{Start: source.Position{Line: node.Line, Column: node.Column}}
	l := literal{text: node.Value, known: node.Kind == yaml.ScalarNode, span: span}
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			l.fields = append(l.fields, literalField{name: node.Content[i].Value, value: fromYAML(node.Content[i+1])})
		}
	case yaml.SequenceNode:
		for _, item := range node.Content {
			l.items = append(l.items, fromYAML(item))
		}
	case yaml.AliasNode:
		return fromYAML(node.Alias)
	}
	return l
}

// literalReader reads object literals of JavaScript. What is no constant is skipped.
type literalReader struct {
	text  []byte
	at    int
	depth int
	file  string
	lines source.Lines
}

// maxLiteralDepth bounds nested lists and objects.
const maxLiteralDepth = 64

func (r *literalReader) space() {
	for r.at < len(r.text) && bytes.IndexByte([]byte(" \t\r\n"), r.text[r.at]) >= 0 {
		r.at++
	}
}

// advance never leaves the text: it may end anywhere.
func (r *literalReader) advance(count int) { r.at = min(r.at+count, len(r.text)) }

func (r *literalReader) peek() byte {
	r.space()
	if r.at >= len(r.text) {
		return 0
	}
	return r.text[r.at]
}

func (r *literalReader) value() literal {
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > maxLiteralDepth {
		r.at = len(r.text)
		return literal{}
	}
	var l literal
	start := r.at
	switch c := r.peek(); c {
	case '{':
		l = r.object()
	case '[':
		r.advance(1)
		l.items = []literal{}
		for r.peek() != 0 && r.peek() != ']' {
			before := r.at
			l.items = append(l.items, r.value())
			r.comma(']')
			if r.at == before {
				r.advance(1)
			}
		}
		r.advance(1)
	case '"', '\'', '`':
		start = r.at
		l.text, l.known = r.quoted()
		l.span = source.Span{File: r.file, Start: r.lines.Position(start + 1), End: r.lines.Position(r.at - 1)}
	default:
		start = r.at
	}
	// Whatever follows makes it an expression: `"a" + b`, `path.join(…)`.
	end := r.at
	r.skipExpression()
	if rest := strings.TrimSpace(string(r.text[end:r.at])); rest != "" {
		switch {
		case start == end && rest == "__dirname":
			return literal{text: Dirname, known: true}
		case start == end && joinedPath.MatchString(rest):
			span := source.Span{File: r.file, Start: r.lines.Position(start), End: r.lines.Position(r.at)}
			return literal{text: path.Join(Dirname, joinedPath.FindStringSubmatch(rest)[1]), known: true, span: span}
		case start == end && constant.MatchString(rest):
			return literal{text: rest, known: true}
		}
		if start != end {
			return literal{fields: l.fields, items: l.items}
		}
	}
	return l
}

func (r *literalReader) object() literal {
	l := literal{fields: []literalField{}}
	r.advance(1)
	for r.peek() != 0 && r.peek() != '}' {
		before := r.at
		name := ""
		if c := r.peek(); c == '"' || c == '\'' {
			name, _ = r.quoted()
		} else {
			start := r.at
			for r.at < len(r.text) && bytes.IndexByte([]byte(" \t\r\n:,}("), r.text[r.at]) < 0 {
				r.advance(1)
			}
			name = string(r.text[start:r.at])
		}
		if r.peek() == ':' {
			r.advance(1)
			l.fields = append(l.fields, literalField{name: name, value: r.value()})
		} else {
			r.skipExpression()
		}
		r.comma('}')
		if r.at == before {
			r.advance(1)
		}
	}
	r.advance(1)
	return l
}

func (r *literalReader) comma(end byte) {
	if c := r.peek(); c == ',' {
		r.advance(1)
	} else if c != end && c != 0 {
		r.skipExpression()
		if r.peek() == ',' {
			r.advance(1)
		}
	}
}

// joinedPath is `path.join(__dirname, "x")`.
var joinedPath = regexp.MustCompile(`^(?:path\.)?(?:join|resolve)\(\s*__dirname\s*,\s*["']([^"']+)["']\s*\)$`)

var constant = regexp.MustCompile(`^(-?[\d._]+|true|false)$`)

// quoted reads a string. A template with something other than __dirname in it is not known.
func (r *literalReader) quoted() (text string, known bool) {
	quote := r.text[r.at]
	r.advance(1)
	known = true
	var b strings.Builder
	for r.at < len(r.text) && r.text[r.at] != quote {
		c := r.text[r.at]
		if c == '\\' && r.at+1 < len(r.text) {
			r.advance(1)
			c = r.text[r.at]
		} else if quote == '`' && c == '$' && !bytes.HasPrefix(r.text[r.at:], []byte(Dirname)) {
			known = false
		}
		b.WriteByte(c)
		r.advance(1)
	}
	r.advance(1)
	return b.String(), known
}

// skipExpression goes to the comma or bracket that ends a value.
func (r *literalReader) skipExpression() {
	depth := 0
	for r.at < len(r.text) {
		r.space()
		if r.at >= len(r.text) {
			return
		}
		switch c := r.text[r.at]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				return
			}
			depth--
		case ',', ';':
			if depth == 0 {
				return
			}
		case '"', '\'', '`':
			r.quoted()
			continue
		}
		r.advance(1)
	}
}
