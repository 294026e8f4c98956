package dockerfile

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func startSetup() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-start-setup", Category: model.CategoryLifecycle, Severity: model.Minor,
		Title: "Preparation before the program starts",
		What:  "Commands in an entry point or start script that run before the program and are neither a migration nor a wait: files made from templates, builds, copies, permissions.",
		Why: "No other program is started in an isolate, so the command does not run. What it makes when the container starts has to be there when the " +
			"Worker is built.",
		Remedy: "Move the command into the Dockerfile or a build script of package.json. Values that differ from place to place come as variables.",
		Bad: `-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
ENTRYPOINT ["./start.sh"]
-- start.sh --
#!/bin/sh
envsubst < config.tpl > config.json
exec node app.js
-- config.tpl --
{"api": "$API"}
-- app.js --
console.log("ready");
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
			const remedy = "Do it when the Worker is built: in the Dockerfile or a build script."
			before(p, "setup", "`%s` runs before the program; no other program is started in an isolate, so it does not run", remedy)
			before(p, "build", "`%s` makes files when the container starts; in an isolate it does not run, so they have to be there before", remedy)
		},
	}
}
