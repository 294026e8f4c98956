package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func healthcheck() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-healthcheck", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "Health check of a service",
		What:  "A `healthcheck` in the Compose file.",
		Why: "Nothing polls a Worker, and no command runs beside it. What the check is for happens otherwise: a request waits until the app listens. " +
			"`dock2edge verify` asks the check's address before it sends anything else.",
		Remedy: "Use a monitoring service on the check's address in production.",
		Bad: `services:
  api:
    build: .
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:3000/healthz"]
`,
		Good: `services:
  api:
    build: .
    healthcheck:
      disable: true
`,
		Since:        checked,
		CheckService: checkHealthcheck,
	}
}

func checkHealthcheck(p *analysis.ServicePass) {
	h := p.Service.Healthcheck
	if h == nil || h.Disabled || h.FromImage || !becomesWorker(p.Service) {
		return
	}
	if h.URLPath != "" {
		p.Report(h.Span, fmt.Sprintf("The health check asks %s; `dock2edge verify` asks it too, and nothing polls it in production", h.URLPath),
			"Use a monitoring service in production.")
		return
	}
	p.Report(h.Span, "The health check runs a command; none runs beside a Worker, so `dock2edge verify` asks / instead",
		"Give the app a path that says whether it is healthy.")
}

func restart() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-restart", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "Restart policy",
		What:  "`restart` or `deploy.restart_policy`.",
		Why: "A Worker is started by a request and ends by itself. An app that exits or crashes is started again by the next request, whatever the policy " +
			"says, without delays and without counting.",
		Remedy: "Nothing is to be done. A service that must not be started again after an error has to remember that itself.",
		Bad: `services:
  api:
    build: .
    restart: unless-stopped
`,
		Good: `services:
  api:
    build: .
`,
		Since:        checked,
		CheckService: checkRestart,
	}
}

func checkRestart(p *analysis.ServicePass) {
	if !becomesWorker(p.Service) {
		return
	}
	for _, path := range []string{"restart", "deploy.restart_policy"} {
		k, ok := key(p.Service, path)
		if !ok {
			continue
		}
		message := "The restart policy is replaced: an app that exits is started again by the next request"
		if policy := p.Service.Restart; path == "restart" && (policy == "no" || strings.HasPrefix(policy, "on-failure")) {
			message = fmt.Sprintf("`restart: %s` is replaced: an app that exits is started again by the next request, however it ended", policy)
		}
		p.Report(k.Span, message, "Nothing is to be done.")
	}
}

func dependsOn() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-depends-on", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "Start order",
		What:  "`depends_on` with the conditions `service_started` and `service_healthy`.",
		Why: "Nothing starts in an order: a Worker starts when the first request for it arrives, and a service that it calls starts then. The first request " +
			"waits for all of them.",
		Remedy: "Nothing is to be done. An app that gives up when its database does not answer at once should try again.",
		Bad: `services:
  api:
    build: .
    depends_on: [db]
  db:
    image: postgres:16
`,
		Good: `services:
  api:
    build: .
  db:
    image: postgres:16
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			for _, d := range p.Service.DependsOn {
				if d.Condition != "service_completed_successfully" {
					p.Report(d.Span, fmt.Sprintf("The service starts after %s; a Worker starts with its first request, and %s when it is first asked", d.Service, d.Service),
						"Nothing is to be done.")
				}
			}
		},
	}
}

func dependsOnCompleted() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-depends-on-completed", Category: model.CategoryLifecycle, Severity: model.Major,
		Title: "Waiting for a job that runs once",
		What:  "`depends_on` with the condition `service_completed_successfully`.",
		Why: "The other service is a job: it runs to its end (migrations, seeds, assets) before this one starts. Nothing runs a job when a Worker is " +
			"deployed, so what it does would be missing.",
		Remedy: "Run the job in the deployment, before `wrangler deploy`: as an npm script, or as a step of the pipeline.",
		Bad: `services:
  api:
    build: .
    depends_on:
      migrate:
        condition: service_completed_successfully
  migrate:
    build: .
    command: node migrate.js
`,
		Good: `services:
  api:
    build: .
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:16
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			for _, d := range p.Service.DependsOn {
				if d.Condition == "service_completed_successfully" {
					p.Report(d.Span, fmt.Sprintf("The service waits until %s has run to its end; nothing runs it when Workers are deployed", d.Service),
						fmt.Sprintf("Run what %s does as a step of the deployment, before `wrangler deploy`.", d.Service))
				}
			}
		},
	}
}

func hooks() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-hooks", Category: model.CategoryLifecycle, Severity: model.Minor,
		Title:  "Commands around a container's life",
		What:   "`post_start`, `pre_start` and `pre_stop`.",
		Why:    "There is no container to run a command in, and nothing tells a Worker that it stops.",
		Remedy: "Run the commands as steps of the deployment.",
		Bad: `services:
  api:
    build: .
    post_start:
      - command: ./warm-up.sh
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Run the commands as steps of the deployment.", "post_start", "pre_start", "pre_stop")
		},
	}
}

func stopSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-stop-settings", Category: model.CategoryLifecycle, Severity: model.Info,
		Title:  "How the container is stopped",
		What:   "`stop_signal` and `stop_grace_period`.",
		Why:    "No signal reaches a Worker: it ends without being asked. What the app does on SIGTERM does not happen.",
		Remedy: "Write what must survive when it is made, not when the app ends.",
		Bad: `services:
  api:
    build: .
    stop_grace_period: 30s
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Write what must survive when it is made, not when the app ends.", "stop_signal", "stop_grace_period")
		},
	}
}

func profiles() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-profiles", Category: model.CategoryCompose, Severity: model.Info,
		Title:  "Service of a profile",
		What:   "A service with `profiles`, which Compose starts only when one of them is asked for.",
		Why:    "There are no profiles after the move. The service is judged and converted like the others.",
		Remedy: "Deploy only the Workers that are wanted: each is a folder of its own.",
		Bad: `services:
  api:
    build: .
  admin:
    build: .
    profiles: [debug]
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			if len(p.Service.Profiles) > 0 {
				p.Report(p.Service.KeySpan("profiles"), fmt.Sprintf("Compose starts the service only with the profile %s; it is judged and converted like the others", strings.Join(p.Service.Profiles, " or ")),
					"Deploy only the Workers that are wanted.")
			}
		},
	}
}

func unknownImage() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-unknown-image", Category: model.CategoryCompose, Severity: model.Major,
		Title: "Image that is not known",
		What:  "A service that runs an image from a registry of which nothing is known: it is built nowhere in the project, and it is no well-known server.",
		Why: "What the image runs cannot be seen, so it cannot become a Worker. The service is kept outside, and the others need its address; " +
			"a container on Cloudflare is the other choice.",
		Remedy: "Add `build:` if the image's source is at hand. Else choose with `--answers` between a container and a server elsewhere.",
		Bad: `services:
  billing:
    image: registry.example.com/team/billing:4
`,
		Good: `services:
  db:
    image: postgres:16
  billing:
    build: .
    image: registry.example.com/team/billing:4
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/containers/"},
		CheckService: func(p *analysis.ServicePass) {
			s := p.Service
			if s.Build != nil || s.ImageRef == "" || s.Entry == nil || !slices.Contains([]string{"unknown", ""}, s.Entry.Kind) {
				return
			}
			p.Report(s.ImageSpan, fmt.Sprintf("Nothing is known of the image %s, so it cannot become a Worker", s.ImageRef),
				"Add `build:` if its source is at hand; else it is kept outside or becomes a container.")
		},
	}
}
