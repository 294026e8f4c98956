package syntax

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// TestQuick compares the quick parser with the grammars, node by node. Comments stand in the grammars' trees and beside the
// quick parser's. SYNTAX_CORPUS names a directory of code to compare on; QUICK_REFUSED=1 lists what the quick parser leaves to
// the grammars although they have no trouble with it.
func TestQuick(t *testing.T) {
	files := corpus(t)
	refused, size, differing := 0, 0, 0
	for name, data := range files {
		l := languageOf(name)
		got, ok := parseQuick(l, data)
		want := parseGrammar(l, data)
		if !ok {
			if len(want.errors) == 0 {
				refused++
				size += len(data)
				if os.Getenv("QUICK_REFUSED") != "" {
					t.Logf("refused: %s", name)
				}
			}
			continue
		}
		if problem := compareTrees(got, want); problem != "" {
			differing++
			t.Errorf("%s: %s", name, problem)
		}
	}
	t.Logf("%d files, %d (%d bytes) refused, %d differ", len(files), refused, size, differing)
}

// compareTrees says where two trees differ, or nothing.
func compareTrees(got, want *tree) string {
	a, b := withoutComments(got), withoutComments(want)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			at := a[i].start
			return fmt.Sprintf("node %d: quick %s, grammar %s near %q", i, describe(got, a[i]), describe(want, b[i]), got.src[max(0, int(at)-20):min(len(got.src), int(at)+60)])
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d nodes, %d in the grammar's", len(a), len(b))
	}
	if !slices.Equal(got.comments, want.comments) {
		return fmt.Sprintf("comments %v, the grammar's %v", len(got.comments), len(want.comments))
	}
	if len(want.errors) > 0 {
		return "the grammar found mistakes"
	}
	return ""
}

// outline is a node of a tree without comments: its depth stands for its links.
type outline struct {
	kind       cst.Kind
	role       cst.Role
	start, end uint32
	depth      int
}

func withoutComments(t *tree) []outline {
	var list []outline
	depths := make([]int, len(t.nodes))
	for i, n := range t.nodes {
		if n.parent != none {
			depths[i] = depths[n.parent] + 1
		}
		if n.kind == cst.Comment {
			continue
		}
		list = append(list, outline{n.kind, n.field, n.start, n.end, depths[i]})
	}
	return list
}

func describe(t *tree, n outline) string {
	return fmt.Sprintf("kind %d role %d depth %d %d-%d %.60q", n.kind, n.role, n.depth, n.start, n.end, t.src[n.start:n.end])
}

// TestQuickSnippets compares the two parsers on every line of testdata/quick; `\n` stands for a line break. The quick parser
// leaves the lines of refused.ts to the grammar, and no others.
func TestQuickSnippets(t *testing.T) {
	files, err := filepath.Glob("testdata/quick/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no snippets", err)
	}
	for _, file := range files {
		lines, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(lines)) {
			text := []byte(strings.ReplaceAll(strings.TrimSuffix(line, "\n"), `\n`, "\n"))
			want := parseGrammar(languageOf(file), text)
			got, ok := parseQuick(languageOf(file), text)
			switch {
			case ok == (filepath.Base(file) == "refused.ts"):
				t.Errorf("%s: %s: parsed %t, the grammar found %d mistakes", file, text, ok, len(want.errors))
			case ok:
				if problem := compareTrees(got, want); problem != "" {
					t.Errorf("%s: %s: %s", file, text, problem)
				}
			}
		}
	}
}
