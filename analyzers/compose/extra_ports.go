package compose

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func extraPorts() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-extra-ports", Category: model.CategoryListen, Severity: model.Minor,
		Title: "Several published ports",
		What:  "A service that publishes more than one TCP port.",
		Why: "A Worker has one address and answers HTTP there. Of several ports one becomes that address; the others stay reachable for the other " +
			"services of the project, not from outside.",
		Remedy: "Serve everything on one port under different paths or host names, or split the service.",
		Bad: `services:
  api:
    build: .
    ports: ["8080:3000", "9090:9090"]
`,
		Good: `services:
  api:
    build: .
    ports: ["8080:3000"]
    expose: ["9090"]
`,
		Since:        checked,
		Links:        []string{routingPage},
		CheckService: checkExtraPorts,
	}
}

func checkExtraPorts(p *analysis.ServicePass) {
	var targets []int
	var published []model.Port
	for _, port := range p.Service.Ports {
		if port.Protocol != "udp" && !isDebugPort(port.Target) && !slices.Contains(targets, port.Target) {
			targets = append(targets, port.Target)
			published = append(published, port)
		}
	}
	if len(published) < 2 || !becomesWorker(p.Service) {
		return
	}
	for _, port := range published[1:] {
		p.Report(port.Span, fmt.Sprintf("Port %d is published beside %d; a Worker has one address, so only one of %d ports is reached from outside", port.Target, published[0].Target, len(published)),
			"Serve everything on one port under different paths, or split the service.", model.Need{Kind: model.NeedHTTP, Detail: fmt.Sprint(port.Target)})
	}
}
