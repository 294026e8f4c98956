package report

import (
	"os"
	"path/filepath"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

func span(file string, startLine, startColumn, endLine, endColumn int) source.Span {
	return source.Span{
		File: file, Start: source.Position{Line: startLine, Column: startColumn}, End: source.Position{Line: endLine, Column: endColumn},
	}
}

// sample is a report on testdata/shop with something of everything a format has to show.
func sample() *model.Report {
	compose := "compose.yaml"
	api := &model.Service{
		Name: "api", Span: source.At(compose, 2, 3),
		Environment: []model.EnvVar{
			{Name: "NODE_ENV", Value: "production", HasValue: true, Origin: "environment", Span: source.At(compose, 5, 7)},
			{Name: "DB_PASSWORD", Value: "hunter2-sample", HasValue: true, Secret: true, Origin: "environment", Span: source.At(compose, 6, 7)},
		},
		Entry: &model.Entry{Kind: "node", Module: "src/db.js"},
		Ship: &model.Ship{
			Modules: []model.ShippedModule{{Source: "src/db.js", Image: "/app/src/db.js"}},
			LeftOut: []model.LeftOut{{Reason: "not imported from the entry module", Files: 3}, {Reason: "ignored by .dockerignore", Files: 1}},
		},
		Routes: []model.Route{{Method: "GET", Path: "/orders", Span: source.At("src/db.js", 1, 1)}},
	}
	db := &model.Service{Name: "db", Span: source.At(compose, 8, 3), ImageRef: "postgres:16", Entry: &model.Entry{Kind: "service-image"}}
	project := &model.Project{Name: "shop", Dir: ".", ComposeFiles: []string{compose}, Services: []*model.Service{api, db}}
	pool := model.Finding{
		Rule: "pool", Category: model.CategoryState, Severity: model.Major, Project: ".", Service: "api",
		Span:    span("src/db.js", 2, 40, 2, 80),
		Message: "A connection pool is made at module scope, 100% of the requests share it", Remedy: "convert hosts the app in a Durable Object.",
		Fingerprint: "00000000000000000000000000000001",
	}
	poolElsewhere := pool
	poolElsewhere.Service, poolElsewhere.Fingerprint = "worker", "00000000000000000000000000000002"
	findings := []model.Finding{
		{
			Rule: "no-project", Category: model.CategoryCompose, Severity: model.Minor, Project: "",
			Message: "Nothing says which file this is about", Fingerprint: "00000000000000000000000000000003",
		},
		{
			Rule: "secret", Category: model.CategorySecrets, Severity: model.Blocker, Project: ".", Service: "api",
			Span: span(compose, 6, 7, 6, 18), Message: "DB_PASSWORD is written into the file", Remedy: "It becomes a required secret.",
			Fingerprint: "00000000000000000000000000000004",
		},
		{
			Rule: "ports", Category: model.CategoryCompose, Severity: model.Info, Project: ".", Service: "api",
			Span: source.At(compose, 7, 13), Message: "Port 3000 becomes the Worker's address", Fingerprint: "00000000000000000000000000000005",
		},
		pool, poolElsewhere,
		{
			Rule: "timer", Category: model.CategoryTimers, Severity: model.Minor, Project: ".", Service: "api",
			Span: span("src/db.js", 4, 2, 4, 50), Message: "A timer runs at module scope", Fingerprint: "00000000000000000000000000000006",
			Suppressed: &model.Suppression{Reason: "a keep-alive", Span: source.At("src/db.js", 4, 54)},
		},
		{
			Rule: "broken", Category: model.CategoryLimits, Severity: model.Minor, Project: ".", Service: "api",
			Span: source.Span{File: "src/a, b: 100%.js"}, Message: "The module cannot be read", Fingerprint: "00000000000000000000000000000007",
		},
	}
	plan := &model.Plan{
		Project: project,
		Services: []*model.ServicePlan{
			{
				Service: api, Target: model.TargetDurableObject, WorkerName: "shop-api", Port: 3000, Public: true,
				Why:          []model.Reason{{Text: "keeps a pool at module scope", Cites: []model.Cite{{Rule: "pool", Span: pool.Span}}}, {Text: "and always did"}},
				Rejected:     []model.Rejected{{Target: model.TargetWorker, Why: model.Reason{Text: "a pool belongs to one request there"}}},
				Bindings:     []model.Binding{{Kind: model.BindingHyperdrive, Name: "DB", Service: "db", Why: model.Reason{Text: "replaces db:5432"}}},
				Secrets:      []model.Secret{{Name: "DB_PASSWORD", Why: "compose.yaml"}},
				Dispositions: []model.Disposition{{What: "ports[0]", Outcome: model.Converted, Why: "the Worker's address", Span: source.At(compose, 7, 13)}},
			},
			{Service: db, Target: model.TargetHyperdrive, Why: []model.Reason{{Text: "speaks PostgreSQL"}}},
		},
		Dispositions: []model.Disposition{{What: "services", Outcome: model.Converted, Why: "service by service", Span: source.At(compose, 1, 1)}},
		Questions:    []model.Question{{Service: "db", Text: "Does a server exist already?", Choices: []model.Target{model.TargetHyperdrive, model.TargetContainer}}},
		Warnings:     []string{"api has 70 variables; a Worker on the free plan may have 64"},
	}
	return &model.Report{
		Version: "v0.0.0-test", Workspace: &model.Workspace{Root: "/nowhere", Projects: []*model.Project{project}},
		Plans: []*model.Plan{plan}, Findings: findings,
	}
}

// sampleOptions reads testdata/shop and declares the sample's rules.
func sampleOptions() Options {
	language := &analysis.Language{Name: "sample", Example: "app.js"}
	for _, f := range sample().Findings {
		if len(language.Rules) == 0 || language.Rules[len(language.Rules)-1].Name != f.Rule {
			language.Rules = append(language.Rules, &analysis.Rule{
				Name: f.Rule, Category: f.Category, Severity: f.Severity, Title: "Title of " + f.Rule,
				What: "What it is.", Why: "Why it matters.", Remedy: "What to do.", Bad: "bad", Good: "good", Since: "2026-11-20",
			})
		}
	}
	return Options{
		Languages: []*analysis.Language{language},
		Read:      func(file string) ([]byte, error) { return os.ReadFile(filepath.Join("testdata", "shop", file)) },
	}
}
