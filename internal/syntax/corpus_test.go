package syntax

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus returns source files to measure and compare on: the fixtures, and when SYNTAX_CORPUS names a directory, all
// JavaScript and TypeScript below it.
func corpus(tb testing.TB) map[string][]byte {
	tb.Helper()
	files := map[string][]byte{}
	root := os.Getenv("SYNTAX_CORPUS")
	if root == "" {
		for name, data := range fixtureFiles(tb) {
			files[name] = data
		}
		return files
	}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		switch strings.ToLower(filepath.Ext(name)) {
		case ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts":
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			files[filepath.ToSlash(name)] = data
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

func benchmark(b *testing.B, run func(name string, data []byte)) {
	files := corpus(b)
	size := int64(0)
	for _, data := range files {
		size += int64(len(data))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for name, data := range files {
			run(name, data)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	benchmark(b, func(name string, data []byte) { Parse(name, data, ParseOptions{}) })
}

func BenchmarkTree(b *testing.B) {
	benchmark(b, func(name string, data []byte) { parseTree(languageOf(name), data) })
}
