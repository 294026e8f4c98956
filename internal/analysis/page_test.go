package analysis

import (
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
)

func TestPageShowsEveryPartAndFencesExamples(t *testing.T) {
	rule := &Rule{
		Name: "a-rule", Category: model.CategoryFS, Severity: model.Minor, Title: "A title", What: "What.", Why: "Why.", Remedy: "Remedy.",
		Bad: "-- a.js --\none\n-- b.md --\n```\ntwo\n```\n", Good: "three\n", Since: "2026-11-20", Links: []string{"https://a.example", "https://b.example"},
	}
	page := Page(&Language{Name: "x", Example: "app.js"}, rule)
	for _, want := range []string{
		"# a-rule\n\nA title.\n", "severity `minor`", "What.\n", "Why.\n", "Remedy.\n", "`a.js`\n\n```\none\n```\n", "`b.md`\n\n````\n```\ntwo\n```\n````\n",
		"`app.js`\n\n```\nthree\n```\n", "- <https://a.example>\n- <https://b.example>\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
}

func TestDeclaredGroupsByFileKind(t *testing.T) {
	languages := Declared([]model.RuleInfo{{Name: "a", Example: "compose.yaml"}, {Name: "b", Example: "Dockerfile"}, {Name: "c", Example: "compose.yaml"}})
	if len(languages) != 2 || languages[0].Name != "loading-compose-yaml" || len(languages[0].Rules) != 2 || languages[1].Rules[0].FoundBy != "loading" {
		t.Errorf("%+v", languages)
	}
}
