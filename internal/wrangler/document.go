// Package wrangler writes and edits wrangler.jsonc. Documents are hujson trees, so that comments and the order of keys,
// ours and the user's, survive every edit.
package wrangler

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/tailscale/hujson"
)

// Document is one wrangler.jsonc. The zero Document is not usable; make one with New or Parse.
type Document struct{ root hujson.Value }

// New makes an empty document that starts with a comment.
func New(comment string) *Document {
	return &Document{root: hujson.Value{BeforeExtra: comments(comment, ""), Value: &hujson.Object{}}}
}

// Parse reads an existing file. Errors carry line and column.
func Parse(text []byte) (*Document, error) {
	root, err := hujson.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("wrangler.jsonc: %w", err)
	}
	if _, ok := root.Value.(*hujson.Object); !ok {
		return nil, fmt.Errorf("wrangler.jsonc: the document is not an object")
	}
	return &Document{root: root}, nil
}

// Member is one value to set with the comment above it. An empty comment leaves an existing one alone.
type Member struct {
	Key     string
	Value   any
	Comment string
}

// Item is an array element with a comment above it.
type Item struct {
	Value   any
	Comment string
}

// Set adds a top-level member, or replaces its value where it stands. Value is anything encoding/json takes, []Member for
// an object in that order, or []Item for an array with comments.
func (d *Document) Set(key string, value any, comment string) error {
	v, err := encode(value)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	setMember(d.root.Value.(*hujson.Object), key, v, comment)
	return nil
}

// Bytes is the formatted text: hujson's own format without its alignment of values, which makes every line of a table
// change when one key is added.
func (d *Document) Bytes() []byte {
	root := d.root.Clone()
	root.Format()
	return aligned.ReplaceAll(root.Pack(), []byte("$1 "))
}

// aligned is a key with the blanks that align its value.
var aligned = regexp.MustCompile(`(?m)^(\t+"(?:[^"\\]|\\.)*":) {2,}`)

// Get decodes the value of a top-level key into target and tells whether the key is there.
func (d *Document) Get(key string, target any) (bool, error) {
	for _, m := range d.root.Value.(*hujson.Object).Members {
		if name(m) != key {
			continue
		}
		v := m.Value.Clone()
		v.Standardize()
		return true, json.Unmarshal(v.Pack(), target)
	}
	return false, nil
}

// Merge brings theirs, a document the user may have edited, up to the generated one: members that differ between base (what
// was generated before) and generated are taken over where the user left base's value alone. It returns the keys both
// sides changed; those keep the user's value.
func Merge(base, theirs, generated *Document) (merged *Document, conflicts []string) {
	merged = &Document{root: theirs.root.Clone()}
	object := merged.root.Value.(*hujson.Object)
	old, mine, now := values(base), values(theirs), values(generated)
	for _, m := range generated.root.Value.(*hujson.Object).Members {
		key := name(m)
		switch {
		case now[key] == mine[key] || now[key] == old[key]:
		case mine[key] == old[key]:
			setMember(object, key, m.Value.Clone(), commentText(m.Name.BeforeExtra))
		default:
			conflicts = append(conflicts, key)
		}
	}
	for key := range old {
		if _, still := now[key]; still {
			continue
		}
		if mine[key] == old[key] {
			removeMember(object, key)
		}
	}
	return merged, conflicts
}

func setMember(object *hujson.Object, key string, value hujson.Value, comment string) {
	for i, m := range object.Members {
		if name(m) == key {
			value.BeforeExtra, value.AfterExtra = m.Value.BeforeExtra, m.Value.AfterExtra
			object.Members[i].Value = value
			return
		}
	}
	object.Members = append(object.Members, hujson.ObjectMember{
		Name:  hujson.Value{BeforeExtra: comments(comment, "\n"), Value: hujson.String(key)},
		Value: value,
	})
}

func removeMember(object *hujson.Object, key string) {
	for i, m := range object.Members {
		if name(m) == key {
			object.Members = append(object.Members[:i], object.Members[i+1:]...)
			return
		}
	}
}

func values(d *Document) map[string]string {
	out := map[string]string{}
	for _, m := range d.root.Value.(*hujson.Object).Members {
		v := m.Value.Clone()
		v.Minimize()
		out[name(m)] = string(v.Pack())
	}
	return out
}

func name(m hujson.ObjectMember) string {
	literal, _ := m.Name.Value.(hujson.Literal)
	return literal.String()
}

func encode(value any) (hujson.Value, error) {
	switch value := value.(type) {
	case []Member:
		object := &hujson.Object{}
		for _, m := range value {
			v, err := encode(m.Value)
			if err != nil {
				return hujson.Value{}, fmt.Errorf("%s: %w", m.Key, err)
			}
			setMember(object, m.Key, v, m.Comment)
		}
		return hujson.Value{Value: object}, nil
	case []Item:
		array := &hujson.Array{}
		for _, item := range value {
			v, err := encode(item.Value)
			if err != nil {
				return hujson.Value{}, err
			}
			v.BeforeExtra = comments(item.Comment, "\n")
			array.Elements = append(array.Elements, v)
		}
		return hujson.Value{Value: array}, nil
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return hujson.Value{}, err
	}
	return hujson.Parse(text.Bytes())
}

// comments makes line comments. A text that would end a comment early cannot: line breaks start another comment line.
func comments(text, before string) hujson.Extra {
	if text == "" {
		return hujson.Extra(before)
	}
	var out strings.Builder
	out.WriteString(before)
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", ""), "\n") {
		line = strings.NewReplacer("\u2028", " ", "\u2029", " ").Replace(strings.ToValidUTF8(line, "\uFFFD"))
		out.WriteString(strings.TrimRight("// "+line, " ") + "\n")
	}
	return hujson.Extra(out.String())
}

func commentText(extra hujson.Extra) string {
	var lines []string
	for line := range strings.SplitSeq(string(extra), "\n") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "//"); ok {
			lines = append(lines, strings.TrimPrefix(text, " "))
		}
	}
	return strings.Join(lines, "\n")
}
