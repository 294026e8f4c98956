package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func bindHost() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-bind-host", Category: model.CategoryFS, Severity: model.Major,
		Title: "Folder of the host mounted",
		What:  "A bind mount of an absolute path, of the home directory or of a folder outside of the project.",
		Why: "What lies there is not in the repository, so it cannot be taken along, and a Worker has no host. The time zone and certificates, which are " +
			"often mounted this way, exist without it.",
		Remedy: "Move what the service needs into the repository or into R2, and credentials into secrets.",
		Bad: `services:
  api:
    build: .
    volumes: ["/srv/media:/app/media"]
`,
		Good: `services:
  api:
    build: .
    volumes: ["/etc/localtime:/etc/localtime:ro"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			eachBind(p, bindOfHost, func(m model.Mount) {
				if slices.ContainsFunc([]string{"/etc/localtime", "/etc/timezone", "/etc/ssl/certs", "/usr/share/ca-certificates"}, func(known string) bool {
					return m.Source == known || strings.HasPrefix(m.Source, known+"/")
				}) {
					return // a Worker has certificates of its own and runs in UTC; the rule about TZ is node's
				}
				if !becomesWorker(p.Service) {
					return
				}
				p.Report(m.Span, fmt.Sprintf("%s of the host is mounted at %s; it is not in the repository and a Worker has no host, so the folder is missing", m.Source, m.Target),
					"Move what the service needs into the repository or into R2.", model.Need{Kind: model.NeedDisk, Detail: m.Target})
			})
		},
	}
}
