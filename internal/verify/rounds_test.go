package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// judged runs judge against a handler that is told how many requests came before.
func judged(t *testing.T, requests []Request, handler func(w http.ResponseWriter, r *http.Request, n int)) []RequestResult {
	t.Helper()
	var count atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(w, r, int(count.Add(1))) }))
	t.Cleanup(s.Close)
	app := newTarget(s.URL, true)
	app.client.Timeout = 500 * time.Millisecond
	return judge(context.Background(), app, requests)
}

func get(path string) []Request {
	return []Request{{Name: "GET " + path, Service: "web", Method: "GET", Path: path}}
}

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		name    string
		request []Request
		handler func(w http.ResponseWriter, r *http.Request, n int)
		status  string
		rounds  int
		says    string
	}{
		{"steady", get("/"), func(w http.ResponseWriter, r *http.Request, n int) { fmt.Fprint(w, r.Header.Get(serviceHeader)) }, "same", 7, ""},
		{"volatile alone and at once", get("/"), func(w http.ResponseWriter, _ *http.Request, n int) { fmt.Fprint(w, n) }, "same", 7, ""},
		{"hangs at the second request", get("/"), func(w http.ResponseWriter, r *http.Request, n int) {
			if n > 1 {
				<-r.Context().Done()
			}
		}, "failed", 7, "request 2: no answer within 500ms"},
		{"another body at once", get("/"), func(w http.ResponseWriter, _ *http.Request, n int) {
			if n > 3 {
				fmt.Fprint(w, "mixed up")
				return
			}
			fmt.Fprint(w, "mine")
		}, "different", 7, "in parallel: another body than alone"},
		{"a limit is no difference", get("/"), func(w http.ResponseWriter, _ *http.Request, n int) {
			if n > 4 {
				w.WriteHeader(429)
			}
		}, "same", 7, ""},
		{"a limit reached early", get("/"), func(w http.ResponseWriter, _ *http.Request, n int) {
			if n == 2 || n == 3 {
				w.WriteHeader(429)
			}
		}, "same", 7, ""},
		{"a server error on repetition", get("/"), func(w http.ResponseWriter, _ *http.Request, n int) {
			if n > 1 {
				w.WriteHeader(500)
			}
		}, "different", 7, "request 2: status 500, the first time 200"},
		{"a server error at once", get("/"), func(w http.ResponseWriter, _ *http.Request, n int) {
			if n > 3 {
				w.WriteHeader(503)
			}
		}, "different", 7, "in parallel: status 503, the first time 200"},
		{"a server error nobody expected", get("/"), func(w http.ResponseWriter, _ *http.Request, n int) { http.Error(w, "boom", 500) }, "failed", 1, "status 500, \"boom"},
		{"an expected server error", []Request{{Method: "GET", Path: "/", Expect: &Expect{Status: 500}}}, func(w http.ResponseWriter, _ *http.Request, n int) { w.WriteHeader(500) }, "same", 7, ""},
		{"what is not safe is sent once", []Request{{Method: "POST", Path: "/", Body: json.RawMessage(`"x"`)}}, func(w http.ResponseWriter, _ *http.Request, n int) { fmt.Fprint(w, n) }, "same", 1, ""},
		{"another answer than expected", []Request{{Method: "GET", Path: "/", Expect: &Expect{Status: 204}}}, func(w http.ResponseWriter, _ *http.Request, n int) {}, "different", 1, "status: want 204, got 200"},
		{"no connection", get("/"), func(w http.ResponseWriter, _ *http.Request, n int) { panic(http.ErrAbortHandler) }, "failed", 1, "EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := judged(t, test.request, test.handler)[0]
			if got.Status != test.status || got.Rounds != test.rounds || got.Differences == nil {
				t.Errorf("status %s after %d rounds: %#v; want %s after %d", got.Status, got.Rounds, got.Differences, test.status, test.rounds)
			}
			if text := strings.Join(got.Differences, "\n"); !strings.Contains(text, test.says) || test.says == "" && text != "" {
				t.Errorf("differences: %q, want %q", text, test.says)
			}
		})
	}
}

