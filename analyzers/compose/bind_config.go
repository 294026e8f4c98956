package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func bindConfig() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-bind-config", Category: model.CategoryFS, Severity: model.Info,
		Title:  "Single file mounted",
		What:   "A bind mount of one file, as configuration files are.",
		Why:    "The file's text as it is now becomes part of the Worker. Editing it on a host changes nothing any more.",
		Remedy: "Deploy again after editing the file. A file that holds credentials belongs into `secrets`. A file that is not in the repository has to be added.",
		Bad: `-- compose.yaml --
services:
  api:
    build: .
    volumes: ["./settings.json:/app/settings.json:ro"]
-- settings.json --
{}
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			eachBind(p, bindOfConfig, func(m model.Mount) {
				if !becomesWorker(p.Service) {
					return
				}
				if !p.Tree.IsFile(m.Source) {
					p.Report(m.Span, fmt.Sprintf("The file %s is mounted at %s but is not in the repository, so the Worker will not have it", m.Source, m.Target),
						"Add the file, or an example of it, before converting.", model.Need{Kind: model.NeedFiles, Detail: m.Target}).Severity = model.Major
					return
				}
				p.Report(m.Span, fmt.Sprintf("The file %s is mounted at %s; its text becomes part of the Worker", m.Source, m.Target),
					"Deploy again after editing the file.", model.Need{Kind: model.NeedFiles, Detail: m.Target})
			})
		},
	}
}
