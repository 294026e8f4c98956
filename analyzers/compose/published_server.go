package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

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
		Links:        []string{routingPage},
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
