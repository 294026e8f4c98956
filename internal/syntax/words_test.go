package syntax

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestWords(t *testing.T) {
	words := NewWords([]string{"fs", "process.exit", "he", "she", "his", "hers", "", "ß"})
	for text, want := range map[string][]bool{
		"":                  {6: true, 7: false},
		"ushers":            {2: true, 3: true, 5: true, 6: true, 7: false},
		"process.exi fs":    {0: true, 6: true, 7: false},
		"process.exit(his)": {1: true, 4: true, 6: true, 7: false},
		"straße \xff\x00":   {6: true, 7: true},
	} {
		got := words.Which([]byte(text))
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("Which(%q)[%d] = %v", text, i, got[i])
			}
		}
	}
	if NewWords(nil).In([]byte("anything")) {
		t.Error("no words were found")
	}
}

// TestWordsAgainstContains compares with bytes.Contains over a small alphabet, where overlaps are common.
func TestWordsAgainstContains(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	letters := func(n int) string {
		out := make([]byte, n)
		for i := range out {
			out[i] = "abc"[random.IntN(3)]
		}
		return string(out)
	}
	for range 500 {
		list := make([]string, 1+random.IntN(6))
		for i := range list {
			list[i] = letters(1 + random.IntN(5))
		}
		text := []byte(letters(random.IntN(40)))
		words := NewWords(list)
		which, any := words.Which(text), false
		for i, word := range list {
			want := bytes.Contains(text, []byte(word))
			any = any || want
			if which[i] != want {
				t.Fatalf("%q in %q: %v, want %v", word, text, which[i], want)
			}
		}
		if words.In(text) != any {
			t.Fatalf("any of %q in %q: want %v", list, text, any)
		}
	}
}

func BenchmarkWords(b *testing.B) {
	words := NewWords([]string{"child_process", "worker_threads", "cluster", "process.exit", "setInterval", "node-cron", "sharp", "eval(",
		"new Function", "writeFile", "createWriteStream", "net.", "dgram", ".listen(", "express", "fastify", "koa", "__dirname"})
	benchmark(b, func(_ string, data []byte) { words.Which(data) })
}
