package dockerfile

import (
	"fmt"
	"path"
	"strings"

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

func startJob() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-start-job", Category: model.CategoryLifecycle, Severity: model.Major,
		Title: "Container that runs a command and ends",
		What:  "A service whose command is a job: a migration, a seed, a build, a script without a server.",
		Why: "`docker compose up` runs it once each time. A Worker runs when a request, a message or a cron trigger reaches it; nothing runs a job because " +
			"something was deployed.",
		Remedy: "Run it as a step of the deployment. A job that repeats becomes a Worker with a cron trigger.",
		Bad: `FROM node:22
WORKDIR /app
COPY . .
CMD ["npx", "prisma", "migrate", "deploy"]
`,
		Good: `FROM node:22
WORKDIR /app
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers/configuration/cron-triggers/"},
		CheckService: func(p *analysis.ServicePass) {
			entry := p.Service.Entry
			if entry == nil || entry.Kind != "script" {
				return
			}
			span := entry.Span
			if span.IsZero() {
				span = p.Service.Span
			}
			argv := entry.Argv
			if len(argv) > 1 && path.Base(argv[0]) == "docker-entrypoint.sh" { // of the base image
				argv = argv[1:]
			}
			message := "The service runs `%s` and ends; nothing runs it when Workers are deployed"
			if r, _ := runtimeOf("", baseOf(p.Service)); r.title != "Node.js" { // a script may hand over to a program of an image that is not here
				message = "`%s` is all that can be seen of what the service runs, and it ends; nothing runs it when Workers are deployed"
			}
			p.Report(span, fmt.Sprintf(message, shorten(strings.Join(argv, " "))),
				"Run it as a step of the deployment, or make it a Worker with a cron trigger.")
		},
	}
}

// before reports the steps of one kind that run before the program.
func before(p *analysis.ServicePass, kind, message, remedy string) {
	entry := p.Service.Entry
	if entry == nil || !becomesWorker(p.Service) {
		return
	}
	for _, step := range entry.Before {
		if step.Kind == kind && !step.Span.IsZero() && !silent(step.Text) {
			p.Report(step.Span, fmt.Sprintf(message, shorten(step.Text)), remedy)
		}
	}
}

// silent are commands of scripts that change nothing that the program could miss.
func silent(text string) bool {
	name, _, _ := strings.Cut(text, " ")
	switch name {
	case "set", "echo", "printf", ":", "true", "date", "cd", "ulimit", "trap", "shift", "test", "[", "sleep", "exit", "return", "pwd", "ls", "id", "whoami", "env", "umask":
		return true
	}
	return false
}

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
