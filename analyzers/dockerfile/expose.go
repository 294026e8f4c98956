package dockerfile

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func expose() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-expose", Category: model.CategoryListen, Severity: model.Info,
		Title: "Port declared by the image",
		What:  "`EXPOSE` in the final image.",
		Why: "The declaration opens nothing, in Docker neither. The port that the program really listens on is where requests go; that of `EXPOSE` is only " +
			"used where it could not be seen. A UDP port receives nothing in a Worker.",
		Remedy: "Nothing is to be done.",
		Bad: `FROM node:22
COPY . .
EXPOSE 3000
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			if p.Service.Image == nil || p.Service.Image.Target == nil || !becomesWorker(p.Service) {
				return
			}
			for _, port := range p.Service.Image.Target.Expose {
				if port.Protocol == "udp" {
					p.Report(port.Span, fmt.Sprintf("The image declares the UDP port %d; no datagram reaches a Worker", port.Target),
						"Keep the UDP server on a host, or speak HTTP instead.").Severity = model.Major
					continue
				}
				p.Report(port.Span, fmt.Sprintf("The image declares port %d; the port that the program listens on counts", port.Target), "Nothing is to be done.")
			}
		},
	}
}
