package analysis

import "math/bits"

// Imports are the texts by which a module mentions packages in import and require: each name in any quotes, alone or with a
// path inside the package. They are for Rule.Mentions.
func Imports(names ...string) []string {
	var texts []string
	for _, name := range names {
		for _, quote := range []string{`"`, `'`, "`"} {
			texts = append(texts, quote+name+quote, quote+name+"/")
		}
	}
	return texts
}

// scanner tells which rules a text mentions, in one pass over it: an Aho-Corasick automaton over all mentions at once.
// It is what makes --all-files fast, since parsing costs a hundred times as much as looking.
type scanner struct {
	// rules are those that the scanner knows; sets count by their index.
	rules []*Rule
	// class maps bytes to columns of next; all bytes that stand in no mention share one.
	class [256]uint8
	width int
	// next is the automaton: row state, column class.
	next []int32
	// found are the rules whose mention ends in a state, nil for most.
	found []ruleSet
	// always are the rules without mentions, which look at every module.
	always ruleSet
}

// ruleSet is a set of rules by their index in scanner.rules.
type ruleSet []uint64

func (s ruleSet) has(i int) bool { return len(s) > 0 && s[i/64]&(1<<(i%64)) != 0 }

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
	s := &scanner{rules: rules}
	s.always = s.newSet()
	s.classes()
	s.grow() // the start
	for i, rule := range rules {
		if len(rule.Mentions) == 0 {
			s.always[i/64] |= 1 << (i % 64)
		}
		for _, text := range rule.Mentions {
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
			s.found[state][i/64] |= 1 << (i % 64)
		}
	}
	s.complete()
	return s
}

func (s *scanner) newSet() ruleSet { return make(ruleSet, (len(s.rules)+63)/64) }

// classes gives every byte that stands in a mention a column of its own.
func (s *scanner) classes() {
	s.width = 1
	for _, rule := range s.rules {
		for _, text := range rule.Mentions {
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

// complete turns the tree of mentions into an automaton: where a state has no way on, it goes where the longest end of what was
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
			for i := range set {
				set[i] |= more[i]
			}
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
	for _, b := range text {
		state = s.next[int(state)*s.width+int(s.class[b])]
		if found := s.found[state]; found != nil {
			for i := range set {
				set[i] |= found[i]
			}
		}
	}
	return set
}
