package verify

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/dotenv"

	"github.com/dock2edge/dock2edge/internal/model"
)

// devVars are the values of the team's own .dev.vars, if there is one.
func (r *runner) devVars(s model.LockService) map[string]string {
	file, err := os.Open(filepath.Join(r.dir(s), ".dev.vars"))
	if err != nil {
		return nil
	}
	defer file.Close()
	values, err := dotenv.Parse(file)
	if err != nil {
		r.check("secrets", s.Worker, "skipped", ".dev.vars cannot be read")
	}
	return values
}

// ownRequests are what can be asked without a request file: health checks and GET routes without parameters.
func (r *runner) ownRequests() []Request {
	var list []Request
	for _, s := range r.workers() {
		seen := map[string]bool{}
		add := func(path string) {
			if path != "" && !seen[path] && !strings.ContainsAny(path, ":*{}()") {
				seen[path] = true
				list = append(list, Request{Name: "GET " + path, Service: s.Name, Method: http.MethodGet, Path: path})
			}
		}
		add(s.Health)
		for _, route := range s.Routes {
			if route.Method == http.MethodGet {
				add(route.Path)
			}
		}
		if len(seen) == 0 && s.Port != 0 {
			add("/")
		}
	}
	return list
}

// fillServices names a service for requests that name none: the first public one, a gateway before others.
func (r *runner) fillServices(list []Request) []Request {
	front := ""
	for _, s := range r.workers() {
		if s.Public && (front == "" || s.Target == string(model.TargetGateway)) {
			front = s.Name
		}
	}
	for i := range list {
		if list[i].Service == "" {
			list[i].Service = front
		}
	}
	return list
}

// wake starts what works without being asked, as the cron trigger does once deployed.
func (r *runner) wake(ctx context.Context, app *target) {
	for _, s := range r.running() {
		if !s.Wakes {
			continue
		}
		request := Request{Service: s.Name, Method: http.MethodGet, Path: "/.dock2edge/wake"}
		if answer := app.send(ctx, &request); answer.Problem != "" || answer.Status != http.StatusOK {
			r.check("wake", s.Worker, "failed", describe(answer))
			continue
		}
		r.check("wake", s.Worker, "passed", "its cron trigger")
	}
}

// health waits until every service with a Compose health check is healthy.
func (r *runner) health(ctx context.Context, app *target) {
	for _, s := range r.running() {
		if s.Health == "" || s.Port == 0 {
			continue
		}
		request := Request{Service: s.Name, Method: http.MethodGet, Path: s.Health}
		deadline := time.Now().Add(healthTimeout)
		for {
			answer := app.send(ctx, &request)
			if answer.Problem == "" && answer.Status >= 200 && answer.Status < 400 {
				r.check("health", s.Worker, "passed", "GET "+s.Health)
				break
			}
			if time.Now().After(deadline) || ctx.Err() != nil {
				r.check("health", s.Worker, "failed", fmt.Sprintf("GET %s: %s", s.Health, describe(answer)))
				break
			}
			select {
			case <-ctx.Done():
			case <-time.After(500 * time.Millisecond):
			}
		}
	}
}

func describe(a Answer) string {
	if a.Problem != "" {
		return a.Problem
	}
	return fmt.Sprintf("status %d, %s", a.Status, excerpt(string(a.Body)))
}
