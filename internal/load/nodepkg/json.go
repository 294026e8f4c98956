package nodepkg

import (
	"github.com/tailscale/hujson"

	"github.com/dock2edge/dock2edge/internal/source"
)

// JSON is a value of a JSON file, comments and trailing commas allowed, that knows its place. The zero JSON is "absent".
type JSON struct {
	value *hujson.Value
	file  *jsonFile
}

type jsonFile struct {
	name  string
	text  []byte
	lines source.Lines
}

// Field is one member of an object.
type Field struct {
	Name  string
	Value JSON
}

// ParseJSON reads text, which is the file name. A byte order mark is allowed.
func ParseJSON(name string, text []byte) (JSON, error) {
	blanked := text
	if len(text) >= 3 && string(text[:3]) == "\xef\xbb\xbf" {
		// Blank it rather than cut it off: offsets must stay those of the file.
		blanked = append([]byte("   "), text[3:]...)
	}
	value, err := hujson.Parse(blanked)
	if err != nil {
		return JSON{}, err
	}
	return JSON{value: &value, file: &jsonFile{name: name, text: text, lines: source.NewLines(text)}}, nil
}

// Exists tells whether there is a value; null counts.
func (j JSON) Exists() bool { return j.value != nil }

// Get follows object member names. The last of equal names wins, as in JavaScript.
func (j JSON) Get(names ...string) JSON {
	for _, name := range names {
		found := JSON{}
		for _, field := range j.Fields() {
			if field.Name == name {
				found = field.Value
			}
		}
		j = found
	}
	return j
}

// Fields are an object's members in file order; nil for other values.
func (j JSON) Fields() []Field {
	if j.value == nil {
		return nil
	}
	object, ok := j.value.Value.(*hujson.Object)
	if !ok {
		return nil
	}
	fields := make([]Field, 0, len(object.Members))
	for i := range object.Members {
		name, _ := object.Members[i].Name.Value.(hujson.Literal)
		fields = append(fields, Field{Name: name.String(), Value: JSON{value: &object.Members[i].Value, file: j.file}})
	}
	return fields
}

// Items are an array's elements; nil for other values.
func (j JSON) Items() []JSON {
	if j.value == nil {
		return nil
	}
	array, ok := j.value.Value.(*hujson.Array)
	if !ok {
		return nil
	}
	items := make([]JSON, len(array.Elements))
	for i := range array.Elements {
		items[i] = JSON{value: &array.Elements[i], file: j.file}
	}
	return items
}

// IsString tells whether the value is a string.
func (j JSON) IsString() bool { return j.kind() == '"' }

// IsObject tells whether the value is an object.
func (j JSON) IsObject() bool { return j.kind() == '{' }

// IsArray tells whether the value is an array.
func (j JSON) IsArray() bool { return j.kind() == '[' }

func (j JSON) kind() hujson.Kind {
	if j.value == nil {
		return 0
	}
	return j.value.Value.Kind()
}

// Text is a string's value, a number or boolean as written, and "" for everything else.
func (j JSON) Text() string {
	if j.value == nil {
		return ""
	}
	literal, ok := j.value.Value.(hujson.Literal)
	if !ok || literal.Kind() == 'n' {
		return ""
	}
	return literal.String()
}

// Strings are the strings of an array, or the one string.
func (j JSON) Strings() []string {
	if j.IsString() {
		return []string{j.Text()}
	}
	var texts []string
	for _, item := range j.Items() {
		if item.IsString() {
			texts = append(texts, item.Text())
		}
	}
	return texts
}

// Span is the value's place; for strings the quotes are left out.
func (j JSON) Span() source.Span {
	if j.value == nil {
		return source.Span{}
	}
	start, end := j.value.StartOffset, j.value.EndOffset
	if j.IsString() {
		start, end = start+1, end-1
	}
	return source.Span{File: j.file.name, Start: j.file.lines.Position(start), End: j.file.lines.Position(end)}
}
