package analysis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestImportsMatchesSpecifiersOnly(t *testing.T) {
	s := newScanner([]*Rule{{Name: "pg", Mentions: Imports("pg", "@scope/x")}})
	for text, want := range map[string]bool{
		`require("pg")`: true, `import {Pool} from 'pg';`: true, "import(`pg`)": true, `require('pg/lib/client')`: true, `from "@scope/x/y"`: true,
		`"image.jpg"`: false, `require('pg-promise')`: false, `pg.query()`: false, `"@scope/xy"`: false,
	} {
		if got := !s.scan([]byte(text)).empty(); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestScannerAgreesWithSearching(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func(n int) string {
		b := make([]byte, 1+random.IntN(n))
		for i := range b {
			b[i] = "abc\x00\xff'/\""[random.IntN(8)]
		}
		return string(b)
	}
	for range 300 {
		var rules []*Rule
		for i := range 1 + random.IntN(70) {
			rule := &Rule{Name: fmt.Sprint(i)}
			for range 1 + random.IntN(4) {
				if mention := word(4); random.IntN(2) == 0 && !strings.ContainsAny(mention, `'"`) {
					rule.Mentions = append(rule.Mentions, Imports(mention)...)
				} else {
					rule.Mentions = append(rule.Mentions, mention)
				}
			}
			rules = append(rules, rule)
		}
		rules = append(rules, &Rule{Name: "always"})
		s := newScanner(rules)
		text := []byte(word(40))
		set := s.scan(text)
		for i, rule := range rules {
			want := len(rule.Mentions) == 0 || slices.ContainsFunc(rule.Mentions, func(m string) bool { return mentions(string(text), m) })
			if set.has(i) != want {
				t.Fatalf("%q in %q: %v, want %v", rule.Mentions, text, set.has(i), want)
			}
		}
	}
}

// mentions is the slow way to find a mention.
func mentions(text, mention string) bool {
	name, ok := strings.CutPrefix(mention, importMention)
	if !ok {
		return strings.Contains(text, mention)
	}
	for _, quote := range []string{"'", `"`, "`"} {
		if strings.Contains(text, quote+name+quote) || strings.Contains(text, quote+name+"/") {
			return true
		}
	}
	return false
}

func TestRuleSetEach(t *testing.T) {
	var got []int
	ruleSet{1 << 3, 1 | 1<<63}.each(func(i int) { got = append(got, i) })
	if !slices.Equal(got, []int{3, 64, 127}) {
		t.Error(got)
	}
}
