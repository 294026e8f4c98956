package analysis

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
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
			b[i] = "abc\x00\xff"[random.IntN(5)]
		}
		return string(b)
	}
	for range 300 {
		var rules []*Rule
		for i := range 1 + random.IntN(70) {
			rule := &Rule{Name: fmt.Sprint(i)}
			for range 1 + random.IntN(4) {
				rule.Mentions = append(rule.Mentions, word(5))
			}
			rules = append(rules, rule)
		}
		rules = append(rules, &Rule{Name: "always"})
		s := newScanner(rules)
		text := []byte(word(40))
		set := s.scan(text)
		for i, rule := range rules {
			want := len(rule.Mentions) == 0 || slices.ContainsFunc(rule.Mentions, func(m string) bool { return bytes.Contains(text, []byte(m)) })
			if set.has(i) != want {
				t.Fatalf("%q in %q: %v, want %v", rule.Mentions, text, set.has(i), want)
			}
		}
	}
}

func TestRuleSetEach(t *testing.T) {
	var got []int
	ruleSet{1 << 3, 1 | 1<<63}.each(func(i int) { got = append(got, i) })
	if !slices.Equal(got, []int{3, 64, 127}) {
		t.Error(got)
	}
}
