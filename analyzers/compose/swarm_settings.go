package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func swarmSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-swarm-settings", Category: model.CategoryCompose, Severity: model.Info,
		Title:  "Settings of Swarm",
		What:   "`deploy.placement`, `deploy.update_config`, `deploy.rollback_config`, `deploy.endpoint_mode` and `deploy.labels`.",
		Why:    "Cloudflare places, updates and rolls back Workers by itself.",
		Remedy: "`wrangler rollback` returns to an earlier version, gradual deployments split traffic. A place can be hinted at where data is: see Smart Placement.",
		Bad: `services:
  api:
    build: .
    deploy:
      placement:
        constraints: [node.role == worker]
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers/configuration/smart-placement/"},
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Nothing is to be done.", "deploy.endpoint_mode", "deploy.labels", "deploy.placement", "deploy.rollback_config", "deploy.update_config")
		},
	}
}
