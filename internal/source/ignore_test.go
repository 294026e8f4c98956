package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func treeOf(t *testing.T, files map[string]string) *Tree {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestDockerIgnore(t *testing.T) {
	tree := treeOf(t, map[string]string{
		"app/.dockerignore":                 "\ufeff# a comment\n/dist\n*.log\n**/*.tmp\ndocs\n!docs/keep.md\nsecret/\n[\n\n  spaced.txt  \n",
		"app/Dockerfile":                    "",
		"app/other.Dockerfile":              "",
		"app/other.Dockerfile.dockerignore": "*\n!src\n",
		"bare/Dockerfile":                   "",
	})
	for _, test := range []struct {
		context, dockerfile, file string
		ignored, skip             bool
	}{
		{"app", "app/Dockerfile", "dist", true, false},
		{"app", "app/Dockerfile", "dist/a/b.js", true, false},
		{"app", "app/Dockerfile", "sub/dist/a.js", false, false},
		{"app", "app/Dockerfile", "a.log", true, false},
		{"app", "app/Dockerfile", "sub/a.log", false, false},
		{"app", "app/Dockerfile", "sub/deep/a.tmp", true, false},
		{"app", "app/Dockerfile", "docs/a.md", true, false},
		{"app", "app/Dockerfile", "docs/keep.md", false, false},
		{"app", "app/Dockerfile", "secret/x", true, false},
		{"app", "app/Dockerfile", "spaced.txt", true, false},
		{"app", "app/Dockerfile", ".", false, false},
		{"app", "app/other.Dockerfile", "src/a.js", false, false},
		{"app", "app/other.Dockerfile", "a.js", true, false},
		{"bare", "bare/Dockerfile", "a.js", false, false},
	} {
		list := tree.DockerIgnore(test.context, test.dockerfile)
		if got := list.Ignores(test.file); got != test.ignored {
			t.Errorf("%s with %s: %s ignored = %v, want %v", test.context, list.File, test.file, got, test.ignored)
		}
		if got := list.SkipDir(test.file); got != test.skip {
			t.Errorf("%s with %s: %s skipped = %v, want %v", test.context, list.File, test.file, got, test.skip)
		}
	}
	if skip := treeOf(t, map[string]string{".dockerignore": "dist\n"}).DockerIgnore(".", "Dockerfile").SkipDir("dist"); !skip {
		t.Error("a directory is walked although nothing below it can be in the context")
	}
	if list := tree.DockerIgnore("app", "app/Dockerfile"); list.File != "app/.dockerignore" || len(list.Patterns) != 7 {
		t.Errorf("read %q with the patterns %q", list.File, list.Patterns)
	}
}

func TestGitIgnore(t *testing.T) {
	git := treeOf(t, map[string]string{
		".gitignore":     "# comment\nbuild\n/top\n*.log\n!keep.log\ndata/\na/b\n**/x/y\n\\#hash\n",
		"sub/.gitignore": "local\n!build\n",
	}).GitIgnore()
	for text, want := range map[string]bool{
		"build/": true, "deep/build/": true, "top": true, "deep/top": false, "a.log": true, "d/a.log": true, "d/keep.log": false,
		"data/": true, "data": false, "a/b": true, "c/a/b": false, "q/w/x/y": true, "x/y": true, "sub/local": true, "local": false,
		"sub/build/": false, "#hash": true, "../outside": false, "plain": false,
	} {
		name, isDir := strings.CutSuffix(text, "/")
		if got := git.Ignores(name, isDir); got != want {
			t.Errorf("%s ignored = %v, want %v", text, got, want)
		}
	}
}
