package dockerfile

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func stopSignal() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-stopsignal", Category: model.CategoryLifecycle, Severity: model.Info,
		Title:  "Signal that stops the container",
		What:   "`STOPSIGNAL` in the final image.",
		Why:    "No signal reaches a Worker: it ends without being asked.",
		Remedy: "Write what must survive when it is made, not when the app ends.",
		Bad: `FROM node:22
COPY . .
STOPSIGNAL SIGINT
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(finalStages(p.Service), "STOPSIGNAL", func(_ *model.Stage, i *model.Instruction) {
				p.Report(i.Span, fmt.Sprintf("The container is stopped with %s; no signal reaches a Worker", shorten(i.Text)),
					"Write what must survive when it is made, not when the app ends.")
			})
		},
	}
}
