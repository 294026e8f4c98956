package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func networkMode() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-network-mode", Category: model.CategoryNetwork, Severity: model.Major,
		Title: "Network of the host or of another container",
		What:  "`network_mode: host`, `service:NAME` or `container:NAME`.",
		Why: "With the host's network every port the program opens is open to the world, and `localhost` is the host with all its other programs. " +
			"With another container's network `localhost` reaches that container. A Worker has a loopback of its own: `localhost` is only itself.",
		Remedy: "Call other services by their Compose names; each name leads to the Worker that stands in for it.",
		Bad: `services:
  api:
    build: .
    network_mode: host
`,
		Good: `services:
  api:
    build: .
    ports: ["8080:3000"]
`,
		Since:        checked,
		CheckService: checkNetworkMode,
	}
}

func checkNetworkMode(p *analysis.ServicePass) {
	k, ok := key(p.Service, "network_mode")
	if !ok {
		return
	}
	kind, name, _ := strings.Cut(k.Value, ":")
	switch kind {
	case "host":
		p.Report(k.Span, "The service shares the host's network; in a Worker `localhost` is only itself, and only one HTTP port is reached from outside",
			"Call other services by their names instead of `localhost`.")
	case "service", "container":
		p.Report(k.Span, fmt.Sprintf("The service shares the network of %s; in a Worker `localhost` is only itself", name),
			fmt.Sprintf("Call %s by its name instead of `localhost`.", name))
	case "none":
		p.Report(k.Span, "The service has no network; a Worker can always make requests", "Nothing is to be done, unless the isolation matters.").Severity = model.Info
	}
}
