package verify

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// memory is what one run of a sequence carries from request to request: the cookies of its clients and the values that
// requests saved.
type memory struct {
	mu sync.Mutex
	// cookies are the values by client and cookie.
	cookies map[string]map[string]string
	values  map[string]string
}

var placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)

// filled is the request with saved values in place of {{name}} and the client's cookies. It fails for a value that no
// request saved.
func (m *memory) filled(r *Request) (*Request, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := *r
	var err error
	fill := func(text string, escape func(string) string) string {
		return placeholder.ReplaceAllStringFunc(text, func(match string) string {
			name := strings.Trim(match, "{}")
			value, ok := m.values[name]
			if !ok && slices.Contains(r.saved, name) {
				err = fmt.Errorf("no value for %s: the request that saves it did not get it", match)
			}
			if !ok {
				return match
			}
			return escape(value)
		})
	}
	asIs := func(value string) string { return value }
	out.Path = fill(r.Path, asIs)
	out.Body = []byte(fill(string(r.Body), insideJSON))
	out.Headers = maps.Clone(r.Headers)
	for name, value := range r.Headers {
		out.Headers[name] = fill(value, asIs)
	}
	if jar := m.cookies[r.Client]; r.Client != "" && len(jar) > 0 {
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(jar)) {
			pairs = append(pairs, name+"="+jar[name])
		}
		if out.Headers == nil {
			out.Headers = map[string]string{}
		}
		out.Headers["Cookie"] = strings.Join(pairs, "; ")
	}
	return &out, err
}

// insideJSON is a value as it stands between the quotes of a JSON string.
func insideJSON(value string) string {
	text := jsonText(value)
	return string(text[1 : len(text)-1])
}

// remember keeps the cookies of an answer for the request's client, and the values that the request saves. A value that the
// answer does not have is none.
func (m *memory) remember(r *Request, answer Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.Client != "" {
		m.keepCookies(r.Client, answer.Headers)
	}
	for name, source := range r.Save {
		if value, ok := extract(source, answer); ok {
			if m.values == nil {
				m.values = map[string]string{}
			}
			m.values[name] = value
		}
	}
}

// keepCookies does without domains and paths: one client talks to one service.
func (m *memory) keepCookies(client string, headers http.Header) {
	for _, cookie := range (&http.Response{Header: headers}).Cookies() {
		if m.cookies == nil {
			m.cookies = map[string]map[string]string{}
		}
		if m.cookies[client] == nil {
			m.cookies[client] = map[string]string{}
		}
		expired := cookie.MaxAge < 0 || !cookie.Expires.IsZero() && cookie.Expires.Unix() <= 0
		if expired || cookie.Value == "" {
			delete(m.cookies[client], cookie.Name)
			continue
		}
		m.cookies[client][cookie.Name] = cookie.Value
	}
}

// extract takes a value out of an answer: "json:items.0.id", "header:location" or "body:<regular expression>".
func extract(source string, answer Answer) (string, bool) {
	kind, what, _ := strings.Cut(source, ":")
	switch kind {
	case "header":
		value := answer.Headers.Get(what)
		return value, value != ""
	case "body":
		re, err := regexp.Compile(what)
		if err != nil {
			return "", false
		}
		match := re.FindStringSubmatch(string(answer.Body))
		if len(match) < 2 {
			return "", false
		}
		return match[1], true
	case "json":
		var value any
		if unmarshal(answer.Body, &value) != nil {
			return "", false
		}
		return at(value, strings.Split(what, "."))
	}
	return "", false
}

// at is the scalar at a path of keys and indices.
func at(value any, path []string) (string, bool) {
	for _, key := range path {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return "", false
			}
			value = v[i]
		default:
			return "", false
		}
	}
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// checkSave refuses sources that extract does not know.
func checkSave(save map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(save)) {
		kind, what, _ := strings.Cut(save[name], ":")
		if !slices.Contains([]string{"json", "header", "body"}, kind) || what == "" {
			return fmt.Errorf("save %s: %q must begin with json:, header: or body:", name, save[name])
		}
		if kind != "body" {
			continue
		}
		re, err := regexp.Compile(what)
		if err != nil {
			return fmt.Errorf("save %s: %w", name, err)
		}
		if re.NumSubexp() < 1 {
			return fmt.Errorf("save %s: the expression needs a group, which is the value", name)
		}
	}
	return nil
}

// linkSaved tells every request which values those before it save: any other {{name}} is text of the app's own.
func linkSaved(requests []Request) {
	var names []string
	for i := range requests {
		requests[i].saved = slices.Clone(names)
		names = append(names, slices.Sorted(maps.Keys(requests[i].Save))...)
	}
}
