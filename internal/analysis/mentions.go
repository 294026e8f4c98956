package analysis

import (
	"math/bits"
	"strings"
)

// importMention begins a mention that stands for the import of a package.
const importMention = "import:"

// Imports are the mentions of packages in import and require: each name in any quotes, alone or with a path inside the
// package. They are for Rule.Mentions.
func Imports(names ...string) []string {
	mentions := make([]string, len(names))
	for i, name := range names {
		mentions[i] = importMention + name
	}
	return mentions
}

// scanner tells which rules a text mentions: an Aho-Corasick automaton over all texts at once, and a table of packages that
// is asked at every quote. It is what makes --all-files fast, since parsing costs many times as much as looking. Packages are
// most of what is mentioned, and the table costs nothing for each of them.
type scanner struct {
	// rules are those that the scanner knows; sets count by their index.
	rules []*Rule
	// packages are the rules by the names they mention, in whose bytes nameByte is set; longest is the longest of them.
	packages map[string]ruleSet
	nameByte [256]bool
	longest  int
	// class maps bytes to columns of next; all bytes that stand in no text share one.
	class [256]uint8
	width int
	// next is the automaton: row state, column class.
	next []int32
	// found are the rules whose text ends in a state, nil for most.
	found []ruleSet
	// always are the rules without mentions, which look at every module.
	always ruleSet
}

// ruleSet is a set of rules by their index in scanner.rules.
type ruleSet []uint64

func (s ruleSet) has(i int) bool { return len(s) > 0 && s[i/64]&(1<<(i%64)) != 0 }

func (s ruleSet) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s ruleSet) join(more ruleSet) {
	for i := range s {
		s[i] |= more[i]
	}
}

func (s ruleSet) empty() bool {
	for _, word := range s {
		if word != 0 {
			return false
		}
	}
	return true
}

// each calls visit for the members.
func (s ruleSet) each(visit func(i int)) {
	for at, word := range s {
		for ; word != 0; word &= word - 1 {
			visit(at*64 + bits.TrailingZeros64(word))
		}
	}
}

// newScanner makes the scanner of these rules.
func newScanner(rules []*Rule) *scanner {
	s := &scanner{rules: rules, packages: map[string]ruleSet{}}
	s.always = s.newSet()
	s.classes()
	s.grow() // the start
	for i, rule := range rules {
		if len(rule.Mentions) == 0 {
			s.always.add(i)
		}
		for _, text := range rule.Mentions {
			if name, ok := strings.CutPrefix(text, importMention); ok {
				s.addPackage(name, i)
			} else {
				s.addText(text, i)
			}
		}
	}
	s.complete()
	return s
}

func (s *scanner) addPackage(name string, rule int) {
	if s.packages[name] == nil {
		s.packages[name] = s.newSet()
	}
	s.packages[name].add(rule)
	s.longest = max(s.longest, len(name))
	for k := range len(name) {
		s.nameByte[name[k]] = true
	}
}

func (s *scanner) addText(text string, rule int) {
	state := int32(0)
	for k := range len(text) {
		at := int(state)*s.width + int(s.class[text[k]])
		if s.next[at] < 0 {
			s.next[at] = s.grow()
		}
		state = s.next[at]
	}
	if s.found[state] == nil {
		s.found[state] = s.newSet()
	}
	s.found[state].add(rule)
}

func (s *scanner) newSet() ruleSet { return make(ruleSet, (len(s.rules)+63)/64) }

// classes gives every byte that stands in a text a column of its own.
func (s *scanner) classes() {
	s.width = 1
	for _, rule := range s.rules {
		for _, text := range rule.Mentions {
			if strings.HasPrefix(text, importMention) {
				continue
			}
			for k := range len(text) {
				if s.class[text[k]] == 0 && s.width < 256 {
					s.class[text[k]] = uint8(s.width)
					s.width++
				}
			}
		}
	}
}

// grow adds a state without ways out of it.
func (s *scanner) grow() int32 {
	for range s.width {
		s.next = append(s.next, -1)
	}
	s.found = append(s.found, nil)
	return int32(len(s.found) - 1)
}

// complete turns the tree of texts into an automaton: where a state has no way on, it goes where the longest end of what was
// read goes, and it has found what that has found.
func (s *scanner) complete() {
	fail := make([]int32, len(s.found))
	var queue []int32
	for c := range s.width {
		if to := s.next[c]; to >= 0 {
			queue = append(queue, to)
		} else {
			s.next[c] = 0
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		if more := s.found[fail[state]]; more != nil {
			set := s.newSet()
			copy(set, s.found[state])
			set.join(more)
			s.found[state] = set
		}
		for c := range s.width {
			at := int(state)*s.width + c
			back := s.next[int(fail[state])*s.width+c]
			if to := s.next[at]; to >= 0 {
				fail[to] = back
				queue = append(queue, to)
			} else {
				s.next[at] = back
			}
		}
	}
}

// scan returns the rules that can find anything in the text.
func (s *scanner) scan(text []byte) ruleSet {
	set := s.newSet()
	copy(set, s.always)
	state := int32(0)
	for i, b := range text {
		state = s.next[int(state)*s.width+int(s.class[b])]
		if found := s.found[state]; found != nil {
			set.join(found)
		}
		if b == '"' || b == '\'' || b == '`' {
			s.quoted(text[i+1:], b, set)
		}
	}
	return set
}

// quoted adds the rules that mention the package whose name begins a text and ends with the quote before it or a slash.
func (s *scanner) quoted(text []byte, quote byte, set ruleSet) {
	for i, b := range text[:min(len(text), s.longest+1)] {
		if b == quote || b == '/' {
			if found := s.packages[string(text[:i])]; found != nil {
				set.join(found)
			}
		}
		if !s.nameByte[b] {
			return
		}
	}
}
