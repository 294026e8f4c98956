package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func profiles() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-profiles", Category: model.CategoryCompose, Severity: model.Info,
		Title:  "Service of a profile",
		What:   "A service with `profiles`, which Compose starts only when one of them is asked for.",
		Why:    "There are no profiles after the move. The service is judged and converted like the others.",
		Remedy: "Deploy only the Workers that are wanted: each is a folder of its own.",
		Bad: `services:
  api:
    build: .
  admin:
    build: .
    profiles: [debug]
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			if len(p.Service.Profiles) > 0 {
				p.Report(p.Service.KeySpan("profiles"), fmt.Sprintf("Compose starts the service only with the profile %s; it is judged and converted like the others", strings.Join(p.Service.Profiles, " or ")),
					"Deploy only the Workers that are wanted.")
			}
		},
	}
}
