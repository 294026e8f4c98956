package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestMemory: a client logs in, and later requests carry its cookies and what was saved; another client does not.
func TestMemory(t *testing.T) {
	list, err := ParseRequests([]byte(`[
		{"path": "/login", "client": "ann", "save": {"token": "json:auth.0.token", "who": "header:x-next", "word": "body:word\":\"([a-z]+)"}},
		{"path": "/{{who}}", "client": "ann"},
		{"path": "/whoami", "client": "bob", "headers": {"authorization": "Bearer {{token}}"}},
		{"path": "/echo", "method": "POST", "body": {"word": "{{word}}", "own": "{{mustache}}"}},
		{"path": "/echo", "method": "POST", "body": "t={{token}}"},
		{"path": "/logout", "client": "ann"},
		{"path": "/whoami", "client": "ann"}
	]`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	results := judged(t, list, func(w http.ResponseWriter, r *http.Request, _ int) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/login":
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s1", Path: "/"})
			w.Header().Set("X-Next", "whoami")
			fmt.Fprint(w, `{"auth":[{"token":"a\"b\""}],"word":"hello"}`)
		case "/logout":
			http.SetCookie(w, &http.Cookie{Name: "sid", MaxAge: -1})
		}
		got = append(got, fmt.Sprintf("%s cookie=%s authorization=%s body=%s", r.URL.Path, r.Header.Get("Cookie"), r.Header.Get("Authorization"), body))
	})
	for i, want := range []string{
		"/login cookie= authorization= body=",
		"/whoami cookie=sid=s1 authorization= body=",
		`/whoami cookie= authorization=Bearer a"b" body=`,
		`/echo cookie= authorization= body={"word": "hello", "own": "{{mustache}}"}`,
		`/echo cookie= authorization= body=t=a"b"`,
		"/logout cookie=sid=s1 authorization= body=",
		"/whoami cookie= authorization= body=",
	} {
		if got[i] != want {
			t.Errorf("request %d: got %q, want %q", i+1, got[i], want)
		}
		if results[i].Status != "same" {
			t.Errorf("request %d: %v", i+1, results[i])
		}
	}
}

// TestMemoryWithoutValue: a value that was not in the answer fails the request that needs it.
func TestMemoryWithoutValue(t *testing.T) {
	list, err := ParseRequests([]byte(`[{"path": "/", "save": {"id": "json:id"}}, {"path": "/{{id}}"}]`))
	if err != nil {
		t.Fatal(err)
	}
	results := judged(t, list, func(w http.ResponseWriter, _ *http.Request, _ int) { fmt.Fprint(w, "no JSON") })
	if r := results[1]; r.Status != "failed" || !strings.Contains(strings.Join(r.Differences, " "), "no value for {{id}}") {
		t.Errorf("%+v", r)
	}
}

func TestExtract(t *testing.T) {
	answer := Answer{Headers: http.Header{"Location": {"/x/1"}}, Body: json.RawMessage(`{"a": {"b": [1, {"c": 12345678901234567890}, true]}}`)}
	for source, want := range map[string]string{
		"json:a.b.0": "1", "json:a.b.1.c": "12345678901234567890", "json:a.b.2": "true", "json:a.b": "", "json:a.b.7": "", "json:a.x.y": "",
		"header:location": "/x/1", "header:etag": "", `body:"c": ([0-9]{3})`: "123", "body:(z)": "",
	} {
		if got, ok := extract(source, answer); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", source, got, ok, want)
		}
	}
}
