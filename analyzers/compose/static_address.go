package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func staticAddress() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-static-address", Category: model.CategoryNetwork, Severity: model.Minor,
		Title:  "Fixed network address",
		What:   "`ipv4_address`, `ipv6_address`, `link_local_ips` or `mac_address` of a service.",
		Why:    "A Worker has no network interface and no address inside the project. Code that calls the service by the address finds nothing.",
		Remedy: "Call the service by its name.",
		Bad: `services:
  api:
    build: .
    networks:
      back:
        ipv4_address: 172.20.0.5
networks:
  back:
`,
		Good: `services:
  api:
    build: .
    networks: [back]
networks:
  back:
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			for _, k := range p.Service.Keys {
				last := k.Path[strings.LastIndexByte(k.Path, '.')+1:]
				if k.Value != "" && (last == "ipv4_address" || last == "ipv6_address" || last == "mac_address") {
					p.Report(k.Span, fmt.Sprintf("The service has the address %s; a Worker has none", k.Value), "Call the service by its name.")
				}
			}
		},
	}
}
