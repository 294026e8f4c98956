package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func bindData() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-bind-data", Category: model.CategoryFS, Severity: model.Minor,
		Title: "Data folder mounted",
		What:  "A bind mount of a folder that holds no code: where a service keeps files on the host.",
		Why: "No disk of a host is behind a Worker. The files that the app writes there are kept in its Durable Object's storage instead; nobody finds " +
			"them in the folder any more. Files that are in the repository today come along, others do not.",
		Remedy: "Copy by hand what the folder holds outside of the repository. Files that people or other programs fetch belong into R2.",
		Bad: `services:
  api:
    build: .
    volumes: ["./data:/app/data"]
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{objectLimitsPage, "https://developers.cloudflare.com/r2/"},
		CheckService: func(p *analysis.ServicePass) {
			eachBind(p, bindOfData, func(m model.Mount) {
				if !becomesWorker(p.Service) {
					p.Report(m.Span, fmt.Sprintf("The folder %s belongs to a service that does not become a Worker (%s); it is not moved", m.Source, m.Target),
						"Move data with the server's own dump and restore; run initial scripts against what takes the server's place.").Severity = model.Info
					return
				}
				f := p.Report(m.Span, fmt.Sprintf("The folder %s is mounted at %s; what the app writes there is kept in a Durable Object's storage, not in the folder", m.Source, m.Target),
					"Copy by hand what it holds outside of the repository.", model.Need{Kind: model.NeedDisk, Detail: m.Target})
				if m.ReadOnly {
					f.Severity = model.Info
					f.Message = fmt.Sprintf("The folder %s is mounted read-only at %s; its files become part of the Worker", m.Source, m.Target)
					f.Remedy = "Deploy again after changing the files."
					f.Needs = []model.Need{{Kind: model.NeedFiles, Detail: m.Target}}
				}
			})
		},
	}
}
