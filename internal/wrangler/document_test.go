package wrangler

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tailscale/hujson"
)

func TestDocument(t *testing.T) {
	d := New("Worker for api.\nWritten by convert.")
	for _, m := range []Member{
		{"name", "shop-api", ""},
		{"vars", []Member{{"NODE_ENV", "production", "compose.yaml:4"}}, ""},
		{"services", []Item{{map[string]string{"binding": "CART"}, "Replaces http://cart:3000"}}, "who this Worker calls"},
	} {
		if err := d.Set(m.Key, m.Value, m.Comment); err != nil {
			t.Fatal(err)
		}
	}
	want := `// Worker for api.
// Written by convert.
{
	"name": "shop-api",
	"vars": {
		// compose.yaml:4
		"NODE_ENV": "production",
	},
	// who this Worker calls
	"services": [
		// Replaces http://cart:3000
		{"binding": "CART"},
	],
}
`
	if got := string(d.Bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMerge(t *testing.T) {
	parse := func(text string) *Document {
		t.Helper()
		d, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	base := parse(`{"name": "a", "main": "x.mjs", "limits": {"cpu_ms": 5}, "vars": {"A": "1"}}`)
	theirs := parse("{\n  // our name, agreed with ops\n  \"name\": \"a\",\n  \"main\": \"x.mjs\", // kept\n  \"limits\": {\"cpu_ms\": 9},\n  \"vars\": {\"A\": \"1\"},\n  \"routes\": [\"shop.example\"]\n}\n")
	generated := parse(`{"name": "b", "main": "x.mjs", "limits": {"cpu_ms": 7}, "observability": {"enabled": true}}`)
	merged, conflicts := Merge(base, theirs, generated)
	text := string(merged.Bytes())
	for _, want := range []string{"// our name, agreed with ops", `"name": "b"`, "// kept", `"cpu_ms": 9`, `"routes"`, `"observability"`} {
		if !strings.Contains(text, want) {
			t.Errorf("merged text lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, `"vars"`) {
		t.Errorf("a member that is no longer generated and was not edited stayed:\n%s", text)
	}
	if len(conflicts) != 1 || conflicts[0] != "limits" {
		t.Errorf("conflicts = %v, want [limits]", conflicts)
	}
}

func TestParseError(t *testing.T) {
	if _, err := Parse([]byte("{\n  \"name\": }")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error has no line: %v", err)
	}
	if _, err := Parse([]byte("[]")); err == nil {
		t.Error("an array was taken for a configuration")
	}
}

// FuzzSet edits any document that parses: the result must parse again and must hold what was set, and comments must not
// be able to break out of their line.
func FuzzSet(f *testing.F) {
	f.Add(`{"name": "x", /* c */ "vars": {"A": 1}}`, "vars", "a\nb // */")
	f.Add("// head\n{}", "n\"ame", "x\u2028y")
	f.Fuzz(func(t *testing.T, text, key, value string) {
		d, err := Parse([]byte(text))
		if err != nil || !utf8.ValidString(key) {
			return
		}
		if err := d.Set(key, value, value); err != nil {
			t.Fatal(err)
		}
		again, err := Parse(d.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, d.Bytes())
		}
		var got string
		if ok, err := again.Get(key, &got); err != nil || !ok {
			t.Fatalf("key %q is gone: %v", key, err)
		}
		if _, err := hujson.Standardize(d.Bytes()); err != nil {
			t.Fatal(err)
		}
	})
}
