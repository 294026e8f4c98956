package compose

import (
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// variables are the values that `${NAME}` can take in one project or included project.
type variables struct {
	// values of the caller's environment and the project's env file, the former winning.
	values map[string]string
	// template are values of an example file that stands in for a missing `.env`; used only where values has none.
	template map[string]string
	// templateFile is that file.
	templateFile string
	// templateUse is the first place where a value of the template was taken, and by which variables.
	templateUse   source.Span
	templateNames []string
	// missing are variables that have no value, with the first place each is used.
	missing map[string]source.Span
	order   []string
}

// lookup is a variable's value. It records that a template's value was used.
func (v *variables) lookup(name string, at source.Span) (string, bool) {
	if value, ok := v.values[name]; ok {
		return value, true
	}
	value, ok := v.template[name]
	if ok {
		if v.templateUse.IsZero() {
			v.templateUse = at
		}
		if !slices.Contains(v.templateNames, name) {
			v.templateNames = append(v.templateNames, name)
		}
	}
	return value, ok
}

func (v *variables) miss(name string, at source.Span) {
	if _, seen := v.missing[name]; !seen {
		v.missing[name] = at
		v.order = append(v.order, name)
	}
}

// expansion is one scalar's interpolation. compose-go's own stops at the first error, logs to the process's standard error
// and cannot tell which variable was missing, so the grammar is read here; a test compares the two.
type expansion struct {
	vars     *variables
	at       source.Span
	problems *problems
	refs     []string
}

// expand replaces `$NAME`, `${NAME}` and its forms with `-`, `:-`, `+`, `:+`, `?`, `:?`; `$$` is a dollar. What is not valid
// stays as written and is reported.
func (v *variables) expand(text string, at source.Span, problems *problems) (string, []string) {
	e := &expansion{vars: v, at: at, problems: problems}
	result := e.text(text, 0)
	return result, e.refs
}

// maxDepth bounds defaults within defaults.
const maxDepth = 20

func (e *expansion) text(text string, depth int) string {
	var out strings.Builder
	for {
		i := strings.IndexByte(text, '$')
		if i < 0 || depth > maxDepth {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(text[:i])
		text = text[i+1:]
		switch {
		case strings.HasPrefix(text, "$"):
			out.WriteByte('$')
			text = text[1:]
		case strings.HasPrefix(text, "{"):
			end := closingBrace(text)
			if end < 0 {
				e.invalid()
				out.WriteString("$" + text)
				return out.String()
			}
			out.WriteString(e.braced(text[1:end], depth))
			text = text[end+1:]
		default:
			n := nameLength(text)
			if n == 0 {
				// `$(date)` and `$1` are no variables; Compose leaves them alone.
				out.WriteByte('$')
				continue
			}
			out.WriteString(e.plain(text[:n]))
			text = text[n:]
		}
	}
}

func (e *expansion) invalid() {
	e.problems.add(InvalidVariable, e.at, "what follows ${ is not a variable's name and a closing brace; Compose refuses the file, it is kept as text (write $$ for a dollar)")
}

func (e *expansion) plain(name string) string {
	value, ok := e.value(name)
	if !ok {
		e.vars.miss(name, e.at)
	}
	return value
}

func (e *expansion) value(name string) (string, bool) {
	if !slices.Contains(e.refs, name) {
		e.refs = append(e.refs, name)
	}
	return e.vars.lookup(name, e.at)
}

// braced evaluates what stands between `${` and `}`.
func (e *expansion) braced(body string, depth int) string {
	n := nameLength(body)
	name, rest := body[:n], body[n:]
	operator := ""
	for _, op := range []string{":-", ":+", ":?", "-", "+", "?"} {
		if strings.HasPrefix(rest, op) {
			operator = op
			break
		}
	}
	if n == 0 || operator == "" && rest != "" {
		e.invalid()
		return "${" + body + "}"
	}
	if operator == "" {
		return e.plain(name)
	}
	word := rest[len(operator):]
	value, set := e.value(name)
	present := set && (operator[0] != ':' || value != "")
	switch operator[len(operator)-1] {
	case '-':
		if !present {
			return e.text(word, depth+1)
		}
	case '+':
		if present {
			return e.text(word, depth+1)
		}
	case '?':
		if !present {
			e.required(name, word)
		}
	}
	return value
}

func (e *expansion) required(name, reason string) {
	if reason != "" {
		reason = " (" + reason + ")"
	}
	e.problems.add(RequiredVariable, e.at, "the variable %s is required%s and has no value; Compose refuses the file, an empty value is taken", name, reason)
}

// nameLength is the length of the variable's name that text begins with.
func nameLength(text string) int {
	for i, c := range []byte(text) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(text)
}

// closingBrace is the index of the brace that closes the one text begins with; -1 when there is none.
func closingBrace(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
