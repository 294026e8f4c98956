package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func lowPort() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-setcap", Category: model.CategoryDockerfile, Severity: model.Info,
		Title:  "Capability given to a program",
		What:   "`setcap` in a RUN instruction, mostly to let Node.js listen on a port below 1024.",
		Why:    "No port is special in an isolate, and there are no capabilities.",
		Remedy: "Nothing is to be done.",
		Bad: `FROM node:22
RUN setcap cap_net_bind_service=+ep /usr/local/bin/node
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(finalStages(p.Service), "RUN", func(_ *model.Stage, i *model.Instruction) {
				for _, c := range commandsOf(i) {
					if c.name() == "setcap" {
						p.Report(i.Span, fmt.Sprintf("`%s` is dropped; no port is special in an isolate", shorten(strings.Join(c, " "))), "Nothing is to be done.")
					}
				}
			})
		},
	}
}
