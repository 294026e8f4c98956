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
	// Client names a client that keeps cookies: it sends what earlier answers to it have set.
	Client string `json:"client,omitempty"`
	// Save takes values out of the answer by name ("json:items.0.id", "header:location", "body:<regular expression>"); {{name}}
	// stands for them in paths, headers and bodies of later requests.
	Save map[string]string `json:"save,omitempty"`
	// Wait is a pause before the request in milliseconds, where the answer shows what works in the background.
	Wait int `json:"wait,omitempty"`
	// Expect is the original's answer; nil when only the converted app's steadiness can be judged.
	Expect *Expect `json:"expect,omitempty"`

	// saved are the names that requests before this one save.
	saved []string
}

// Expect is what the original answered.
type Expect struct {
	// Status is the HTTP status; 0 does not count.
	Status int `json:"status,omitempty"`
	// Headers that count, names in lower case.
	Headers map[string]string `json:"headers,omitempty"`
	// Body is the text with "<any>" for any run of characters; nil does not count.
	Body *string `json:"body,omitempty"`
	// Base64 are the bytes of a body that is no text.
	Base64 []byte `json:"base64,omitempty"`
	// JSON is the value, with "<any>" for any value; nil and null do not count.
	JSON json.RawMessage `json:"json,omitempty"`
}

// Any stands for any value, or inside a body for any run of characters.
const Any = "<any>"

// ParseRequests reads a request file. Errors name the entry, line and column.
func ParseRequests(data []byte) ([]Request, error) {
	var entries []json.RawMessage
	if err := json.Unmarshal(data, &entries); err != nil {
		return nil, positioned(data, 0, err)
	}
	list := make([]Request, len(entries))
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	for i := range entries {
		var entry json.RawMessage
		if err := decoder.Decode(&entry); err != nil {
			return nil, err
		}
		start := int(decoder.InputOffset()) - len(entry)
		if err := list[i].read(entry); err != nil {
			return nil, fmt.Errorf("request %d: %w", i+1, positioned(data, start, err))
		}
	}
	linkSaved(list)
	return list, nil
}

// read reads one entry and fills in what it leaves out.
func (r *Request) read(entry []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(entry))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(r); err != nil {
		return err
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	r.Method = strings.ToUpper(r.Method)
	if !strings.HasPrefix(r.Path, "/") {
		return fmt.Errorf("path %q must begin with a slash", r.Path)
	}
	if err := checkSave(r.Save); err != nil {
		return err
	}
	if r.Name == "" {
		r.Name = r.Method + " " + r.Path
	}
	if r.Expect != nil && string(r.Expect.JSON) == "null" {
		r.Expect.JSON = nil
	}
	return nil
}

// positioned adds line and column to an error about the value that begins at start: those of the place that encoding/json
// names, else of the value.
func positioned(data []byte, start int, err error) error {
	offset := start
	switch e := err.(type) {
	case *json.SyntaxError:
		offset += max(0, int(e.Offset)-1)
	case *json.UnmarshalTypeError:
		offset += int(e.Offset)
	default:
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			offset += max(0, bytes.Index(data[start:], []byte(name)))
			err = fmt.Errorf("unknown field %s; docs/output.md lists those there are", name)
		}
	}
	before := data[:min(offset, len(data))]
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
