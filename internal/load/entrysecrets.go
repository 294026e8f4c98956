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
	urlWord      = regexp.MustCompile(`[a-zA-Z][\w+.-]*://[^\s'"]+`)
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
	return urlWord.ReplaceAllStringFunc(text, func(word string) string {
		if secretValue(word) {
			return hidden
		}
		return word
	})
}
