package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func dependsOn() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-depends-on", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "Start order",
		What:  "`depends_on` with the conditions `service_started` and `service_healthy`.",
		Why: "Nothing starts in an order: a Worker starts when the first request for it arrives, and a service that it calls starts then. The first request " +
			"waits for all of them.",
		Remedy: "Nothing is to be done. An app that gives up when its database does not answer at once should try again.",
		Bad: `services:
  api:
    build: .
    depends_on: [db]
  db:
    image: postgres:16
`,
		Good: `services:
  api:
    build: .
  db:
    image: postgres:16
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			for _, d := range p.Service.DependsOn {
				if d.Condition != "service_completed_successfully" {
					p.Report(d.Span, fmt.Sprintf("The service starts after %s; a Worker starts with its first request, and %s when it is first asked", d.Service, d.Service),
						"Nothing is to be done.")
				}
			}
		},
	}
}
