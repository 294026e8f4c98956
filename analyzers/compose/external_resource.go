package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func externalResource() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-external-resource", Category: model.CategoryCompose, Severity: model.Minor,
		Title: "Network or volume from outside of the project",
		What:  "Top-level networks, volumes and configs with `external: true`.",
		Why: "They belong to somebody else: on an external network there are services of other projects, an external volume or config has content that is " +
			"not in the repository. None of it is there after the move.",
		Remedy: "Find out who else uses it. Services of other projects need public addresses, content has to be copied.",
		Bad: `services:
  api:
    build: .
    networks: [shared]
networks:
  shared:
    external: true
`,
		Good: `services:
  api:
    build: .
    networks: [own]
networks:
  own:
`,
		Since: checked,
		CheckProject: func(p *analysis.ProjectPass) {
			for _, n := range p.Project.Networks {
				if n.External {
					p.Report(n.Span, fmt.Sprintf("The network %s belongs to others; services on it that are not in this project are out of a Worker's reach", n.Name),
						"Give public addresses of such services as variables.")
				}
			}
			for _, v := range p.Project.Volumes {
				if v.External {
					p.Report(v.Span, fmt.Sprintf("The volume %s belongs to others; its content is not copied", v.Name), "Copy what is needed by hand, or into R2.")
				}
			}
			for _, c := range p.Project.Configs {
				if c.External {
					p.Report(c.Span, fmt.Sprintf("The text of the config %s is not in the project, so the Worker will not have it", c.Name),
						"Put the text into a file of the repository.")
				}
			}
		},
	}
}
