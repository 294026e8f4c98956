package compose

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func udpPort() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-udp-port", Category: model.CategoryListen, Severity: model.Major,
		Title:  "UDP port",
		What:   "A port with protocol `udp` in `ports` or `expose`.",
		Why:    "No datagram reaches a Worker, neither from outside nor from another service: node:dgram can be imported, but binds nothing.",
		Remedy: "Keep the UDP server on a host (Cloudflare Spectrum can stand before it), or speak HTTP or WebSocket instead.",
		Bad: `services:
  api:
    build: .
    ports: ["514:514/udp"]
`,
		Good: `services:
  api:
    build: .
    ports: ["8080:3000"]
`,
		Since:        checked,
		CheckService: checkUDPPort,
	}
}

func checkUDPPort(p *analysis.ServicePass) {
	for _, port := range slices.Concat(p.Service.Ports, p.Service.Expose) {
		if port.Protocol == "udp" {
			p.Report(port.Span, fmt.Sprintf("Port %d is UDP; no datagram reaches a Worker", port.Target),
				"Keep the UDP server on a host, or speak HTTP or WebSocket instead.", model.Need{Kind: model.NeedNative, Detail: "udp"})
		}
	}
}
