package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Answer is one HTTP response.
type Answer struct {
	Status  int
	Headers http.Header
	Body    []byte
	// Problem is set instead of the rest when no answer came.
	Problem string
}

// volatileHeaders are never compared with an original: the connection's own, and those a server or the edge sets for itself.
var volatileHeaders = map[string]bool{
	"date": true, "connection": true, "keep-alive": true, "transfer-encoding": true, "server": true, "content-length": true,
	"content-encoding": true, "vary": true, "alt-svc": true, "trailer": true, "upgrade": true, "cf-ray": true, "x-powered-by-wrangler": true,
}

// differences compares an answer with what is expected. Each entry names the part, what was wanted and what came.
func differences(want *Expect, got Answer) []string {
	if got.Problem != "" {
		return []string{got.Problem}
	}
	if want == nil {
		return nil
	}
	var out []string
	if want.Status != 0 && want.Status != got.Status {
		out = append(out, fmt.Sprintf("status: want %d, got %d", want.Status, got.Status))
	}
	for _, name := range slices.Sorted(maps.Keys(want.Headers)) {
		value := strings.Join(got.Headers.Values(name), ", ")
		if !matchText(want.Headers[name], value) {
			out = append(out, fmt.Sprintf("header %s: want %q, got %q", name, want.Headers[name], value))
		}
	}
	switch {
	case len(want.JSON) > 0:
		out = append(out, jsonDifferences(want.JSON, got.Body)...)
	case len(want.Base64) > 0 && !bytes.Equal(want.Base64, got.Body):
		out = append(out, fmt.Sprintf("body: want %d bytes of binary data, got %s", len(want.Base64), excerpt(string(got.Body))))
	case want.Body != nil && !matchText(*want.Body, string(got.Body)):
		out = append(out, "body: "+textDifference(*want.Body, string(got.Body)))
	}
	return out
}

// matchText compares texts; "<any>" in pattern stands for any run of characters.
func matchText(pattern, text string) bool {
	if !strings.Contains(pattern, Any) {
		return pattern == text
	}
	parts := strings.Split(pattern, Any)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	re, err := regexp.Compile(`(?s)\A` + strings.Join(parts, ".*") + `\z`)
	return err == nil && re.MatchString(text)
}

func jsonDifferences(want json.RawMessage, body []byte) []string {
	var a, b any
	if err := unmarshal(want, &a); err != nil {
		return []string{"expected JSON cannot be read: " + err.Error()}
	}
	if err := unmarshal(body, &b); err != nil {
		return []string{"body: want JSON, got " + excerpt(string(body))}
	}
	return compareJSON("body", a, b)
}

// unmarshal keeps numbers as they are written: two large ones can be the same as floating-point numbers.
func unmarshal(data []byte, into *any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("something follows the value")
	}
	return nil
}

// sameScalar compares strings, numbers, booleans and null. Numbers are also the same in another spelling (1, 1.0, 1e0).
func sameScalar(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, ok := b.(json.Number)
	if !isNumber || !ok {
		return reflect.DeepEqual(a, b)
	}
	if x == y {
		return true
	}
	if !strings.ContainsAny(string(x+y), ".eE") {
		return false
	}
	first, errX := x.Float64()
	second, errY := y.Float64()
	return errX == nil && errY == nil && first == second
}

// compareJSON lists the places where two JSON values differ. The string "<any>" matches any value.
func compareJSON(path string, want, got any) []string {
	switch want := want.(type) {
	case string:
		if want == Any {
			return nil
		}
		if text, ok := got.(string); ok && matchText(want, text) {
			return nil
		}
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			break
		}
		var out []string
		for _, key := range slices.Sorted(maps.Keys(want)) {
			value, has := object[key]
			if !has {
				out = append(out, fmt.Sprintf("%s.%s: missing", path, key))
				continue
			}
			out = append(out, compareJSON(path+"."+key, want[key], value)...)
		}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if _, has := want[key]; !has {
				out = append(out, fmt.Sprintf("%s.%s: unexpected", path, key))
			}
		}
		return out
	case []any:
		list, ok := got.([]any)
		if !ok {
			break
		}
		if len(list) != len(want) {
			return []string{fmt.Sprintf("%s: want %d elements, got %d", path, len(want), len(list))}
		}
		var out []string
		for i := range want {
			out = append(out, compareJSON(fmt.Sprintf("%s[%d]", path, i), want[i], list[i])...)
		}
		return out
	}
	if sameScalar(want, got) {
		return nil
	}
	return []string{fmt.Sprintf("%s: want %s, got %s", path, short(want), short(got))}
}

