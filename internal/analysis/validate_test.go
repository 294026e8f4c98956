package analysis

import (
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
)

func TestOwnRulesAreValid(t *testing.T) {
	if err := Validate([]*Language{Own()}); err != nil {
		t.Error(err)
	}
}

func TestValidateFindsEachMistake(t *testing.T) {
	good := func() *Rule {
		return &Rule{
			Name: "a-rule", Category: model.CategoryFS, Severity: model.Minor, Title: "A title", What: "What it is.",
			Why: "Why it matters.", Remedy: "Do this:\n```\ncode\n```", Bad: "bad", Good: "good", Since: "2026-11-20",
			Links: []string{"https://developers.cloudflare.com/"}, CheckProject: func(*ProjectPass) {},
		}
	}
	if err := Validate([]*Language{{Name: "x", Example: "app.js", Rules: []*Rule{good()}}}); err != nil {
		t.Fatalf("a good rule is refused: %v", err)
	}
	for want, spoil := range map[string]func(*Rule){
		"no slug":             func(r *Rule) { r.Name = "ARule" },
		"no category":         func(r *Rule) { r.Category = "misc" },
		"no severity":         func(r *Rule) { r.Severity = 0 },
		"Title":               func(r *Rule) { r.Title = "A title." },
		"What":                func(r *Rule) { r.What = "no stop" },
		"Why":                 func(r *Rule) { r.Why = "" },
		"Remedy":              func(r *Rule) { r.Remedy = "Do it" },
		"Bad and Good":        func(r *Rule) { r.Good = "" },
		"the same":            func(r *Rule) { r.Good = r.Bad },
		"no date":             func(r *Rule) { r.Since = "November 2026" },
		"no https":            func(r *Rule) { r.Links = []string{"http://example.com"} },
		"empty text":          func(r *Rule) { r.Mentions = []string{""} },
		"no meaning":          func(r *Rule) { r.Mentions = []string{"x"} },
		"is to be set, not 0": func(r *Rule) { r.CheckProject = nil },
		"is to be set, not 2": func(r *Rule) { r.FoundBy = "loading" },
	} {
		rule := good()
		spoil(rule)
		err := Validate([]*Language{{Name: "x", Example: "app.js", Rules: []*Rule{rule}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	err := Validate([]*Language{{Name: "x", Example: "app.js", Rules: []*Rule{good()}}, {Name: "Y", Rules: []*Rule{good()}}})
	for _, want := range []string{"taken by x", "Example is empty", `language "Y"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
