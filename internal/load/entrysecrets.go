package load

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// hidden stands for a credential in the text of a command.
const hidden = "***"

// concealSecrets marks credentials among the variables that an entry's trail sets, and takes the values of all known
// credentials out of the texts that are for reading. Argv and Args, which the program needs, keep them.
func concealSecrets(entry *model.Entry, variables ...[]model.EnvVar) {
	for i := range entry.Env {
		entry.Env[i].Secret = looksSecret(entry.Env[i].Name, entry.Env[i].Value)
	}
	known := credentials(append(variables, entry.Env)...)
	for _, steps := range [][]model.TrailStep{entry.Trail, entry.Before} {
		for i := range steps {
			// The text of a build is run; its place is shown with the same care as every other line.
			if steps[i].Kind != "build" {
				steps[i].Text = withoutSecrets(steps[i].Text, known)
			}
		}
	}
	entry.Problem = withoutSecrets(entry.Problem, known)
	entry.SecretArgs = secretArgs(entry.Args, known)
}

// secretArgs finds the credentials among a program's arguments: the values of flags with such a name, and of known ones.
func secretArgs(args []string, known []model.EnvVar) []model.SecretArg {
	var list []model.SecretArg
	for i, arg := range args {
		flag, value, joined := strings.Cut(arg, "=")
		name := strings.TrimLeft(flag, "-")
		switch {
		case joined && value != "" && looksSecret(name, value):
			list = append(list, model.SecretArg{Index: i, Prefix: flag + "=", Name: name, Value: value})
			continue
		case i > 0 && strings.HasPrefix(args[i-1], "-") && !strings.HasPrefix(arg, "-") && arg != "" && looksSecret(strings.TrimLeft(args[i-1], "-"), arg):
			list = append(list, model.SecretArg{Index: i, Name: strings.TrimLeft(args[i-1], "-"), Value: arg})
			continue
		}
		for _, v := range known {
			if before, found := strings.CutSuffix(arg, v.Value); found {
				list = append(list, model.SecretArg{Index: i, Prefix: before, Name: v.Name, Value: v.Value})
				break
			}
		}
	}
	return list
}

// concealInstructions takes credentials out of the texts of the image's instructions. What they do (Script, Argv, Env) keeps
// them.
func concealInstructions(service *model.Service) {
	if service.Image == nil {
		return
	}
	var args []model.EnvVar
	if service.Build != nil {
		args = service.Build.Args
	}
	for _, stage := range service.Image.Stages {
		known := credentials(service.Environment, args, stage.Env, stage.Args)
		for i := range stage.Instructions {
			stage.Instructions[i].Text = withoutSecrets(stage.Instructions[i].Text, known)
		}
	}
}

// credentials are the variables with a value worth hiding, longest first: a value that holds another goes first.
func credentials(variables ...[]model.EnvVar) []model.EnvVar {
	var known []model.EnvVar
	for _, list := range variables {
		for _, v := range list {
			// Shorter values would also hit words that merely look alike.
			if v.Secret && len(v.Value) >= 4 {
				known = append(known, v)
			}
		}
	}
	slices.SortStableFunc(known, func(a, b model.EnvVar) int {
		return cmp.Or(len(b.Value)-len(a.Value), cmp.Compare(a.Name, b.Name))
	})
	return known
}

var (
	assignedWord = regexp.MustCompile(`(^|[\s'"])(-{0,2}[A-Za-z_][\w.-]*)=('[^']*'|"[^"]*"|[^\s'"]+)`)
	flagWord     = regexp.MustCompile(`(^|\s)(--?[A-Za-z][\w-]*)(\s+)('[^']*'|"[^"]*"|[^\s'"-][^\s'"]*)`)
	// execFlag is a flag with its value in the exec form of a command; userWord is curl's own.
	execFlag = regexp.MustCompile(`"(--?[A-Za-z][\w-]*)"(\s*,\s*)"([^"]*)"`)
	userWord = regexp.MustCompile(`(^|\s)(-u|--user)(\s+|=)('[^']*:[^']*'|"[^"]*:[^"]*"|[^\s'"]+:[^\s'"]+)`)
	urlWord  = regexp.MustCompile(`[a-zA-Z][\w+.-]*://[^\s'"]+`)
)

// withoutSecrets replaces what is known to be a credential, and what looks like one where a command gives it a name.
func withoutSecrets(text string, known []model.EnvVar) string {
	for _, v := range known {
		text = strings.ReplaceAll(text, v.Value, "$"+v.Name)
	}
	text = assignedWord.ReplaceAllStringFunc(text, func(word string) string {
		m := assignedWord.FindStringSubmatch(word)
		if looksSecret(strings.TrimLeft(m[2], "-"), strings.Trim(m[3], `'"`)) {
			return m[1] + m[2] + "=" + hidden
		}
		return word
	})
	text = flagWord.ReplaceAllStringFunc(text, func(word string) string {
		m := flagWord.FindStringSubmatch(word)
		if looksSecret(strings.TrimLeft(m[2], "-"), strings.Trim(m[4], `'"`)) {
			return m[1] + m[2] + m[3] + hidden
		}
		return word
	})
	text = execFlag.ReplaceAllStringFunc(text, func(word string) string {
		m := execFlag.FindStringSubmatch(word)
		if looksSecret(strings.TrimLeft(m[1], "-"), m[3]) {
			return `"` + m[1] + `"` + m[2] + `"` + hidden + `"`
		}
		return word
	})
	text = userWord.ReplaceAllString(text, "${1}${2}${3}"+hidden)
	return urlWord.ReplaceAllStringFunc(text, func(word string) string {
		if secretValue(word) {
			return hidden
		}
		return word
	})
}
