package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func dependsOnCompleted() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-depends-on-completed", Category: model.CategoryLifecycle, Severity: model.Major,
		Title: "Waiting for a job that runs once",
		What:  "`depends_on` with the condition `service_completed_successfully`.",
		Why: "The other service is a job: it runs to its end (migrations, seeds, assets) before this one starts. Nothing runs a job when a Worker is " +
			"deployed, so what it does would be missing.",
		Remedy: "Run the job in the deployment, before `wrangler deploy`: as an npm script, or as a step of the pipeline.",
		Bad: `services:
  api:
    build: .
    depends_on:
      migrate:
        condition: service_completed_successfully
  migrate:
    build: .
    command: node migrate.js
`,
		Good: `services:
  api:
    build: .
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:16
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			for _, d := range p.Service.DependsOn {
				if d.Condition == "service_completed_successfully" {
					p.Report(d.Span, fmt.Sprintf("The service waits until %s has run to its end; nothing runs it when Workers are deployed", d.Service),
						fmt.Sprintf("Run what %s does as a step of the deployment, before `wrangler deploy`.", d.Service))
				}
			}
		},
	}
}
