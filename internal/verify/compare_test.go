package verify

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatchText(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"", "", true}, {"", "x", false},
		{"<any>", "", true}, {"<any>", "a\nb", true},
		{"id: <any>.", "id: 7.", true}, {"id: <any>.", "id: 7", false}, {"<any>x<any>", "axb", true}, {"<any>x<any>", "ab", false},
		{"(.*)<any>", "(.*)y", true}, {"(.*)<any>", "zzzy", false},
	} {
		if got := matchText(test.pattern, test.text); got != test.want {
			t.Errorf("matchText(%q, %q) = %v", test.pattern, test.text, got)
		}
	}
}

func TestDifferences(t *testing.T) {
	body := func(s string) *string { return &s }
	answer := Answer{Status: 200, Headers: http.Header{"Content-Type": {"text/plain"}, "Set-Cookie": {"a=1", "b=2"}}, Body: []byte(`{"id":12345678901234567891,"n":1.0,"list":[1,2],"x":{"y":"at 10:32"}}`)}
	for _, test := range []struct {
		name string
		want *Expect
		got  Answer
		out  []string
	}{
		{"nothing expected", nil, answer, nil},
		{"no answer", &Expect{Status: 200}, Answer{Problem: "connection refused"}, []string{"connection refused"}},
		{"status", &Expect{Status: 201}, answer, []string{"status: want 201, got 200"}},
		{"headers by any case, joined", &Expect{Headers: map[string]string{"content-type": "text/<any>", "set-cookie": "a=1, b=2"}}, answer, nil},
		{"headers in order", &Expect{Headers: map[string]string{"x-b": "1", "x-a": "2"}}, answer, []string{`header x-a: want "2", got ""`, `header x-b: want "1", got ""`}},
		{"body", &Expect{Body: body("abcdef")}, Answer{Body: []byte("abcxef")}, []string{`body: want "abcdef", got "abcxef" (they part at byte 3)`}},
		{"binary body", &Expect{Body: body("\xff\xfe")}, Answer{Body: []byte("\xff\xff\xff")}, []string{`body: want "", got "" (they part at byte 1)`}},
		{"json", &Expect{JSON: json.RawMessage(`{"id":12345678901234567891,"n":1,"list":[1,"<any>"],"x":{"y":"at <any>"}}`)}, answer, nil},
		{"json numbers", &Expect{JSON: json.RawMessage(`{"id":12345678901234567890,"n":1,"list":[1,2],"x":"<any>"}`)}, answer, []string{"body.id: want \"12345678901234567890\", got \"12345678901234567891\""}},
		{"json keys", &Expect{JSON: json.RawMessage(`{"id":"<any>","n":1,"list":[1],"gone":null}`)}, answer, []string{"body.gone: missing", "body.list: want 1 elements, got 2", "body.x: unexpected"}},
		{"json kinds", &Expect{JSON: json.RawMessage(`{"a":[]}`)}, Answer{Body: []byte(`{"a":{}}`)}, []string{`body.a: want "[]", got "{}"`}},
		{"no json", &Expect{JSON: json.RawMessage(`[]`)}, Answer{Body: []byte("<p>")}, []string{`body: want JSON, got "<p>"`}},
		{"json and more", &Expect{JSON: json.RawMessage(`[]`)}, Answer{Body: []byte("[] []")}, []string{`body: want JSON, got "[] []"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.out, differences(test.want, test.got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLearn(t *testing.T) {
	header := http.Header{"Content-Type": {"text/html"}, "Date": {"now"}, "Etag": {"1"}, "X-App": {"a"}}
	other := http.Header{"Content-Type": {"text/html"}, "Date": {"then"}, "Etag": {"2"}, "X-App": {"a"}}
	for _, test := range []struct{ name, first, second, body, json string }{
		{"same text", "hello", "hello", "hello", ""},
		{"a volatile word", "id abc-1 end\nline", "id abd-2 end\nline", "id <any> end\nline", ""},
		{"times", "until Sat, 21 Nov 2026 06:23:01 GMT, then b", "until Sat, 21 Nov 2026 06:23:05 GMT, then b", "until <any>, then b", ""},
		{"two times", "Sat, 21 Nov 2026 06:23:01 GMT and 2026-11-21T06:23:01.100Z", "Sat, 21 Nov 2026 06:23:01 GMT and 2026-11-21T06:23:01.200Z", "Sat, 21 Nov 2026 06:23:01 GMT and <any>Z", ""},
		{"a number", "took 0.12ms", "took 0.13ms", "took <any>", ""},
		{"other lines", "a\nb", "a", "<any>", ""},
		{"json", `{"id":7,"at":"10:01","list":[1,2],"more":[1]}`, `{"id":7,"at":"10:02","list":[1,3],"more":[]}`, "", `{"at":"<any>","id":7,"list":[1,"<any>"],"more":"<any>"}`},
		{"json with other keys", `{"a":1}`, `{"b":1}`, "", `"<any>"`},
		{"a number is text", "17", "17", "17", ""},
		{"binary", "\xff\x00", "\xff\x00", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			first := Answer{Status: 200, Headers: header, Body: []byte(test.first)}
			second := Answer{Status: 200, Headers: other, Body: []byte(test.second)}
			e := learn(first, second)
			if diff := cmp.Diff(map[string]string{"content-type": "text/html", "etag": "<any>", "x-app": "a"}, e.Headers); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if body := e.Body; (body == nil) != (test.body == "") || body != nil && *body != test.body {
				t.Errorf("body %v, want %q", body, test.body)
			}
			if string(e.JSON) != test.json {
				t.Errorf("json %s, want %s", e.JSON, test.json)
			}
			if isBinary := test.name == "binary"; isBinary != (len(e.Base64) > 0) {
				t.Errorf("bytes %v", e.Base64)
			} else if isBinary && differences(e, Answer{Status: 200, Headers: header, Body: []byte("\xfe\x00")}) == nil {
				t.Error("other bytes count as the same")
			}
			for _, a := range []Answer{first, second} {
				if d := differences(e, a); d != nil {
					t.Errorf("what was learnt does not match an answer it was learnt from: %v", d)
				}
			}
		})
	}
}

// FuzzLearn: what is learnt from two answers matches both.
func FuzzLearn(f *testing.F) {
	f.Add("a 1 b", "a 2 b")
	f.Add(`{"a":[1,2.0,"x"]}`, `{"a":[1,2,"y"]}`)
	f.Add("é", "è")
	f.Add("1a\nb", "2a\nb")
	f.Fuzz(func(t *testing.T, a, b string) {
		first, second := Answer{Status: 200, Body: []byte(a)}, Answer{Status: 200, Body: []byte(b)}
		e := learn(first, second)
		for _, answer := range []Answer{first, second} {
			if d := differences(e, answer); d != nil {
				t.Errorf("learnt from %q and %q, but %q differs: %v", a, b, answer.Body, d)
			}
		}
	})
}

func TestDecode(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for encoding, body := range map[string]string{"gzip": zipped.String(), "X-GZIP ": zipped.String(), "": "hello", "identity": "hello"} {
		if got, err := decode([]byte(body), encoding); err != nil || string(got) != "hello" {
			t.Errorf("%q: %q, %v", encoding, got, err)
		}
	}
	for _, encoding := range []string{"gzip", "deflate", "br"} {
		if _, err := decode([]byte("not compressed at all"), encoding); err == nil {
			t.Errorf("%s: plain text was decoded", encoding)
		}
		if got, err := decode(nil, encoding); err != nil || len(got) != 0 {
			t.Errorf("%s: the answer to a HEAD request: %q, %v", encoding, got, err)
		}
	}
}

func TestParseRequests(t *testing.T) {
	list, err := ParseRequests([]byte(`[{"path": "/a"}, {"name": "n", "service": "s", "method": "post", "path": "/b", "headers": {"A": "b"}, "body": {"x": 1}, "expect": {"status": 201, "headers": {"h": "v"}, "body": null, "json": null}}]`))
	if err != nil {
		t.Fatal(err)
	}
	if list[0].Name != "GET /a" || list[0].Method != "GET" || list[0].Expect != nil {
		t.Errorf("defaults: %+v", list[0])
	}
	if list[1].Method != "POST" || string(list[1].Body) != `{"x": 1}` || len(list[1].Expect.JSON) != 0 || list[1].Expect.Body != nil {
		t.Errorf("second: %+v", list[1])
	}
	for _, test := range []struct{ text, want string }{
		{"", "line 1, column 1: unexpected end"},
		{"{}", "line 1, column"},
		{"[\n  {\"path\": }]", "line 2, column 12: invalid character"},
		{"[{\"path\": \"/\"},\n {\"path\": \"/\",\n  \"colour\": 1}]", "request 2: line 3, column 3: unknown field \"colour\""},
		{"[{\"path\": \"/\"},\n\n {\"path\": 7}]", "request 2: line 3, column"},
		{"[\n {\"path\": \"x\"}]", "request 1: line 2, column 2: path \"x\" must begin with a slash"},
		{`[{"path": "/", "save": {"a": "cookie:a"}}]`, "must begin with json:, header: or body:"},
		{`[{"path": "/", "save": {"a": "body:x"}}]`, "needs a group"},
		{"[] x", "line 1, column 4: invalid character"},
	} {
		_, err := ParseRequests([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.text, err, test.want)
		}
	}
}
