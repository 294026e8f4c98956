package dockerfile

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func healthcheck() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-healthcheck", Category: model.CategoryLifecycle, Severity: model.Info,
		Title:  "Health check of the image",
		What:   "`HEALTHCHECK` in the final image, unless Compose has its own.",
		Why:    "Nothing polls a Worker, and no command runs beside it. A request waits until the app listens; `dock2edge verify` asks the check's address first.",
		Remedy: "Use a monitoring service on the check's address in production.",
		Bad: `FROM node:22
COPY . .
HEALTHCHECK CMD curl -f http://localhost:3000/healthz
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
HEALTHCHECK NONE
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			if p.Service.Image == nil || p.Service.Image.Target == nil || !becomesWorker(p.Service) {
				return
			}
			h := p.Service.Image.Target.Healthcheck
			if h == nil || h.Disabled || p.Service.Healthcheck != nil && !p.Service.Healthcheck.FromImage {
				return
			}
			message := "The image's health check runs a command; none runs beside a Worker"
			if own := p.Service.Healthcheck; own != nil && own.URLPath != "" {
				message = fmt.Sprintf("The image's health check asks %s; `dock2edge verify` asks it too, and nothing polls it in production", own.URLPath)
			}
			p.Report(h.Span, message, "Use a monitoring service in production.")
		},
	}
}
