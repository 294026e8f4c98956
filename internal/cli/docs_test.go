package cli

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestGeneratedDocs fails when a page under docs/ that is made from declarations is stale, missing or left over.
func TestGeneratedDocs(t *testing.T) {
	pages, err := generatedPages(command(&streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard}))
	if err != nil {
		t.Fatal(err)
	}
	const docs = "../../docs"
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		data, err := os.ReadFile(filepath.Join(docs, filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("docs/%s is missing; run make generate", name)
			continue
		}
		if line, want, got := firstDifference([]byte(pages[name]), data); line > 0 {
			t.Errorf("docs/%s:%d: stale: want %q, got %q; run make generate", name, line, want, got)
		}
	}
	entries, err := os.ReadDir(filepath.Join(docs, "rules"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, ok := pages["rules/"+entry.Name()]; !ok {
			t.Errorf("docs/rules/%s: there is no such rule", entry.Name())
		}
	}
}
