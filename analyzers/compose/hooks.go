package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func hooks() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-hooks", Category: model.CategoryLifecycle, Severity: model.Minor,
		Title:  "Commands around a container's life",
		What:   "`post_start`, `pre_start` and `pre_stop`.",
		Why:    "There is no container to run a command in, and nothing tells a Worker that it stops.",
		Remedy: "Run the commands as steps of the deployment.",
		Bad: `services:
  api:
    build: .
    post_start:
      - command: ./warm-up.sh
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Run the commands as steps of the deployment.", "post_start", "pre_start", "pre_stop")
		},
	}
}