// TestStateChange: an item deleted by the sequence answers 404 when it is asked again; that is the app's doing.
func TestStateChange(t *testing.T) {
	var gone atomic.Bool
	results := judged(t, []Request{
		{Name: "read", Method: "GET", Path: "/1", Expect: &Expect{Status: 200}}, {Name: "delete", Method: "DELETE", Path: "/1", Expect: &Expect{Status: 204}},
	}, func(w http.ResponseWriter, r *http.Request, _ int) {
		switch {
		case r.Method == "DELETE":
			gone.Store(true)
			w.WriteHeader(204)
		case gone.Load():
			w.WriteHeader(404)
		}
	})
	for _, r := range results {
		if r.Status != "same" {
			t.Errorf("%s: %s %v", r.Name, r.Status, r.Differences)
		}
	}
}

// TestCompareWith: what differs between two runs of the original counts for nothing, what is steady counts.
func TestCompareWith(t *testing.T) {
	serve := func(greeting string) string {
		var n atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", fmt.Sprint(n.Add(1)))
			fmt.Fprintf(w, `{"greeting": %q, "at": %d}`, greeting, time.Now().UnixNano())
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	list, err := Learn(context.Background(), serve("hello"), get("/x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := judge(context.Background(), newTarget(serve("hello"), true), list)[0]; got.Status != "same" {
		t.Errorf("the same app: %s %v", got.Status, got.Differences)
	}
	got := judge(context.Background(), newTarget(serve("bye"), true), list)[0]
	if got.Status != "different" || len(got.Differences) != 1 || !strings.Contains(got.Differences[0], "body.greeting") {
		t.Errorf("another app: %s %v", got.Status, got.Differences)
	}
	if _, err := Learn(context.Background(), "http://127.0.0.1:1", get("/x"), nil); err == nil || !strings.Contains(err.Error(), "GET /x") {
		t.Errorf("a missing original: %v", err)
	}
}

func TestRecord(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-App", "1")
		w.Header().Set("Server", "x")
		if text, _ := io.ReadAll(r.Body); len(text) > 0 {
			w.WriteHeader(201)
		}
		fmt.Fprint(w, r.Header.Get("Content-Type"))
	}))
	defer s.Close()
	list, err := Record(context.Background(), s.URL, []Request{{Method: "POST", Path: "/", Body: json.RawMessage(`{"a":1}`)}, {Method: "POST", Path: "/", Body: json.RawMessage(`"text"`)}}, true)
	if err != nil {
		t.Fatal(err)
	}
	if e := list[0].Expect; e.Status != 201 || *e.Body != "application/json" || e.Headers["x-app"] != "1" || e.Headers["server"] != "" {
		t.Errorf("recorded %+v", e)
	}
	if e := list[1].Expect; *e.Body != "" {
		t.Errorf("a string is sent as it is: %q", *e.Body)
	}
}

// TestResultJSON holds the form that other programs rely on.
func TestResultJSON(t *testing.T) {
	r := &runner{result: &Result{Version: 1, Checks: []Check{}, Requests: []RequestResult{}}}
	r.check("boot", "shop-api", "passed", "1 Workers")
	r.result.Requests = judged(t, get("/"), func(http.ResponseWriter, *http.Request, int) {})
	r.summarise()
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(r.result); err != nil {
		t.Fatal(err)
	}
	want := `{"version":1,"checks":[{"name":"boot","worker":"shop-api","status":"passed","why":"1 Workers"}],` +
		`"requests":[{"name":"GET /","service":"web","status":"same","rounds":7,"differences":[]}],"summary":{"same":1,"different":0,"failed":0}}` + "\n"
	if out.String() != want {
		t.Errorf("got  %swant %s", out.String(), want)
	}
	empty, err := json.Marshal(Result{Version: 1, Checks: []Check{}, Requests: []RequestResult{}})
	if err != nil || strings.Contains(string(empty), "null") {
		t.Errorf("an empty result: %s, %v", empty, err)
	}
}
