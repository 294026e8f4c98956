package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func debugPort() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-debug-port", Category: model.CategoryListen, Severity: model.Info,
		Title:  "Published port of a debugger",
		What:   "A published port on which Node's inspector listens by convention (9229 and its neighbours, 5858).",
		Why:    "A Worker opens no inspector port by itself.",
		Remedy: "`wrangler dev` has its own: press `d` there.",
		Bad: `services:
  api:
    build: .
    ports: ["8080:3000", "9229:9229"]
`,
		Good: `services:
  api:
    build: .
    ports: ["8080:3000"]
`,
		Since:        checked,
		CheckService: checkDebugPort,
	}
}

func checkDebugPort(p *analysis.ServicePass) {
	for _, port := range p.Service.Ports {
		if isDebugPort(port.Target) {
			p.Report(port.Span, fmt.Sprintf("Port %d is a debugger's; it is dropped", port.Target), "Debug with `wrangler dev` and press `d`.")
		}
	}
}

// isDebugPort tells of the ports of Node's inspector and its old debugger.
func isDebugPort(port int) bool { return port >= 9229 && port <= 9239 || port == 5858 }
