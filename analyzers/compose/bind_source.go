package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func bindSource() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-bind-source", Category: model.CategoryFS, Severity: model.Info,
		Title:  "Source code mounted over the image",
		What:   "A bind mount of a folder with the project's own code.",
		Why:    "Such mounts are for development: the container sees edits at once. convert lays the folder over the image's files, so that the Worker runs the same code.",
		Remedy: "`wrangler dev` watches the service's app/ folder. A mount that only development wants belongs into compose.override.yaml.",
		Bad: `-- compose.yaml --
services:
  api:
    build: .
    volumes: ["./src:/app/src"]
-- src/app.js --
console.log("ready");
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			eachBind(p, bindOfSource, func(m model.Mount) {
				if !becomesWorker(p.Service) {
					return
				}
				p.Report(m.Span, fmt.Sprintf("The code in %s is mounted at %s; it is laid over the image's files", m.Source, m.Target),
					"Edit the copy in app/ after the move; `wrangler dev` watches it.")
			})
		},
	}
}
