package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Request is one entry of a request file.
type Request struct {
	Name    string `json:"name"`
	Service string `json:"service"`
	Method  string `json:"method"`
	Path    string `json:"path"`
	// Headers are sent as they are.
	Headers map[string]string `json:"headers,omitempty"`
	// Body is null, a string that is sent as it is, or a JSON value.
	Body json.RawMessage `json:"body,omitempty"`
	// Wait is a pause before the request in milliseconds, where the answer shows what works in the background.
	Wait int `json:"wait,omitempty"`
	// Expect is the original's answer; nil when only the converted app's steadiness can be judged.
	Expect *Expect `json:"expect,omitempty"`
}

// Expect is what the original answered.
type Expect struct {
	// Status is the HTTP status; 0 does not count.
	Status int `json:"status,omitempty"`
	// Headers that count, names in lower case.
	Headers map[string]string `json:"headers,omitempty"`
	// Body is the text with "<any>" for any run of characters; nil does not count.
	Body *string `json:"body,omitempty"`
	// JSON is the value, with "<any>" for any value; nil does not count.
	JSON json.RawMessage `json:"json,omitempty"`
}

// Any stands for any value, or inside a body for any run of characters.
const Any = "<any>"

// ParseRequests reads a request file. Errors name the entry.
func ParseRequests(data []byte) ([]Request, error) {
	var list []Request
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return nil, positioned(data, err)
	}
	for i := range list {
		r := &list[i]
		if r.Method == "" {
			r.Method = http.MethodGet
		}
		r.Method = strings.ToUpper(r.Method)
		if !strings.HasPrefix(r.Path, "/") {
			return nil, fmt.Errorf("request %d (%s): path %q must begin with a slash", i+1, r.Name, r.Path)
		}
		if r.Name == "" {
			r.Name = r.Method + " " + r.Path
		}
	}
	return list, nil
}

// positioned adds line and column to errors of encoding/json that know an offset.
func positioned(data []byte, err error) error {
	var offset int64
	switch e := err.(type) {
	case *json.SyntaxError:
		offset = e.Offset
	case *json.UnmarshalTypeError:
		offset = e.Offset
	default:
		return err
	}
	before := data[:min(int(offset), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// pause waits as long as the request wants before it is sent in its place of the sequence.
func (r *Request) pause(ctx context.Context) {
	if r.Wait <= 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(r.Wait) * time.Millisecond):
	}
}

// payload is the body's bytes and whether it is JSON that needs a Content-Type.
func (r *Request) payload() (data []byte, isJSON bool) {
	if len(r.Body) == 0 || string(r.Body) == "null" {
		return nil, false
	}
	var text string
	if json.Unmarshal(r.Body, &text) == nil {
		return []byte(text), false
	}
	return r.Body, true
}

// safe tells whether the request may be repeated without changing anything, by HTTP's own definition.
func (r *Request) safe() bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
}

func (r *Request) header(name string) string {
	for key, value := range r.Headers {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}
