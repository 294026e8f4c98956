package analysis

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dock2edge/dock2edge/internal/model"
)

var slugPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Validate checks the declarations of all rules. The error joins one line for each mistake.
func Validate(languages []*Language) error {
	var problems []error
	seen := map[string]string{}
	for _, language := range languages {
		if !slugPattern.MatchString(language.Name) {
			problems = append(problems, fmt.Errorf("language %q: the name is no slug", language.Name))
		}
		if language.Example == "" {
			problems = append(problems, fmt.Errorf("language %s: Example is empty", language.Name))
		}
		for _, rule := range language.Rules {
			for _, problem := range rule.problems() {
				problems = append(problems, fmt.Errorf("rule %s/%s: %s", language.Name, rule.Name, problem))
			}
			if other, twice := seen[rule.Name]; twice {
				problems = append(problems, fmt.Errorf("rule %s/%s: the name is taken by %s", language.Name, rule.Name, other))
			}
			seen[rule.Name] = language.Name
		}
	}
	return errors.Join(problems...)
}

// problems says what is wrong with one declaration.
func (r *Rule) problems() []string {
	var list []string
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	wrong(!slugPattern.MatchString(r.Name), "the name is no slug")
	wrong(!slices.Contains(model.Categories(), r.Category), "there is no category %q", r.Category)
	wrong(!slices.Contains(model.Severities(), r.Severity), "there is no severity %d", r.Severity)
	wrong(r.Title == "" || strings.ContainsAny(r.Title, "\n") || strings.HasSuffix(r.Title, "."), "Title is to be one line without a final stop")
	for _, text := range []struct{ field, value string }{{"What", r.What}, {"Why", r.Why}, {"Remedy", r.Remedy}} {
		wrong(!endsProperly(text.value), "%s is to be sentences that end with a stop", text.field)
	}
	wrong(strings.TrimSpace(r.Bad) == "" || strings.TrimSpace(r.Good) == "", "Bad and Good are both needed")
	wrong(strings.TrimSpace(r.Bad) == strings.TrimSpace(r.Good), "Bad and Good are the same")
	_, err := time.Parse(time.DateOnly, r.Since)
	wrong(err != nil, "Since %q is no date (YYYY-MM-DD)", r.Since)
	for _, link := range r.Links {
		wrong(!strings.HasPrefix(link, "https://"), "link %q is no https address", link)
	}
	for _, word := range r.Mentions {
		wrong(word == "", "Mentions holds an empty text")
	}
	wrong((len(r.Mentions) > 0 || r.OnlyShipped) && r.CheckModule == nil, "Mentions and OnlyShipped have no meaning for a rule without CheckModule")
	wrong(r.checks() != 1, "exactly one of CheckModule, CheckService, CheckProject and FoundBy is to be set, not %d", r.checks())
	return list
}

// checks counts the ways the rule can be found.
func (r *Rule) checks() int {
	n := 0
	for _, set := range []bool{r.CheckModule != nil, r.CheckService != nil, r.CheckProject != nil, r.FoundBy != ""} {
		if set {
			n++
		}
	}
	return n
}

// endsProperly tells whether a text of a page is complete: a stop, a closing bracket or mark after one, or a code block.
func endsProperly(text string) bool {
	text = strings.TrimSpace(text)
	end := strings.TrimRight(text, "`)\"*_")
	return text != "" && (strings.HasSuffix(end, ".") || strings.HasSuffix(end, "?") || strings.HasSuffix(text, "```"))
}
