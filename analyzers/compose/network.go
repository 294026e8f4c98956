package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func extraHosts() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-extra-hosts", Category: model.CategoryNetwork, Severity: model.Major,
		Title: "Names in the hosts file",
		What:  "`extra_hosts`.",
		Why: "A Worker resolves names with Cloudflare's resolver and has no hosts file: the name is unknown, and private addresses cannot be reached. " +
			"`host-gateway` stands for the machine that Docker runs on, which is not there any more.",
		Remedy: "Put an address that is reachable from the internet into the variable that holds the name, or connect the private network with Cloudflare Tunnel.",
		Bad: `services:
  api:
    build: .
    extra_hosts: ["host.docker.internal:host-gateway"]
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers-vpc/"},
		CheckService: func(p *analysis.ServicePass) {
			for _, k := range items(p.Service, "extra_hosts") {
				name, address := hostEntry(k)
				message := fmt.Sprintf("The name %s is given the address %s; a Worker has no hosts file, so the name is unknown", name, address)
				if address == "host-gateway" {
					message = fmt.Sprintf("The name %s stands for the machine that Docker runs on; nothing of it is beside a Worker", name)
				}
				p.Report(k.Span, message, "Put a public address into the variable that holds the name, or use Cloudflare Tunnel.")
			}
		},
	}
}

// hostEntry splits an entry of extra_hosts: "name:address", "name=address", or the key extra_hosts.name with the address.
func hostEntry(k model.Key) (name, address string) {
	if after, ok := strings.CutPrefix(k.Path, "extra_hosts."); ok {
		name, _, _ = strings.Cut(after, "[")
		return name, k.Value
	}
	if name, address, ok := strings.Cut(k.Value, "="); ok {
		return name, address
	}
	name, address, _ = strings.Cut(k.Value, ":")
	return name, address
}

func dns() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-dns", Category: model.CategoryNetwork, Severity: model.Minor,
		Title:  "Resolver of the project's own",
		What:   "`dns`, `dns_search` and `dns_opt`.",
		Why:    "A Worker resolves names with Cloudflare's own resolver. Names that only the given server knows are unknown.",
		Remedy: "Use public names, or connect the private network with Cloudflare Tunnel.",
		Bad: `services:
  api:
    build: .
    dns: 10.0.0.53
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Use public names for what the service calls.", "dns", "dns_search", "dns_opt")
		},
	}
}

func links() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-links", Category: model.CategoryNetwork, Severity: model.Info,
		Title:  "Links to other services",
		What:   "`links` and `external_links`.",
		Why:    "A link gives another service a second name; the Worker knows it too. An external link names a container of another project, which a Worker cannot reach.",
		Remedy: "Nothing is to be done for links. For an external link put the service's public address into a variable.",
		Bad: `services:
  api:
    build: .
    links: ["db:database"]
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
			for _, k := range items(p.Service, "links") {
				service, alias, ok := strings.Cut(k.Value, ":")
				if !ok {
					alias = service
				}
				p.Report(k.Span, fmt.Sprintf("%s is a name for the service %s here; it stays one", alias, service), "Nothing is to be done.")
			}
			for _, k := range items(p.Service, "external_links") {
				p.Report(k.Span, fmt.Sprintf("%s is a container of another project; a Worker cannot reach it by that name", k.Value),
					"Put the service's public address into a variable.").Severity = model.Major
			}
		},
	}
}

func staticAddress() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-static-address", Category: model.CategoryNetwork, Severity: model.Minor,
		Title:  "Fixed network address",
		What:   "`ipv4_address`, `ipv6_address`, `link_local_ips` or `mac_address` of a service.",
		Why:    "A Worker has no network interface and no address inside the project. Code that calls the service by the address finds nothing.",
		Remedy: "Call the service by its name.",
		Bad: `services:
  api:
    build: .
    networks:
      back:
        ipv4_address: 172.20.0.5
networks:
  back:
`,
		Good: `services:
  api:
    build: .
    networks: [back]
networks:
  back:
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			for _, k := range p.Service.Keys {
				last := k.Path[strings.LastIndexByte(k.Path, '.')+1:]
				if k.Value != "" && (last == "ipv4_address" || last == "ipv6_address" || last == "mac_address") {
					p.Report(k.Span, fmt.Sprintf("The service has the address %s; a Worker has none", k.Value), "Call the service by its name.")
				}
			}
		},
	}
}

func externalResource() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-external-resource", Category: model.CategoryCompose, Severity: model.Minor,
		Title: "Network or volume from outside of the project",
		What:  "Top-level networks, volumes and configs with `external: true`.",
		Why: "They belong to somebody else: on an external network there are services of other projects, an external volume or config has content that is " +
			"not in the repository. None of it is there after the move.",
		Remedy: "Find out who else uses it. Services of other projects need public addresses, content has to be copied.",
		Bad: `services:
  api:
    build: .
    networks: [shared]
networks:
  shared:
    external: true
`,
		Good: `services:
  api:
    build: .
    networks: [own]
networks:
  own:
`,
		Since: checked,
		CheckProject: func(p *analysis.ProjectPass) {
			for _, n := range p.Project.Networks {
				if n.External {
					p.Report(n.Span, fmt.Sprintf("The network %s belongs to others; services on it that are not in this project are out of a Worker's reach", n.Name),
						"Give public addresses of such services as variables.")
				}
			}
			for _, v := range p.Project.Volumes {
				if v.External {
					p.Report(v.Span, fmt.Sprintf("The volume %s belongs to others; its content is not copied", v.Name), "Copy what is needed by hand, or into R2.")
				}
			}
			for _, c := range p.Project.Configs {
				if c.External {
					p.Report(c.Span, fmt.Sprintf("The text of the config %s is not in the project, so the Worker will not have it", c.Name),
						"Put the text into a file of the repository.")
				}
			}
		},
	}
}

func logging() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-logging", Category: model.CategoryCompose, Severity: model.Minor,
		Title: "Where logs go",
		What:  "`logging`.",
		Why: "What the app writes to stdout and stderr becomes the Worker's log, seen with `wrangler tail` and kept by Workers Logs. A driver that sends " +
			"the log to another system (fluentd, gelf, syslog, awslogs, …) has nobody who runs it.",
		Remedy: "Workers Logpush, Tail Workers or OpenTelemetry export send logs on.",
		Bad: `services:
  api:
    build: .
    logging:
      driver: fluentd
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers/observability/logs/"},
		CheckService: func(p *analysis.ServicePass) {
			k, ok := key(p.Service, "logging")
			if !ok || !becomesWorker(p.Service) {
				return
			}
			driver, _ := key(p.Service, "logging.driver")
			if slices.Contains([]string{"", "json-file", "local", "none", "journald"}, driver.Value) {
				p.Report(k.Span, "The settings of the log are dropped; Workers Logs keep what the app writes", "Nothing is to be done.").Severity = model.Info
				return
			}
			p.Report(driver.Span, fmt.Sprintf("The log is sent on by the driver %s; after the move Workers Logs keep what the app writes, and nothing sends it on", driver.Value),
				"Set up Logpush, a Tail Worker or OpenTelemetry export.")
		},
	}
}
