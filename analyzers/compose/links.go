package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func links() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-links", Category: model.CategoryNetwork, Severity: model.Info,
		Title:  "Links to other services",
		What:   "`links` and `external_links`.",
		Why:    "A link gives another service a second name; the Worker knows it too. An external link names a container of another project, which a Worker cannot reach.",
		Remedy: "Nothing is to be done for links. For an external link put the service's public address into a variable.",
		Bad: `services:
  api:
    build: .
    links: ["db:database"]
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
			for _, k := range items(p.Service, "links") {
				service, alias, ok := strings.Cut(k.Value, ":")
				if !ok {
					alias = service
				}
				p.Report(k.Span, fmt.Sprintf("%s is a name for the service %s here; it stays one", alias, service), "Nothing is to be done.")
			}
			for _, k := range items(p.Service, "external_links") {
				p.Report(k.Span, fmt.Sprintf("%s is a container of another project; a Worker cannot reach it by that name", k.Value),
					"Put the service's public address into a variable.").Severity = model.Major
			}
		},
	}
}
