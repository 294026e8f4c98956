package dockerfile

import (
	"fmt"
	"path"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

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
