package verify

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
)

// serviceHeader tells the router Worker which service a request is for. The router takes it off.
const serviceHeader = "x-dock2edge-service"

const (
	// requestTimeout is how long an answer may take once the app runs; a hanging request is the commonest failure.
	requestTimeout = 30 * time.Second
	// maxBody is how much of an answer is read, so that an endless stream ends.
	maxBody = 64 << 20
	// parallel is how many copies of a request are sent at once.
	parallel = 4
)

// target is where requests go: the converted app or an original.
type target struct {
	base   string
	client *http.Client
	// routed tells that the service is named in a header (the converted app).
	routed bool
	// memory is that of the run of the sequence under way.
	memory *memory
}

func newTarget(base string, routed bool) *target {
	return &target{
		base: strings.TrimSuffix(base, "/"), routed: routed, memory: &memory{},
		client: &http.Client{
			Timeout:       requestTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 2 * parallel},
		},
	}
}

// step sends a request in its place of the sequence: after its pause, and what the answer sets holds for later ones.
func (t *target) step(ctx context.Context, r *Request) Answer {
	r.pause(ctx)
	answer := t.send(ctx, r)
	t.memory.remember(r, answer)
	return answer
}

// send sends one request and reads the whole answer.
func (t *target) send(ctx context.Context, r *Request) Answer {
	r, err := t.memory.filled(r)
	if err != nil {
		return Answer{Problem: err.Error()}
	}
	data, isJSON := r.payload()
	request, err := http.NewRequestWithContext(ctx, r.Method, t.base+r.Path, bytes.NewReader(data))
	if err != nil {
		return Answer{Problem: err.Error()}
	}
	if data == nil {
		request.Body, request.ContentLength = nil, 0
	}
	request.Header.Set("User-Agent", "dock2edge-verify")
	request.Header.Set("Accept", "*/*")
	if isJSON {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.Headers {
		if strings.EqualFold(name, "host") {
			request.Host = value
			continue
		}
		request.Header.Set(name, value)
	}
	if t.routed {
		request.Header.Set(serviceHeader, r.Service)
	}
	response, err := t.client.Do(request)
	if err != nil {
		return Answer{Problem: t.problem(err)}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return Answer{Problem: "the answer broke off: " + t.problem(err)}
	}
	decoded, err := decode(body, response.Header.Get("Content-Encoding"))
	if err != nil {
		return Answer{Problem: "the answer's Content-Encoding is not what it says: " + err.Error()}
	}
	return Answer{Status: response.StatusCode, Headers: response.Header, Body: decoded}
}

// decode undoes a Content-Encoding, so that bodies are compared as a client reads them.
func decode(body []byte, encoding string) ([]byte, error) {
	if len(body) == 0 {
		return body, nil
	}
	var reader io.Reader
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		reader = unzipped
	case "deflate":
		inflated, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		reader = inflated
	case "br":
		reader = brotli.NewReader(bytes.NewReader(body))
	default:
		return body, nil
	}
	return io.ReadAll(io.LimitReader(reader, maxBody))
}

// problem says why no answer came, without the address.
func (t *target) problem(err error) string {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Sprintf("no answer within %s", t.client.Timeout)
	}
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return text
}

// sendParallel sends copies of the request at once.
func (t *target) sendParallel(ctx context.Context, r *Request, n int) []Answer {
	answers := make([]Answer, n)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() { answers[i] = t.send(ctx, r) })
	}
	wait.Wait()
	return answers
}
