package analysis

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// fingerprint gives every finding an identity that survives edits elsewhere in the file: a hash over the rule, the
// service, the file, the text of the line with its white space evened out, and an ordinal among findings for which all
// of these are equal. Line numbers are no part of it. The list must be sorted.
//
// Of lines about secrets only the part before the value is hashed: a hash of a weak password gives the password away.
func fingerprint(tree *source.Tree, findings []model.Finding) {
	lines := map[string][]string{}
	seen := map[string]int{}
	for i := range findings {
		f := &findings[i]
		key := strings.Join([]string{f.Rule, f.Service, f.Span.File, lineOf(tree, lines, f)}, "\x00")
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		seen[key]++
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}

// lineOf is the normalised text of the line a finding starts on; empty for findings about whole files.
func lineOf(tree *source.Tree, lines map[string][]string, f *model.Finding) string {
	if f.Span.File == "" || f.Span.Start.Line == 0 {
		return ""
	}
	text, known := lines[f.Span.File]
	if !known {
		data, err := tree.Read(f.Span.File)
		if err == nil {
			text = strings.Split(string(data), "\n")
		}
		lines[f.Span.File] = text
	}
	if f.Span.Start.Line > len(text) {
		return ""
	}
	line := text[f.Span.Start.Line-1]
	if f.Category == model.CategorySecrets {
		line = line[:indexValue(line)]
	}
	return strings.Join(strings.Fields(line), " ")
}

// indexValue is where the value of a NAME=value or name: value line begins; 0 when it is not known where.
func indexValue(line string) int { return max(0, strings.IndexAny(line, "=:")) }
