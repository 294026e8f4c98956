package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func processes() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-several-processes", Category: model.CategoryProcess, Severity: model.Major,
		Title: "Several programs in one container",
		What:  "A container that starts more than one long-running program: supervisord, pm2 with several apps, concurrently, or `&` in a script.",
		Why: "An isolate runs one program. The others are not started, and nothing that they do happens. A process manager in front of one program only " +
			"restarts it, which the next request does as well.",
		Remedy: "Make a service of its own of each program, with its own `command`.",
		Bad: `-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
CMD ["sh", "-c", "node worker.js & node app.js"]
-- app.js --
console.log("ready");
-- worker.js --
setInterval(() => console.log("working"), 1000);
`,
		Good: `-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
CMD ["node", "app.js"]
-- app.js --
console.log("ready");
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			entry := p.Service.Entry
			if entry == nil {
				return
			}
			for _, other := range entry.Others {
				name := other.Name
				if len(other.Argv) > 0 {
					name = strings.Join(other.Argv, " ")
				}
				p.Report(other.Span, fmt.Sprintf("The container also runs %s; an isolate runs one program, so this one is not started", shorten(name)),
					"Make a service of its own of it, with its own `command`.", model.Need{Kind: model.NeedNative, Detail: "processes"})
			}
		},
	}
}
