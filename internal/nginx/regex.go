package nginx

import (
	"fmt"
	"regexp"
	"strings"
)

// toJavaScript turns a PCRE pattern into a JavaScript one. The two agree on nearly everything that nginx files use; what is
// spelled differently is rewritten, and what JavaScript lacks is an error that names it.
func toJavaScript(pattern string, ignoreCase bool) (*Regex, error) {
	if strings.HasPrefix(pattern, "(?i)") {
		pattern, ignoreCase = pattern[len("(?i)"):], true
	}
	var out strings.Builder
	inClass := false
	for i := 0; i < len(pattern); {
		text, next, class, err := convertAtom(pattern, i, inClass)
		if err != nil {
			return nil, err
		}
		out.WriteString(text)
		i, inClass = next, class
	}
	if inClass {
		return nil, fmt.Errorf("the character class in %q is not closed", pattern)
	}
	if err := balancedGroups(out.String()); err != nil {
		return nil, err
	}
	return &Regex{Pattern: out.String(), IgnoreCase: ignoreCase}, nil
}

// convertAtom converts what begins at i and returns its JavaScript form, the offset after it and whether a character class is
// open there.
func convertAtom(pattern string, i int, inClass bool) (text string, next int, class bool, err error) {
	rest := pattern[i:]
	switch {
	case rest[0] == '\\' && len(rest) == 1:
		return "", 0, false, fmt.Errorf("%q ends in a backslash", pattern)
	case rest[0] == '\\':
		text, err = convertEscape(rest[1], inClass)
		return text, i + 2, inClass, err
	case inClass && strings.HasPrefix(rest, "[:"):
		for name, members := range posixClasses {
			if strings.HasPrefix(rest, name) {
				return members, i + len(name), true, nil
			}
		}
		return `\[`, i + 1, true, nil
	case inClass && rest[0] == '[':
		return `\[`, i + 1, true, nil
	case inClass:
		return rest[:1], i + 1, rest[0] != ']', nil
	case strings.HasPrefix(rest, "[^]"), strings.HasPrefix(rest, "[]"):
		// A bracket that comes first is a member of the class in PCRE.
		open := strings.TrimSuffix(rest[:strings.Index(rest, "]")+1], "]")
		return open + `\]`, i + len(open) + 1, true, nil
	case rest[0] == '[':
		n := 1
		if strings.HasPrefix(rest, "[^") {
			n = 2
		}
		return rest[:n], i + n, true, nil
	case strings.HasPrefix(rest, "(?"):
		text, n, err := convertGroup(rest)
		return text, i + n, false, err
	case strings.HasPrefix(rest, "++"), strings.HasPrefix(rest, "*+"), strings.HasPrefix(rest, "?+"):
		return "", 0, false, fmt.Errorf("the possessive quantifier in %q has no counterpart in JavaScript", pattern)
	}
	return rest[:1], i + 1, false, nil
}

// posixClasses are the members of POSIX classes, to stand inside brackets.
var posixClasses = map[string]string{
	"[:alpha:]": "A-Za-z", "[:digit:]": "0-9", "[:alnum:]": "A-Za-z0-9", "[:upper:]": "A-Z", "[:lower:]": "a-z",
	"[:space:]": `\s`, "[:blank:]": ` \t`, "[:word:]": `\w`, "[:xdigit:]": "0-9A-Fa-f",
	"[:punct:]": `!-\/:-@\[-` + "`" + `{-~`, "[:cntrl:]": `\x00-\x1f\x7f`, "[:print:]": ` -~`, "[:graph:]": `!-~`,
}

func convertEscape(c byte, inClass bool) (string, error) {
	switch {
	case c == 'A' && !inClass:
		return "^", nil
	case (c == 'z' || c == 'Z') && !inClass:
		return "$", nil
	case c == 'h':
		if inClass {
			return ` \t`, nil
		}
		return `[ \t]`, nil
	case c == 'R' && !inClass:
		return `(?:\r\n|\n|\r)`, nil
	case c == 'e':
		return `\x1b`, nil
	case strings.IndexByte("GKQEXCNHVpPgLlUu", c) >= 0:
		return "", fmt.Errorf("\\%c has no counterpart in JavaScript", c)
	}
	return `\` + string(c), nil
}

var namedGroup = regexp.MustCompile(`^\(\?(?:P?<([A-Za-z_][A-Za-z0-9_]*)>|'([A-Za-z_][A-Za-z0-9_]*)')`)

// convertGroup converts the head of a group that begins with "(?".
func convertGroup(rest string) (text string, length int, err error) {
	if m := namedGroup.FindStringSubmatch(rest); m != nil {
		return "(?<" + m[1] + m[2] + ">", len(m[0]), nil
	}
	for _, same := range []string{"(?:", "(?=", "(?!", "(?<=", "(?<!"} {
		if strings.HasPrefix(rest, same) {
			return same, len(same), nil
		}
	}
	if strings.HasPrefix(rest, "(?P=") {
		if end := strings.IndexByte(rest, ')'); end > 0 {
			return `\k<` + rest[len("(?P="):end] + ">", end + 1, nil
		}
	}
	if strings.HasPrefix(rest, "(?#") {
		if end := strings.IndexByte(rest, ')'); end > 0 {
			return "", end + 1, nil
		}
	}
	return "", 0, fmt.Errorf("the group %q has no counterpart in JavaScript", rest[:min(len(rest), 4)])
}

// balancedGroups checks the parentheses of a JavaScript pattern and that no quantifier stands alone at a group's start, which
// are the mistakes that would otherwise show only when the Worker starts.
func balancedGroups(pattern string) error {
	depth, inClass, start := 0, false, true
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\':
			i++
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		case start && (c == '*' || c == '+'):
			return fmt.Errorf("%q repeats nothing", pattern)
		}
		if depth < 0 {
			return fmt.Errorf("%q has a parenthesis too many", pattern)
		}
		start = (c == '(' || c == '|') && !inClass
	}
	if depth > 0 {
		return fmt.Errorf("a parenthesis in %q is not closed", pattern)
	}
	return nil
}

// captureNames are the names of a pattern's groups, which become variables.
func captureNames(pattern string) []string {
	var names []string
	for i := strings.Index(pattern, "(?"); i >= 0; {
		if m := namedGroup.FindStringSubmatch(pattern[i:]); m != nil {
			names = append(names, m[1]+m[2])
		}
		next := strings.Index(pattern[i+2:], "(?")
		if next < 0 {
			break
		}
		i += 2 + next
	}
	return names
}
