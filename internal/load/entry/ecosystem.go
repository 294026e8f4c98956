package entry

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/source"
)

// dirnameMark stands for the directory of the file in values that use __dirname.
const dirnameMark = "${__dirname}"

// app is one app of a pm2 ecosystem file.
type app struct {
	name, script, cwd, interpreter string
	nodeArgs, args                 []string
	env                            map[string]string
	// place is the script's.
	place source.Span
}

// argv is the command that pm2 starts for the app.
func (a app) argv() []string {
	words := strings.Fields(a.script)
	if a.interpreter != "" && a.interpreter != "node" && a.interpreter != "none" {
		return append([]string{a.interpreter}, words...)
	}
	if len(words) > 0 && (isModuleName(words[0]) || strings.Contains(words[0], "/") && path.Ext(words[0]) == "" && !strings.Contains(words[0], "node_modules")) {
		return append(append([]string{"node"}, a.nodeArgs...), words...)
	}
	return words
}

// readEcosystem reads the apps of a JavaScript, JSON or YAML file. Values that are computed are taken as not given.
func readEcosystem(file string, text []byte) (apps []app, problem string) {
	var root literal
	if ext := path.Ext(file); ext == ".yml" || ext == ".yaml" {
		var node yaml.Node
		if err := yaml.Unmarshal(text, &node); err != nil || len(node.Content) == 0 {
			return nil, "it is no YAML that lists apps"
		}
		root = fromYAML(node.Content[0])
	} else {
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
		a := app{
			name: item.get("name").text, script: item.get("script").text, cwd: item.get("cwd").text, interpreter: item.get("interpreter", "exec_interpreter").text,
			nodeArgs: item.get("node_args", "interpreter_args").words(), args: item.get("args").words(), place: item.get("script").span,
			env: map[string]string{},
		}
		a.place.File = file
		for _, field := range item.get("env").fields {
			if field.value.known {
				a.env[field.name] = field.value.text
			}
		}
		if a.script != "" {
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
	if l.items == nil {
		return strings.Fields(l.text)
	}
	var words []string
	for _, item := range l.items {
		words = append(words, item.text)
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
	for r.at < len(r.text) {
		rest := r.text[r.at:]
		switch {
		case bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0:
			r.at++
		case bytes.HasPrefix(rest, []byte("//")):
			r.until("\n")
		case bytes.HasPrefix(rest, []byte("/*")):
			r.at += 2
			r.until("*/")
		default:
			return
		}
	}
}

func (r *literalReader) until(end string) {
	if i := bytes.Index(r.text[r.at:], []byte(end)); i >= 0 {
		r.at += i + len(end)
	} else {
		r.at = len(r.text)
	}
}

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
		r.at++
		l.items = []literal{}
		for r.peek() != 0 && r.peek() != ']' {
			before := r.at
			l.items = append(l.items, r.value())
			r.comma(']')
			if r.at == before {
				r.at++
			}
		}
		r.at++
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
			return literal{text: dirnameMark, known: true}
		case start == end && joinedPath.MatchString(rest):
			return literal{text: path.Join(dirnameMark, joinedPath.FindStringSubmatch(rest)[1]), known: true}
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
	r.at++
	for r.peek() != 0 && r.peek() != '}' {
		before := r.at
		name := ""
		if c := r.peek(); c == '"' || c == '\'' {
			name, _ = r.quoted()
		} else {
			start := r.at
			for r.at < len(r.text) && bytes.IndexByte([]byte(" \t\r\n:,}("), r.text[r.at]) < 0 {
				r.at++
			}
			name = string(r.text[start:r.at])
		}
		if r.peek() == ':' {
			r.at++
			l.fields = append(l.fields, literalField{name: name, value: r.value()})
		} else {
			r.skipExpression()
		}
		r.comma('}')
		if r.at == before {
			r.at++
		}
	}
	r.at++
	return l
}

func (r *literalReader) comma(end byte) {
	if c := r.peek(); c == ',' {
		r.at++
	} else if c != end && c != 0 {
		r.skipExpression()
		if r.peek() == ',' {
			r.at++
		}
	}
}

// joinedPath is `path.join(__dirname, "x")`.
var joinedPath = regexp.MustCompile(`^(?:path\.)?(?:join|resolve)\(\s*__dirname\s*,\s*["']([^"']+)["']\s*\)$`)

var constant = regexp.MustCompile(`^(-?[\d._]+|true|false)$`)

// quoted reads a string. A template with something other than __dirname in it is not known.
func (r *literalReader) quoted() (text string, known bool) {
	quote := r.text[r.at]
	r.at++
	known = true
	var b strings.Builder
	for r.at < len(r.text) && r.text[r.at] != quote {
		c := r.text[r.at]
		if c == '\\' && r.at+1 < len(r.text) {
			r.at++
			c = r.text[r.at]
		} else if quote == '`' && c == '$' && !bytes.HasPrefix(r.text[r.at:], []byte(dirnameMark)) {
			known = false
		}
		b.WriteByte(c)
		r.at++
	}
	r.at = min(r.at+1, len(r.text))
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
		r.at++
	}
}
