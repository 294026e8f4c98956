package compose

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

// portsOverHTTP is what a Worker answers on from outside.
const portsOverHTTP = "https://developers.cloudflare.com/workers/configuration/routing/"

func udpPort() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-udp-port", Category: model.CategoryListen, Severity: model.Major,
		Title:  "UDP port",
		What:   "A port with protocol `udp` in `ports` or `expose`.",
		Why:    "No datagram reaches a Worker, neither from outside nor from another service: node:dgram can be imported, but binds nothing.",
		Remedy: "Keep the UDP server on a host (Cloudflare Spectrum can stand before it), or speak HTTP or WebSocket instead.",
		Bad: `services:
  api:
    build: .
    ports: ["514:514/udp"]
`,
		Good: `services:
  api:
    build: .
    ports: ["8080:3000"]
`,
		Since:        checked,
		CheckService: checkUDPPort,
	}
}

func checkUDPPort(p *analysis.ServicePass) {
	for _, port := range slices.Concat(p.Service.Ports, p.Service.Expose) {
		if port.Protocol == "udp" {
			p.Report(port.Span, fmt.Sprintf("Port %d is UDP; no datagram reaches a Worker", port.Target),
				"Keep the UDP server on a host, or speak HTTP or WebSocket instead.", model.Need{Kind: model.NeedNative, Detail: "udp"})
		}
	}
}

func extraPorts() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-extra-ports", Category: model.CategoryListen, Severity: model.Minor,
		Title: "Several published ports",
		What:  "A service that publishes more than one TCP port.",
		Why: "A Worker has one address and answers HTTP there. Of several ports one becomes that address; the others stay reachable for the other " +
			"services of the project, not from outside.",
		Remedy: "Serve everything on one port under different paths or host names, or split the service.",
		Bad: `services:
  api:
    build: .
    ports: ["8080:3000", "9090:9090"]
`,
		Good: `services:
  api:
    build: .
    ports: ["8080:3000"]
    expose: ["9090"]
`,
		Since:        checked,
		Links:        []string{portsOverHTTP},
		CheckService: checkExtraPorts,
	}
}

func checkExtraPorts(p *analysis.ServicePass) {
	var targets []int
	var published []model.Port
	for _, port := range p.Service.Ports {
		if port.Protocol != "udp" && !isDebugPort(port.Target) && !slices.Contains(targets, port.Target) {
			targets = append(targets, port.Target)
			published = append(published, port)
		}
	}
	if len(published) < 2 || !becomesWorker(p.Service) {
		return
	}
	for _, port := range published[1:] {
		p.Report(port.Span, fmt.Sprintf("Port %d is published beside %d; a Worker has one address, so only one of %d ports is reached from outside", port.Target, published[0].Target, len(published)),
			"Serve everything on one port under different paths, or split the service.", model.Need{Kind: model.NeedHTTP, Detail: fmt.Sprint(port.Target)})
	}
}

func debugPort() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-debug-port", Category: model.CategoryListen, Severity: model.Info,
		Title:  "Published port of a debugger",
		What:   "A published port on which Node's inspector listens by convention (9229 and its neighbours, 5858).",
		Why:    "A Worker opens no inspector port by itself.",
		Remedy: "`wrangler dev` has its own: press `d` there.",
		Bad: `services:
  api:
    build: .
    ports: ["8080:3000", "9229:9229"]
`,
		Good: `services:
  api:
    build: .
    ports: ["8080:3000"]
`,
		Since:        checked,
		CheckService: checkDebugPort,
	}
}

func isDebugPort(port int) bool { return port >= 9229 && port <= 9239 || port == 5858 }

func checkDebugPort(p *analysis.ServicePass) {
	for _, port := range p.Service.Ports {
		if isDebugPort(port.Target) {
			p.Report(port.Span, fmt.Sprintf("Port %d is a debugger's; it is dropped", port.Target), "Debug with `wrangler dev` and press `d`.")
		}
	}
}

func publishedServer() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-published-server", Category: model.CategoryListen, Severity: model.Minor,
		Title: "Published port that does not speak HTTP",
		What:  "A published port whose protocol is known not to be HTTP: databases, caches, queues, mail, SSH and the like.",
		Why: "From outside a Worker is reached by HTTP only; raw TCP from the internet is not passed on. The services of the project still reach " +
			"each other by TCP.",
		Remedy: "For administration connect to what took the server's place. Clients outside of the project need another way in: an HTTP interface, " +
			"or the server kept outside.",
		Bad: `services:
  db:
    image: postgres:16
    ports: ["5432:5432"]
`,
		Good: `services:
  db:
    image: postgres:16
`,
		Since:        checked,
		Links:        []string{portsOverHTTP},
		CheckService: checkPublishedServer,
	}
}

// protocols are ports that are almost never HTTP, with what speaks there.
func protocols() map[int]string {
	return map[int]string{
		21: "FTP", 22: "SSH", 23: "Telnet", 25: "SMTP", 53: "DNS", 110: "POP3", 143: "IMAP", 389: "LDAP", 465: "SMTP", 587: "SMTP", 636: "LDAP",
		993: "IMAP", 995: "POP3", 1025: "SMTP", 1433: "SQL Server", 1521: "Oracle", 1883: "MQTT", 2181: "ZooKeeper", 3306: "MySQL", 3307: "MySQL",
		4222: "NATS", 5432: "PostgreSQL", 5433: "PostgreSQL", 5671: "AMQP", 5672: "AMQP", 6379: "Redis", 6380: "Redis", 7687: "Bolt", 8883: "MQTT",
		9042: "Cassandra", 9092: "Kafka", 9093: "Kafka", 9094: "Kafka", 11211: "memcached", 26379: "Redis Sentinel", 27017: "MongoDB",
		27018: "MongoDB", 28015: "RethinkDB", 33060: "MySQL",
	}
}

func checkPublishedServer(p *analysis.ServicePass) {
	for _, port := range p.Service.Ports {
		if protocol := protocols()[port.Target]; protocol != "" && port.Protocol != "udp" {
			p.Report(port.Span, fmt.Sprintf("Port %d speaks %s and is published; from outside a Worker is reached by HTTP only", port.Target, protocol),
				"Remove the port if only this project's services use it; they reach it inside.", model.Need{Kind: model.NeedTCPListen, Detail: fmt.Sprint(port.Target)})
		}
	}
}
