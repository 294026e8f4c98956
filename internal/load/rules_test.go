package load

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/compose"
	"github.com/dock2edge/dock2edge/internal/model"
)

// TestRules checks that every rule is fully declared and that its examples do what they are there to show.
func TestRules(t *testing.T) {
	slug := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	seen := map[string]bool{}
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			if !slug.MatchString(rule.Name) || seen[rule.Name] {
				t.Errorf("the name %q is no slug or stands twice", rule.Name)
			}
			seen[rule.Name] = true
			for what, text := range map[string]string{"Title": rule.Title, "What": rule.What, "Why": rule.Why, "Remedy": rule.Remedy, "Since": rule.Since, "Bad": rule.Bad, "Good": rule.Good, "Example": rule.Example} {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s is empty", what)
				}
			}
			if strings.HasSuffix(rule.Title, ".") {
				t.Error("the title ends in a stop")
			}
			if strings.HasPrefix(rule.Name, "nginx-") {
				return // Their examples are nginx.conf files, tested where they are read.
			}
			if !slices.Contains(found(t, rule.Example, rule.Bad), rule.Name) {
				t.Errorf("the bad example is not found; it has %v", found(t, rule.Example, rule.Bad))
			}
			if slices.Contains(found(t, rule.Example, rule.Good), rule.Name) {
				t.Error("the good example is found")
			}
		})
	}
}

// found are the names of the rules that loading an example reports. The example is one file or a txtar archive of several.
func found(t *testing.T, name, text string) []string {
	archive := txtar.Parse([]byte(text))
	files := archive.Files
	if len(files) == 0 {
		files = []txtar.File{{Name: name, Data: []byte(text)}}
	}
	workspace := loadFiles(t, files, Options{})
	list := slices.Clone(workspace.Findings)
	for _, p := range workspace.Projects {
		list = append(list, p.Findings...)
	}
	names := []string{}
	for _, f := range list {
		names = append(names, f.Rule)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// TestCodesAreRules checks that every problem the readers know has its rule.
func TestCodesAreRules(t *testing.T) {
	for _, code := range compose.Codes() {
		if !slices.ContainsFunc(Rules(), func(r model.RuleInfo) bool { return r.Name == string(code) }) {
			t.Errorf("%s has no rule", code)
		}
	}
}
