package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func dns() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-dns", Category: model.CategoryNetwork, Severity: model.Minor,
		Title:  "Resolver of the project's own",
		What:   "`dns`, `dns_search` and `dns_opt`.",
		Why:    "A Worker resolves names with Cloudflare's own resolver. Names that only the given server knows are unknown.",
		Remedy: "Use public names, or connect the private network with Cloudflare Tunnel.",
		Bad: `services:
  api:
    build: .
    dns: 10.0.0.53
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Use public names for what the service calls.", "dns", "dns_search", "dns_opt")
		},
	}
}
