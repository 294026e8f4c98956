package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// secretPlan is an app whose credentials all begin with MARK.
func secretPlan() *model.Plan {
	service := &model.Service{
		Name: "api", Span: source.At("compose.yaml", 2, 3),
		Entry: &model.Entry{
			Args:       []string{"--token=MARKargument", "MARKbare", "--port=1"},
			SecretArgs: []model.SecretArg{{Index: 0, Prefix: "--token=", Name: "token", Value: "MARKargument"}, {Index: 1, Name: "KEY", Value: "MARKbare"}},
		},
		Environment: []model.EnvVar{{Name: "JWT_SECRET", Value: "MARKenvironment", HasValue: true, Secret: true}},
	}
	why := []model.Reason{{Text: "it keeps a timer", Cites: []model.Cite{{Rule: "timer-background", Span: source.At("a.js", 1, 1)}}}}
	api := &model.ServicePlan{
		Service: service, Target: model.TargetDurableObject, WorkerName: "shop-api", Why: why, Port: 3000, Public: true,
		Bindings: []model.Binding{{Kind: model.BindingDurableObject, Name: "APP", Class: "App", Service: "api", Why: why[0]}},
		Vars:     []model.EnvVar{{Name: "LEVEL", Value: "info", HasValue: true, Span: source.At("compose.yaml", 5, 7)}},
		Secrets:  []model.Secret{{Name: "ARG_KEY", Why: "an argument"}, {Name: "ARG_TOKEN", Why: "an argument"}, {Name: "JWT_SECRET", Why: "the original has it in compose.yaml:6:7"}},
		Recipe:   &model.Recipe{Version: 1, Kind: "node", Stages: []model.RecipeStage{{Name: "0", From: "node:22", Workdir: "/", Steps: []model.RecipeStep{}}}, Node: &model.RecipeNode{Workdir: "/", Entry: "/a.js"}},
		Findings: []model.Finding{
			{Rule: "seen", Severity: model.Major, Message: "something differs", Span: source.At("a.js", 1, 1)},
			{Rule: "silenced", Severity: model.Major, Message: "something nobody wants to hear", Span: source.At("a.js", 2, 1), Suppressed: &model.Suppression{}},
		},
	}
	cache := &model.ServicePlan{
		Service: &model.Service{Name: "cache", Command: &model.CommandLine{Argv: []string{"redis-server", "--requirepass MARKredis", "--masterauth", "MARKmaster", "--maxmemory", "10mb"}}},
		Target:  model.TargetKeyValue, Server: model.ServerRedis, WorkerName: "shop-cache", Why: why, Secrets: []model.Secret{{Name: "REDIS_PASSWORD"}},
	}
	return &model.Plan{Project: &model.Project{Name: "shop", Dir: "."}, Options: model.Options{CompatibilityDate: "2026-11-01", PlanName: "paid", Transport: "connect"}, Services: []*model.ServicePlan{api, cache}}
}

func TestNoSecretInArtifacts(t *testing.T) {
	artifacts, err := Project(secretPlan(), "test")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, a := range artifacts {
		files[a.Path] = string(a.Data)
		if bytes.Contains(a.Data, []byte("MARK")) {
			t.Errorf("%s holds a credential:\n%s", a.Path, a.Data)
		}
	}
	for name, wants := range map[string][]string{
		"services/api/src/config.ts":       {`"--token=" + secrets.ARG_TOKEN`, "\n      secrets.ARG_KEY,", `"--port=1"`, `import { env } from "cloudflare:workers";`},
		"services/api/wrangler.jsonc":      {`"LEVEL": "info"`, `"required": ["ARG_KEY", "ARG_TOKEN", "JWT_SECRET"]`, "timer-background at a.js:1"},
		"services/api/.dev.vars.example":   {"\nJWT_SECRET=\n"},
		"services/cache/src/config.ts":     {`requirePass: "REDIS_PASSWORD"`, `maxmemory: "10mb"`},
		"services/cache/.dev.vars.example": {"REDIS_PASSWORD=\n"},
		"MIGRATION.md":                     {"wrangler secret put JWT_SECRET", "Something differs"},
		"package.json":                     {`"dev": "wrangler dev -c services/api/wrangler.jsonc -c services/cache/wrangler.jsonc"`},
		"dock2edge.json":                   {`"worker": "shop-cache"`},
	} {
		for _, want := range wants {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s lacks %q:\n%s", name, want, files[name])
			}
		}
	}
	if strings.Contains(files["MIGRATION.md"], "nobody wants to hear") {
		t.Error("a suppressed finding is in MIGRATION.md")
	}
}

func TestWakes(t *testing.T) {
	p := secretPlan()
	api := p.Services[0]
	if wakes(api) {
		t.Error("an app that only answers requests is woken")
	}
	api.Findings = append(api.Findings, model.Finding{Needs: []model.Need{{Kind: model.NeedProcess, Detail: "timer"}}, Suppressed: &model.Suppression{}})
	if !wakes(api) {
		t.Error("an app with a timer is not woken, though its finding is only silenced")
	}
	if wakes(p.Services[1]) {
		t.Error("the Redis server is woken")
	}
	worker := &model.ServicePlan{Service: &model.Service{Name: "worker"}, Target: model.TargetDurableObject, Port: 3000}
	if !wakes(worker) {
		t.Error("a worker whose image names the API's port is not woken")
	}
	worker.Findings = []model.Finding{{Needs: []model.Need{{Kind: model.NeedHTTP, Detail: "3000"}}}}
	if wakes(worker) {
		t.Error("a service that only the others ask is woken")
	}
}
