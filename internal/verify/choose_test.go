package verify

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
)

func workspace() *runner {
	bound := func(names ...string) (list []model.LockBinding) {
		for _, name := range names {
			list = append(list, model.LockBinding{Service: name})
		}
		return list
	}
	return &runner{lock: model.Lock{Services: []model.LockService{
		{Name: "web", Worker: "p-web", Bindings: bound("api")},
		{Name: "api", Worker: "p-api", Bindings: bound("api", "redis", "db")},
		{Name: "redis", Worker: "p-redis"},
		{Name: "db"},
		{Name: "other", Worker: "p-other"},
	}}}
}

func names(list []model.LockService) string {
	var out []string
	for _, s := range list {
		out = append(out, s.Name)
	}
	return strings.Join(out, " ")
}

// TestChoose: a chosen service brings what it is bound to, and nothing else.
func TestChoose(t *testing.T) {
	for _, test := range []struct{ chosen, want string }{
		{"", "web api redis other"},
		{"api", "api redis"},
		{"web", "web api redis"},
		{"redis,other", "redis other"},
	} {
		r := workspace()
		if test.chosen != "" {
			r.options.Services = strings.Split(test.chosen, ",")
		}
		if err := r.choose(); err != nil {
			t.Fatal(err)
		}
		if got := names(r.workers()); got != test.want {
			t.Errorf("%q: %s, want %s", test.chosen, got, test.want)
		}
	}
	r := workspace()
	r.options.Services = []string{"wbe"}
	if err := r.choose(); err == nil || !strings.Contains(err.Error(), `no service "wbe"; there are api, db,`) {
		t.Errorf("%v", err)
	}
}

// TestJudgeBuilt: a Worker that could not be built fails its requests and no others, and the results stay in order.
func TestJudgeBuilt(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") }))
	defer s.Close()
	r := workspace()
	r.built = map[string]bool{"web": true, "redis": true, "other": true}
	if got := names(r.running()); got != "web redis other" {
		t.Errorf("running: %s", got)
	}
	var list []Request
	for _, service := range []string{"api", "web", "api", "other"} {
		list = append(list, Request{Name: service, Service: service, Method: "GET", Path: "/"})
	}
	var got []string
	for _, result := range r.judgeBuilt(t.Context(), newTarget(s.URL, true), list) {
		got = append(got, result.Name+" "+result.Status)
	}
	if want := []string{"api failed", "web same", "api failed", "other same"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
