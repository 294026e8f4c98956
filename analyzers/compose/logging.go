package compose

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func logging() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-logging", Category: model.CategoryCompose, Severity: model.Minor,
		Title: "Where logs go",
		What:  "`logging`.",
		Why: "What the app writes to stdout and stderr becomes the Worker's log, seen with `wrangler tail` and kept by Workers Logs. A driver that sends " +
			"the log to another system (fluentd, gelf, syslog, awslogs, …) has nobody who runs it.",
		Remedy: "Workers Logpush, Tail Workers or OpenTelemetry export send logs on.",
		Bad: `services:
  api:
    build: .
    logging:
      driver: fluentd
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers/observability/logs/"},
		CheckService: func(p *analysis.ServicePass) {
			k, ok := key(p.Service, "logging")
			if !ok || !becomesWorker(p.Service) {
				return
			}
			driver, _ := key(p.Service, "logging.driver")
			if slices.Contains([]string{"", "json-file", "local", "none", "journald"}, driver.Value) {
				p.Report(k.Span, "The settings of the log are dropped; Workers Logs keep what the app writes", "Nothing is to be done.").Severity = model.Info
				return
			}
			p.Report(driver.Span, fmt.Sprintf("The log is sent on by the driver %s; after the move Workers Logs keep what the app writes, and nothing sends it on", driver.Value),
				"Set up Logpush, a Tail Worker or OpenTelemetry export.")
		},
	}
}
