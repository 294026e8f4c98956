package analysis

import (
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/model"
)

// Page is a rule's page in Markdown: what it finds, why that matters, an example of both kinds, what to do, links.
func Page(language *Language, rule *Rule) string {
	var b strings.Builder
	b.WriteString("# " + rule.Name + "\n\n" + rule.Title + ".\n\n")
	b.WriteString("Category `" + string(rule.Category) + "`, severity `" + rule.Severity.String() + "`, last checked " + rule.Since + ".\n")
	section := func(title, text string) { b.WriteString("\n## " + title + "\n\n" + strings.TrimSpace(text) + "\n") }
	section("What it finds", rule.What)
	section("Why it matters", rule.Why)
	section("Found", example(language, rule.Bad))
	section("What to do", rule.Remedy)
	section("Not found", example(language, rule.Good))
	if len(rule.Links) > 0 {
		section("See also", "- <"+strings.Join(rule.Links, ">\n- <")+">")
	}
	return b.String()
}

// example shows an example's files as code blocks. An example without file names is one file with the language's own.
func example(language *Language, text string) string {
	files := txtar.Parse([]byte(text)).Files
	if len(files) == 0 {
		files = []txtar.File{{Name: language.Example, Data: []byte(text)}}
	}
	var blocks []string
	for _, file := range files {
		blocks = append(blocks, "`"+file.Name+"`\n\n"+fence(string(file.Data)))
	}
	return strings.Join(blocks, "\n\n")
}

// fence puts text into a code block that nothing in it can end.
func fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimRight(text, "\n") + "\n" + marks
}

// Declared makes languages, one for each file kind, of the rules that loading reports itself, so that a catalogue lists
// them beside the others.
func Declared(rules []model.RuleInfo) []*Language {
	var languages []*Language
	index := map[string]*Language{}
	for _, info := range rules {
		language := index[info.Example]
		if language == nil {
			language = &Language{Name: "loading-" + slug(info.Example), Example: info.Example}
			index[info.Example] = language
			languages = append(languages, language)
		}
		language.Rules = append(language.Rules, &Rule{
			Name: info.Name, Category: info.Category, Severity: info.Severity, Title: info.Title, What: info.What, Why: info.Why,
			Remedy: info.Remedy, Bad: info.Bad, Good: info.Good, Since: info.Since, FoundBy: "loading",
		})
	}
	return languages
}

// slug is a file name with everything but letters and digits made into dashes.
func slug(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
}
