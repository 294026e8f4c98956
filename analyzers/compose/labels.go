package compose

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func labelProxy() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-label-proxy", Category: model.CategoryNetwork, Severity: model.Minor,
		Title: "Routes in labels",
		What:  "Labels that a reverse proxy reads from the container engine: Traefik, caddy-docker-proxy, nginx-proxy.",
		Why: "The labels say under which host names and paths the service is reached, and what is done to requests on the way. The proxy that reads them is " +
			"gone; a Worker has routes and custom domains in wrangler.jsonc, and middleware has to be code.",
		Remedy: "Write the rule's host as a route or custom domain. Prefixes that are stripped, redirects and passwords go into the gateway or the app.",
		Bad: `services:
  api:
    build: .
    labels:
      - traefik.http.routers.api.rule=Host(` + "`api.example.com`" + `)
`,
		Good: `services:
  api:
    build: .
    labels:
      - com.example.team=shop
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/workers/configuration/routing/"},
		CheckService: checkLabelProxy,
	}
}

func checkLabelProxy(p *analysis.ServicePass) {
	for _, l := range p.Service.Labels {
		name := strings.ToLower(l.Name)
		switch {
		case strings.HasPrefix(name, "traefik.") && strings.HasSuffix(name, ".rule"):
			p.Report(l.Span, fmt.Sprintf("Traefik sends requests for %s here; nothing reads the label after the move", l.Value),
				"Write the host as a route or custom domain in wrangler.jsonc.")
		case strings.HasPrefix(name, "traefik.") && strings.Contains(name, ".middlewares.") && strings.Contains(name, "auth"):
			p.Report(l.Span, "Traefik asks for credentials before it passes a request on; after the move nobody does",
				"Put Cloudflare Access before the Worker, or check credentials in the app.").Severity = model.Major
		case strings.HasPrefix(name, "traefik.") && strings.Contains(name, ".middlewares."):
			p.Report(l.Span, fmt.Sprintf("Traefik changes requests on the way (%s); after the move nobody does", strings.TrimPrefix(name, "traefik.http.middlewares.")),
				"Do it in the gateway or the app.")
		case name == "caddy" || name == "caddy_0":
			p.Report(l.Span, fmt.Sprintf("Caddy sends requests for %s here; nothing reads the label after the move", l.Value),
				"Write the host as a route or custom domain in wrangler.jsonc.")
		}
	}
	for _, v := range p.Service.Environment {
		if v.Name == "VIRTUAL_HOST" && v.Value != "" {
			p.Report(v.Span, fmt.Sprintf("nginx-proxy sends requests for %s here; nothing reads the variable after the move", v.Value),
				"Write the host as a route or custom domain in wrangler.jsonc.")
		}
	}
}

func labelSchedule() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-label-schedule", Category: model.CategoryTimers, Severity: model.Major,
		Title:  "Schedule in labels",
		What:   "Labels that a scheduler reads from the container engine: Ofelia, swarm-cronjob, docker-crontab, chadburn.",
		Why:    "The scheduler starts a command in the container at the given times. It is gone, and no command runs beside a Worker.",
		Remedy: "Make the job a path or function of the app and call it from a cron trigger of a Worker.",
		Bad: `services:
  api:
    build: .
    labels:
      ofelia.enabled: "true"
      ofelia.job-exec.cleanup.schedule: "@every 1h"
      ofelia.job-exec.cleanup.command: node cleanup.js
`,
		Good: `services:
  api:
    build: .
    labels:
      com.example.schedule: weekdays
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/workers/configuration/cron-triggers/"},
		CheckService: checkLabelSchedule,
	}
}

var scheduleLabel = regexp.MustCompile(`^(ofelia|chadburn)\..*\.schedule$|^swarm\.cronjob\.schedule$|^(crontab|cron)\..*\.?schedule$`)

func checkLabelSchedule(p *analysis.ServicePass) {
	for _, l := range p.Service.Labels {
		if scheduleLabel.MatchString(strings.ToLower(l.Name)) {
			p.Report(l.Span, fmt.Sprintf("A job runs here by the schedule %q; nothing reads the label after the move, so it does not run", l.Value),
				"Call what the job does from a cron trigger.", model.Need{Kind: model.NeedSchedule, Detail: l.Value})
		}
	}
}

func labels() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-labels", Category: model.CategoryCompose, Severity: model.Info,
		Title:  "Labels",
		What:   "Labels of a service that neither route nor schedule anything: metadata, and those of updaters and dashboards.",
		Why:    "There is no container to carry them and nobody who reads them.",
		Remedy: "Nothing is to be done. Where a tool reads them, ask what it did: updates (Watchtower) come with `wrangler deploy`.",
		Bad: `services:
  api:
    build: .
    labels:
      com.example.team: shop
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			var names []string
			for _, l := range p.Service.Labels {
				name := strings.ToLower(l.Name)
				if !strings.HasPrefix(name, "traefik.") && !strings.HasPrefix(name, "caddy") && !strings.HasPrefix(name, "ofelia.") &&
					!strings.HasPrefix(name, "chadburn.") && !scheduleLabel.MatchString(name) {
					names = append(names, l.Name)
				}
			}
			if len(names) > 0 {
				p.Report(p.Service.KeySpan("labels"), fmt.Sprintf("Labels are dropped, nothing reads them: %s", strings.Join(names, ", ")), "Nothing is to be done.")
			}
		},
	}
}
