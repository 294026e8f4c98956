package verify

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
)

// RequestResult is what came of one request over all rounds.
type RequestResult struct {
	Name    string `json:"name"`
	Service string `json:"service"`
	// Status is "same", "different" or "failed" (no answer at all).
	Status string `json:"status"`
	// Rounds is how often the request was sent.
	Rounds      int      `json:"rounds"`
	Differences []string `json:"differences"`
}

// judge sends the sequence once in order and compares it, then repeats what is safe, alone and several at once: a pool made
// at module scope answers the first request and hangs at the second.
func judge(ctx context.Context, app *target, requests []Request) []RequestResult {
	results := make([]RequestResult, len(requests))
	answers := make([]Answer, len(requests))
	for i := range requests {
		r := &requests[i]
		answer := app.step(ctx, r)
		answers[i] = answer
		results[i] = RequestResult{Name: r.Name, Service: r.Service, Rounds: 1, Differences: append([]string{}, differences(r.Expect, answer)...)}
		results[i].Status = statusOf(r, answer, results[i].Differences)
		if results[i].Status == "failed" && answer.Problem == "" {
			results[i].Differences = append(results[i].Differences, describe(answer))
		}
	}
	done := map[string]bool{}
	for i := range requests {
		r := &requests[i]
		key := r.Service + " " + r.Method + " " + r.Path + " " + fmt.Sprint(r.Headers) + string(r.Body) + r.Client
		if results[i].Status != "same" || !r.safe() || done[key] || ctx.Err() != nil {
			continue
		}
		done[key] = true
		repeat(ctx, app, r, answers[i], &results[i])
	}
	return results
}

func statusOf(r *Request, answer Answer, differences []string) string {
	switch {
	case answer.Problem != "":
		return "failed"
	case r.Expect == nil && answer.Status >= 500:
		return "failed"
	case len(differences) > 0:
		return "different"
	}
	return "same"
}

// repeat sends a safe request twice more in sequence, then several times at once. None may turn into a server error, which
// initial, the answer within the sequence, was not; those at once must have the status of the first alone, and where the two
// alone are the same to the byte, so must be those at once.
func repeat(ctx context.Context, app *target, r *Request, initial Answer, result *RequestResult) {
	first := app.send(ctx, r)
	second := app.send(ctx, r)
	answers := append([]Answer{first, second}, app.sendParallel(ctx, r, parallel)...)
	result.Rounds += len(answers)
	steady := first.Problem == "" && second.Problem == "" && bytes.Equal(first.Body, second.Body)
	seen := map[string]bool{}
	for i, a := range answers {
		when := fmt.Sprintf("request %d", i+2)
		if i >= 2 {
			when = "in parallel"
		}
		text := ""
		switch {
		case a.Problem != "":
			result.Status = "failed"
			text = a.Problem
		case a.Status >= 500 && initial.Status < 500:
			text = fmt.Sprintf("status %d, the first time %d", a.Status, initial.Status)
		case first.Problem == "" && a.Status != first.Status && !limited(a) && !limited(first):
			text = fmt.Sprintf("status %d, alone %d", a.Status, first.Status)
		case steady && a.Status == first.Status && !bytes.Equal(a.Body, first.Body):
			text = "another body than alone: " + textDifference(string(first.Body), string(a.Body))
		}
		if text == "" || seen[when+text] {
			continue
		}
		seen[when+text] = true
		result.Differences = append(result.Differences, when+": "+text)
		if result.Status == "same" {
			result.Status = "different"
		}
	}
}

// limited tells of an answer that says "too many requests": an app may have a limit that repetition reaches.
func limited(a Answer) bool { return a.Status == http.StatusTooManyRequests }

// Learn asks an original the sequence twice and returns the requests with what both runs agree on as expectations: what
// differs is volatile. again is called between the runs; it may start the original anew, and returns its URL. nil asks the
// same process twice.
func Learn(ctx context.Context, base string, requests []Request, again func() (string, error)) ([]Request, error) {
	first, err := ask(ctx, base, requests)
	if err != nil {
		return nil, err
	}
	if again != nil {
		if base, err = again(); err != nil {
			return nil, err
		}
	}
	second, err := ask(ctx, base, requests)
	if err != nil {
		return nil, err
	}
	return expecting(requests, first, second), nil
}

// ask sends the sequence once, as a client that has no cookies and no values yet.
func ask(ctx context.Context, base string, requests []Request) ([]Answer, error) {
	original := newTarget(base, false)
	answers := make([]Answer, len(requests))
	for i := range requests {
		answers[i] = original.step(ctx, &requests[i])
		if answers[i].Problem != "" {
			return nil, fmt.Errorf("the original did not answer %s: %s", requests[i].Name, answers[i].Problem)
		}
	}
	return answers, nil
}

func expecting(requests []Request, first, second []Answer) []Request {
	out := make([]Request, len(requests))
	for i, r := range requests {
		r.Expect = learn(first[i], second[i])
		out[i] = r
	}
	return out
}

// Record asks an original and returns the requests with its answers as expectations. With twice, parts that differ between
// two runs of the sequence become "<any>".
func Record(ctx context.Context, base string, requests []Request, twice bool) ([]Request, error) {
	first, err := ask(ctx, base, requests)
	if err != nil {
		return nil, err
	}
	second := first
	if twice {
		if second, err = ask(ctx, base, requests); err != nil {
			return nil, err
		}
	}
	out := expecting(requests, first, second)
	for _, r := range out {
		for name := range r.Expect.Headers {
			if !recorded(name) {
				delete(r.Expect.Headers, name)
			}
		}
	}
	return out, nil
}

// recorded are the headers that a recording holds: those an app sets on purpose, not a server's defaults.
func recorded(name string) bool {
	switch name {
	case "content-type", "location", "cache-control", "content-disposition", "www-authenticate", "allow", "access-control-allow-origin":
		return true
	}
	return strings.HasPrefix(name, "x-") && name != "x-powered-by"
}
