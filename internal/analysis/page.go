package analysis

import (
	"path"
	"strings"
)

// Markdown is the rule's page: what, why, an example of both kinds, the remedy, links.
func (r *Rule) Markdown() string {
	var b strings.Builder
	b.WriteString("# " + r.Name + "\n\n" + r.Title + ".\n\n")
	b.WriteString("Category `" + string(r.Category) + "`, severity `" + r.Severity.String() + "`, last checked " + r.Since + ".\n")
	section := func(title, text string) { b.WriteString("\n## " + title + "\n\n" + strings.TrimSpace(text) + "\n") }
	section("What it finds", r.What)
	section("Why it matters", r.Why)
	section("Example", fence(r.Bad))
	section("What to do", r.Remedy)
	section("Without a finding", fence(r.Good))
	if len(r.Links) > 0 {
		section("See also", "- <"+strings.Join(r.Links, ">\n- <")+">")
	}
	return b.String()
}

// fence puts an example into a code block that nothing in it can end.
func fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimRight(text, "\n") + "\n" + marks
}

// FileName is the name of the rule's page under docs/rules.
func (r *Rule) FileName() string { return path.Base(r.Page()) }
