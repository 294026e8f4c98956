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
		r.pause(ctx)
		answer := app.send(ctx, r)
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
		key := r.Service + " " + r.Method + " " + r.Path + " " + fmt.Sprint(r.Headers) + string(r.Body)
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

// compareWith learns the original's answers in two runs of the sequence and judges the app by them.
func compareWith(ctx context.Context, original *target, requests []Request) ([]Request, error) {
	var runs [2][]Answer
	for run := range runs {
		for i := range requests {
			requests[i].pause(ctx)
			answer := original.send(ctx, &requests[i])
			if answer.Problem != "" {
				return nil, fmt.Errorf("the original did not answer %s: %s", requests[i].Name, answer.Problem)
			}
			runs[run] = append(runs[run], answer)
		}
	}
	out := make([]Request, len(requests))
	for i, r := range requests {
		r.Expect = learn(runs[0][i], runs[1][i])
		out[i] = r
	}
	return out, nil
}

// Record asks an original and returns the requests with its answers as expectations. With twice, parts that differ between
// two runs of the sequence become "<any>".
func Record(ctx context.Context, base string, requests []Request, twice bool) ([]Request, error) {
	original := newTarget(base, false)
	out := make([]Request, len(requests))
	var first, second []Answer
	for i := range requests {
		requests[i].pause(ctx)
		first = append(first, original.send(ctx, &requests[i]))
		if first[i].Problem != "" {
			return nil, fmt.Errorf("%s: %s", requests[i].Name, first[i].Problem)
		}
	}
	second = first
	if twice {
		second = nil
		for i := range requests {
			requests[i].pause(ctx)
			second = append(second, original.send(ctx, &requests[i]))
		}
	}
	for i, r := range requests {
		r.Expect = learn(first[i], second[i])
		for name := range r.Expect.Headers {
			if !recorded(name) {
				delete(r.Expect.Headers, name)
			}
		}
		out[i] = r
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
