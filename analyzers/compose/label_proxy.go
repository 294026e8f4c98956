package compose

import (
	"fmt"
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
		Links:        []string{routingPage},
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
