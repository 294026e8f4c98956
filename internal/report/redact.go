package report

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// mask stands where a secret was.
const mask = "***"

// redactor takes secrets out of lines of the user's files. A line is cut where its first secret begins: what follows may
// be more of it, and columns before it stay right.
type redactor struct {
	// values are the values of variables that loading took for secrets, anywhere; at are those by the line they stand on.
	values []string
	at     map[lineKey][]string
}

// lineKey is one line of a file.
type lineKey struct {
	file   string
	number int
}

// word matches values that are a plain word.
var word = regexp.MustCompile(`^[a-z]{1,12}$`)

// secretName matches an assignment to a name that speaks of a credential, in any of the languages that are shown, up to
// where the value begins.
var secretName = regexp.MustCompile(`(?i)[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential|_pwd|_pass)[\w.-]*["'\]]?\s*(?:=>|:=|[:=])\s*["'` + "`" + `]?`)

// secretURL matches the part of an address before a password.
var secretURL = regexp.MustCompile(`[a-zA-Z][\w+.-]*://[^\s:/@'"]*:`)

// userOption matches curl's -u user: before the password.
var userOption = regexp.MustCompile(`(?:^|\s)(?:-u|--user)[\s=]+["']?[^\s:"'$]+:`)

func newRedactor(workspace *model.Workspace) redactor {
	r := redactor{at: map[lineKey][]string{}}
	keep := func(v model.EnvVar) {
		if !v.Secret || v.Value == "" {
			return
		}
		place := lineKey{v.Span.File, v.Span.Start.Line}
		r.at[place] = append(r.at[place], v.Value)
		if len(v.Value) >= 6 && !word.MatchString(v.Value) { // words such as "postgres" stand everywhere and mean other things there
			r.values = append(r.values, v.Value)
		}
	}
	for _, project := range workspace.Projects {
		for _, service := range project.Services {
			for _, v := range service.Environment {
				keep(v)
			}
			if service.Build != nil {
				for _, v := range service.Build.Args {
					keep(v)
				}
			}
			if service.Image == nil {
				continue
			}
			for _, stage := range service.Image.Stages {
				for _, v := range slices.Concat(stage.Env, stage.Args) {
					keep(v)
				}
			}
		}
	}
	slices.SortFunc(r.values, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	r.values = slices.Compact(r.values)
	return r
}

// line returns the text with everything from its first secret on replaced by the mask.
func (r redactor) line(file string, number int, text string) string {
	cut := len(text)
	begin := func(i int) {
		if i >= 0 && i < cut {
			cut = i
		}
	}
	for _, value := range r.at[lineKey{file, number}] {
		begin(strings.Index(text, value))
	}
	for _, value := range r.values {
		begin(strings.Index(text, value))
	}
	for _, match := range secretName.FindAllStringIndex(text, -1) {
		quoted := strings.ContainsAny(text[match[1]-1:match[1]], "\"'`")
		if quoted || !isCode(file) && literal(text[match[1]:]) {
			begin(match[1])
		}
	}
	for _, match := range userOption.FindAllStringIndex(text, -1) {
		begin(match[1])
	}
	for _, match := range secretURL.FindAllStringIndex(text, -1) {
		if rest, _, ok := strings.Cut(text[match[1]:], "@"); ok && !strings.ContainsAny(rest, " \t/$") {
			begin(match[1])
		}
	}
	if cut == len(text) {
		return text
	}
	return text[:cut] + mask
}

// isCode tells whether values in the file stand in quotes.
func isCode(file string) bool {
	return slices.Contains([]string{".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".json"}, path.Ext(file))
}

// literal tells whether an unquoted value is written down here, not taken from a variable, a file or the lines below.
func literal(text string) bool {
	text = strings.TrimSpace(text)
	switch {
	case text == "", strings.HasPrefix(text, "/run/secrets/"), strings.HasPrefix(text, "#"):
		return false
	case strings.HasPrefix(text, "$"):
		return strings.Contains(text, "-") // ${NAME:-a default}
	}
	return true
}
