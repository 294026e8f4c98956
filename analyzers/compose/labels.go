package compose

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func labels() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-labels", Category: model.CategoryCompose, Severity: model.Info,
		Title:  "Labels",
		What:   "`labels` of a service that neither route nor schedule anything: metadata, and those of updaters and dashboards.",
		Why:    "There is no container to carry them and nobody who reads them.",
		Remedy: "Nothing is to be done. Where a tool reads them, ask what it did: updates (Watchtower) come with `wrangler deploy`.",
		Bad: `services:
  api:
    build: .
    labels:
      com.example.team: shop
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			var names []string
			for _, l := range p.Service.Labels {
				name := strings.ToLower(l.Name)
				if !strings.HasPrefix(name, "traefik.") && !strings.HasPrefix(name, "caddy") && !strings.HasPrefix(name, "ofelia.") &&
					!strings.HasPrefix(name, "chadburn.") && !scheduleLabel.MatchString(name) {
					names = append(names, l.Name)
				}
			}
			if len(names) > 0 {
				p.Report(p.Service.KeySpan("labels"), fmt.Sprintf("Labels are dropped, nothing reads them: %s", strings.Join(names, ", ")), "Nothing is to be done.")
			}
		},
	}
}

var scheduleLabel = regexp.MustCompile(`^(ofelia|chadburn)\..*\.schedule$|^swarm\.cronjob\.schedule$|^(crontab|cron)\..*\.?schedule$`)
