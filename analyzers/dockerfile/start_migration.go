package dockerfile

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func startMigration() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-start-migration", Category: model.CategoryLifecycle, Severity: model.Major,
		Title: "Migration before the program starts",
		What:  "An entry point, start script or package script that changes the database's schema or fills tables before it starts the program.",
		Why: "A container starts once in a while, by somebody's doing. A Worker is started by requests, anywhere and often, and starts no other program: the " +
			"migration does not run.",
		Remedy: "Run it as a step of the deployment, before `wrangler deploy`, from a machine that reaches the database.",
		Bad: `-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
ENTRYPOINT ["./start.sh"]
-- start.sh --
#!/bin/sh
set -e
npx prisma migrate deploy
exec node app.js
-- app.js --
console.log("ready");
`,
		Good: `-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
ENTRYPOINT ["./start.sh"]
-- start.sh --
#!/bin/sh
exec node app.js
-- app.js --
console.log("ready");
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			before(p, "migration", "`%s` runs before the program; nothing runs it when a Worker starts",
				"Run it as a step of the deployment, before `wrangler deploy`.")
		},
	}
}
