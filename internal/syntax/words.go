package syntax

// Words finds which of a fixed set of texts occur in a file, in one pass over it. It decides which modules are worth a
// parse: a parse costs a hundred times as much.
//
//	words := NewWords([]string{"child_process", "process.exit"})
//	if words.In(text) { … }
//
// Words is safe for concurrent use. An empty word occurs in every text.
type Words struct {
	count  int
	always []int     // empty words
	class  [256]byte // bytes that no word tells apart share a class
	width  int
	next   []int32 // the state after a state and a class: next[state*width+class]
	found  [][]int // the words that end in a state
	hit    []bool  // whether any does
}

// NewWords prepares the search for a set of words. The order is that of the indexes Which gives.
func NewWords(words []string) *Words {
	w := &Words{count: len(words), width: 1}
	for i, word := range words {
		if word == "" {
			w.always = append(w.always, i)
		}
		for _, c := range []byte(word) {
			if w.class[c] == 0 && w.width < 256 {
				w.class[c] = byte(w.width)
				w.width++
			}
		}
	}
	w.build(words)
	return w
}

// build makes the automaton of Aho and Corasick: a tree of the words, with the step after a mismatch filled in.
func (w *Words) build(words []string) {
	w.addState()
	for i, word := range words {
		state := int32(0)
		for _, c := range []byte(word) {
			at := int(state)*w.width + int(w.class[c])
			if w.next[at] < 0 {
				w.next[at] = w.addState()
			}
			state = w.next[at]
		}
		if word != "" {
			w.found[state] = append(w.found[state], i)
		}
	}
	// fallback[s] is the longest proper end of s that is a state itself.
	fallback := make([]int32, len(w.found))
	queue := make([]int32, 0, len(w.found))
	for class := range w.width {
		if child := w.next[class]; child < 0 {
			w.next[class] = 0
		} else {
			queue = append(queue, child)
		}
	}
	for head := 0; head < len(queue); head++ {
		state := queue[head]
		w.found[state] = append(w.found[state], w.found[fallback[state]]...)
		for class := range w.width {
			at := int(state)*w.width + class
			instead := w.next[int(fallback[state])*w.width+class]
			if w.next[at] < 0 {
				w.next[at] = instead
				continue
			}
			fallback[w.next[at]] = instead
			queue = append(queue, w.next[at])
		}
	}
	w.hit = make([]bool, len(w.found))
	for state, ends := range w.found {
		w.hit[state] = len(ends) > 0
	}
}

func (w *Words) addState() int32 {
	for range w.width {
		w.next = append(w.next, -1)
	}
	w.found = append(w.found, nil)
	return int32(len(w.found) - 1)
}

// In tells whether any of the words occurs in text.
func (w *Words) In(text []byte) bool {
	if len(w.always) > 0 {
		return true
	}
	state := int32(0)
	for _, c := range text {
		state = w.next[int(state)*w.width+int(w.class[c])]
		if w.hit[state] {
			return true
		}
	}
	return false
}

// Which tells for every word, by its index in NewWords, whether it occurs in text.
func (w *Words) Which(text []byte) []bool {
	present := make([]bool, w.count)
	for _, i := range w.always {
		present[i] = true
	}
	state, previous := int32(0), int32(0)
	for _, c := range text {
		state = w.next[int(state)*w.width+int(w.class[c])]
		if w.hit[state] && state != previous {
			for _, i := range w.found[state] {
				present[i] = true
			}
			previous = state
		}
	}
	return present
}