func short(value any) string { return excerpt(string(jsonText(value))) }

// jsonText is a decoded value as JSON, with "<any>" readable.
func jsonText(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil
	}
	return bytes.TrimSpace(out.Bytes())
}

func excerpt(text string) string {
	if !utf8.ValidString(text) {
		return fmt.Sprintf("%d bytes of binary data", len(text))
	}
	if len(text) > 120 {
		return fmt.Sprintf("%q… (%d bytes)", strings.ToValidUTF8(text[:120], ""), len(text))
	}
	return fmt.Sprintf("%q", text)
}

// textDifference shows the first place where two texts part.
func textDifference(want, got string) string {
	if strings.Contains(want, Any) {
		return fmt.Sprintf("want %s, got %s", excerpt(want), excerpt(got))
	}
	n := 0
	for n < len(want) && n < len(got) && want[n] == got[n] {
		n++
	}
	from := max(0, n-20)
	return fmt.Sprintf("want %s, got %s (they part at byte %d)", excerpt(strings.ToValidUTF8(want[from:], "")), excerpt(strings.ToValidUTF8(got[from:], "")), n)
}

// learn makes the expectation that two answers of the original agree on: what differs between them is volatile.
func learn(first, second Answer) *Expect {
	e := &Expect{Status: first.Status, Headers: map[string]string{}}
	for name := range first.Headers {
		key := strings.ToLower(name)
		a, b := strings.Join(first.Headers.Values(name), ", "), strings.Join(second.Headers.Values(name), ", ")
		if _, has := second.Headers[name]; has && !volatileHeaders[key] {
			e.Headers[key] = commonText(a, b)
		}
	}
	var a, b any
	if unmarshal(first.Body, &a) == nil && unmarshal(second.Body, &b) == nil && isStructure(a) {
		e.JSON = jsonText(common(a, b))
		return e
	}
	text := string(first.Body)
	if !utf8.ValidString(text) {
		if string(second.Body) == text {
			e.Base64 = first.Body
		}
		return e
	}
	masked := commonText(text, string(second.Body))
	e.Body = &masked
	return e
}

func isStructure(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// common keeps what two JSON values share and puts "<any>" where they differ.
func common(a, b any) any {
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || len(a) != len(other) {
			return Any
		}
		out := map[string]any{}
		for key, value := range a {
			second, has := other[key]
			if !has {
				return Any
			}
			out[key] = common(value, second)
		}
		return out
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return Any
		}
		out := make([]any, len(a))
		for i := range a {
			out[i] = common(a[i], other[i])
		}
		return out
	}
	if sameScalar(a, b) {
		return a
	}
	return Any
}

// moment is a time as headers and logs write it: volatile as a whole, even where two have the minute in common.
var moment = regexp.MustCompile(`[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?|\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d`)

// commonText keeps the lines two texts share, and of lines that differ their common start and end.
func commonText(a, b string) string {
	if a == b {
		return a
	}
	a, b = withoutMoments(a, b)
	first, second := strings.Split(a, "\n"), strings.Split(b, "\n")
	if len(first) != len(second) {
		return Any
	}
	for i, line := range first {
		if line != second[i] {
			first[i] = commonLine(line, second[i])
		}
	}
	return strings.Join(first, "\n")
}

// withoutMoments puts "<any>" for the times in which two texts differ.
func withoutMoments(a, b string) (string, string) {
	first, second := moment.FindAllString(a, -1), moment.FindAllString(b, -1)
	if len(first) != len(second) {
		return a, b
	}
	mask := func(text string) string {
		i := -1
		return moment.ReplaceAllStringFunc(text, func(found string) string {
			i++
			if first[i] == second[i] {
				return found
			}
			return Any
		})
	}
	return mask(a), mask(b)
}

func commonLine(a, b string) string {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	// What differs is a whole word, even where two values happen to share letters.
	for head > 0 && (isWord(a[head-1]) || inNumber(a, head-1)) {
		head--
	}
	for tail > 0 && (isWord(a[len(a)-tail]) || inNumber(a, len(a)-tail)) {
		tail--
	}
	return strings.ToValidUTF8(a[:head], "") + Any + strings.ToValidUTF8(a[len(a)-tail:], "")
}

// inNumber tells of a point or colon between digits.
func inNumber(text string, i int) bool {
	isDigit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	return (text[i] == '.' || text[i] == ':') && isDigit(i-1) && isDigit(i+1)
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c >= utf8.RuneSelf
}
