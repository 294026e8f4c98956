package dockerfile

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func startWait() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-start-wait", Category: model.CategoryLifecycle, Severity: model.Info,
		Title:  "Waiting before the program starts",
		What:   "wait-for-it, wait-port, `until nc -z …` and the like in front of the program.",
		Why:    "The services of the project need not be waited for: what a Worker calls is started by the call. The wait is left out.",
		Remedy: "Nothing is to be done.",
		Bad: `-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
CMD ["sh", "-c", "npx wait-port db:5432 && node app.js"]
-- app.js --
console.log("ready");
`,
		Good: `-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
CMD ["sh", "-c", "node app.js"]
-- app.js --
console.log("ready");
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			before(p, "wait", "`%s` waits for another service before the program starts; it is left out", "Nothing is to be done.")
		},
	}
}
