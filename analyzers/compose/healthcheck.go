package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func healthcheck() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-healthcheck", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "Health check of a service",
		What:  "A `healthcheck` in the Compose file.",
		Why: "Nothing polls a Worker, and no command runs beside it. What the check is for happens otherwise: a request waits until the app listens. " +
			"`dock2edge verify` asks the check's address before it sends anything else.",
		Remedy: "Use a monitoring service on the check's address in production.",
		Bad: `services:
  api:
    build: .
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:3000/healthz"]
`,
		Good: `services:
  api:
    build: .
    healthcheck:
      disable: true
`,
		Since:        checked,
		CheckService: checkHealthcheck,
	}
}

func checkHealthcheck(p *analysis.ServicePass) {
	h := p.Service.Healthcheck
	if h == nil || h.Disabled || h.FromImage || !becomesWorker(p.Service) {
		return
	}
	if h.URLPath != "" {
		p.Report(h.Span, fmt.Sprintf("The health check asks %s; `dock2edge verify` asks it too, and nothing polls it in production", h.URLPath),
			"Use a monitoring service in production.")
		return
	}
	p.Report(h.Span, "The health check runs a command; none runs beside a Worker, so it is dropped",
		"Give the app a path that says whether it is healthy.")
}
