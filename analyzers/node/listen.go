package node

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func listenSeveral() *analysis.Rule {
	return &analysis.Rule{
		Name: "listen-several", Category: model.CategoryListen, Severity: model.Minor,
		Title: "Several HTTP ports",
		What:  "A service whose code listens on more than one HTTP port: an admin interface, metrics, a health check beside the API.",
		Why: "From outside a Worker has one address and no ports: requests reach the port that Compose publishes first. Other services of the " +
			"project reach every port under the service's name, as in Compose.",
		Remedy:       "Nothing has to be done for ports that only other services use. Serve what the outside needs on the main port, or make a service of its own of it.",
		Bad:          "const http = require('http');\nhttp.createServer(main).listen(3000);\nhttp.createServer(metrics).listen(9100);\nfunction main(req, res) { res.end('main'); }\nfunction metrics(req, res) { res.end('metrics'); }\n",
		Good:         "const http = require('http');\nhttp.createServer((req, res) => res.end('main')).listen(3000);\n",
		Since:        checked,
		Probe:        "listen-several",
		CheckService: checkListenSeveral,
	}
}

func checkListenSeveral(p *analysis.ServicePass) {
	first := ""
	for _, module := range p.Modules {
		for _, c := range httpListens(module) {
			port := portOf(c)
			switch {
			case port == "" || port == first:
			case first == "":
				first = port
			default:
				p.Report(c.Span, fmt.Sprintf("A second HTTP server listens on port %s beside %s; other services reach both, the outside only the main one", port, first),
					"Serve what the outside needs on the main port.")
			}
		}
	}
}

func netListenTCP() *analysis.Rule {
	return &analysis.Rule{
		Name: "net-listen-tcp", Category: model.CategoryListen, Severity: model.Minor,
		Title: "TCP server",
		What:  "A server of node:net that listens on a port.",
		Why: "Other services of the project reach it: the runtime passes their connections to it over service bindings. Connections from outside " +
			"do not exist for Workers, so a published TCP port is not reachable.",
		Remedy:      "Nothing has to be done between services. What clients outside dial over TCP stays in a container or moves to HTTP or WebSockets.",
		Bad:         "const net = require('net');\nnet.createServer((socket) => socket.end('hi')).listen(5000);\n",
		Good:        "const net = require('net');\nmodule.exports = net.isIP('10.0.0.1');\n",
		Since:       checked,
		Probe:       "net-listen-tcp",
		Mentions:    analysis.Imports("net", "node:net"),
		CheckModule: checkNetListen,
	}
}

// socketServers are what makes a TCP server.
var socketServers = set("node:net.createServer", "node:net.Server")

func checkNetListen(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if c.Method != "listen" || !socketServers[strings.TrimSuffix(maker(c.Callee), "()")] || socketPath(c) != "" {
			continue
		}
		port := portOf(c)
		where := "its port"
		if port != "" {
			where = "port " + port
		}
		p.Report(c.Span, fmt.Sprintf("A TCP server listens on %s; other services of the project reach it, the outside does not", where),
			"Keep it in a container if clients outside dial it.", model.Need{Kind: model.NeedTCPListen, Detail: port})
	}
}

func unixSocketListen() *analysis.Rule {
	return &analysis.Rule{
		Name: "unix-socket-listen", Category: model.CategoryListen, Severity: model.Major,
		Title:       "Server on a Unix socket",
		What:        "listen with a path instead of a port.",
		Why:         "A Unix socket is for programs of the same machine. In an isolate there is no other program: listen succeeds, and nobody can connect.",
		Remedy:      "Listen on a port. Other services of the project reach it under the service's name.",
		Bad:         "const http = require('http');\nhttp.createServer((req, res) => res.end('hi')).listen('/run/app.sock');\n",
		Good:        "const http = require('http');\nhttp.createServer((req, res) => res.end('hi')).listen(3000);\n",
		Since:       checked,
		Probe:       "unix-socket-listen",
		Mentions:    []string{".listen("},
		CheckModule: checkUnixSocket,
	}
}

func checkUnixSocket(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		made := strings.TrimSuffix(maker(c.Callee), "()")
		if c.Method != "listen" || !servers[made] && !socketServers[made] {
			continue
		}
		if path := socketPath(c); path != "" {
			p.Report(c.Span, fmt.Sprintf("The server listens on the Unix socket %s, which nothing in a Worker can connect to", path), "Listen on a port.")
		}
	}
}

// socketPath is the Unix socket that a listen call names.
func socketPath(c *syntax.Call) string {
	for _, v := range []syntax.Value{c.Arg(0), c.Arg(0).Fields["path"]} {
		if (v.Kind == syntax.String || v.Kind == syntax.Path || v.Kind == syntax.Template) && strings.HasPrefix(v.Text, "/") {
			return v.Text
		}
	}
	return ""
}

func udpListen() *analysis.Rule {
	return &analysis.Rule{
		Name: "udp-listen", Category: model.CategoryListen, Severity: model.Blocker,
		Title:       "UDP",
		What:        "dgram.createSocket, for a server as well as for sending (StatsD, syslog).",
		Why:         "Workers have no UDP at all. workerd's own node:dgram does nothing in silence; the runtime's throws an error that says so.",
		Remedy:      "Send the data over HTTP or TCP: most collectors have an HTTP or TCP input. A UDP server stays in a container.",
		Bad:         "const dgram = require('dgram');\nconst socket = dgram.createSocket('udp4');\nsocket.bind(8125);\n",
		Good:        "module.exports = (line) => fetch('http://collector:8080/lines', { method: 'POST', body: line });\n",
		Since:       checked,
		Probe:       "udp-listen",
		Mentions:    analysis.Imports("dgram", "node:dgram"),
		CheckModule: reportCalls(set("node:dgram.createSocket", "node:dgram.Socket"), "%s fails: Workers have no UDP", "Send the data over HTTP or TCP.", model.Need{Kind: model.NeedNative, Detail: "udp"}),
	}
}

func tlsOwn() *analysis.Rule {
	return &analysis.Rule{
		Name: "tls-own", Category: model.CategoryListen, Severity: model.Minor,
		Title: "TLS of the app's own",
		What:  "https.createServer with a key and certificate, and tls.createServer.",
		Why: "TLS ends at the edge. An HTTPS server of the app works as a plain HTTP one: its certificate, and the clients' certificates it asks " +
			"for, have no effect. tls.createServer fails.",
		Remedy:      "Leave certificates to the zone. Client certificates become mTLS at the edge.",
		Links:       []string{"https://developers.cloudflare.com/ssl/client-certificates/"},
		Bad:         "const https = require('https');\nconst fs = require('fs');\nhttps.createServer({ key: fs.readFileSync('key.pem'), cert: fs.readFileSync('cert.pem') }, (req, res) => res.end('hi')).listen(443);\n",
		Good:        "const http = require('http');\nhttp.createServer((req, res) => res.end('hi')).listen(3000);\n",
		Since:       checked,
		Probe:       "tls-own",
		Mentions:    analysis.Imports("https", "node:https", "tls", "node:tls"),
		CheckModule: checkTLS,
	}
}

func checkTLS(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		switch c.Callee {
		case "node:https.createServer", "node:https.Server":
			p.Report(c.Span, fmt.Sprintf("%s serves plain HTTP behind the edge, which ends TLS; the certificate has no effect", code(c)), "Leave certificates to the zone.")
		case "node:tls.createServer", "node:tls.Server":
			p.Report(c.Span, fmt.Sprintf("%s fails: TLS ends at the edge, and a Worker has no TLS server", code(c)), "Serve plain TCP inside the project.",
				model.Need{Kind: model.NeedNative, Detail: "tls server"}).Severity = model.Blocker
		}
	}
}

func http2Server() *analysis.Rule {
	return &analysis.Rule{
		Name: "http2-server", Category: model.CategoryListen, Severity: model.Blocker,
		Title: "HTTP/2 with node:http2",
		What:  "http2.createServer, http2.createSecureServer and http2.connect, also behind Fastify's http2 option.",
		Why: "The edge speaks HTTP/2 and HTTP/3 with clients and hands the Worker requests. node:http2 is not implemented in workerd: each of these " +
			"calls throws an error.",
		Remedy:      "Use node:http and fetch. gRPC servers, which need HTTP/2, stay in a container.",
		Bad:         "const http2 = require('http2');\nhttp2.createServer((req, res) => res.end('hi')).listen(3000);\n",
		Good:        "const http2 = require('http2');\nmodule.exports = http2.constants.HTTP2_HEADER_STATUS;\n",
		Since:       checked,
		Probe:       "http2-server",
		Mentions:    append(analysis.Imports("http2", "node:http2", "@grpc/grpc-js", "grpc"), "http2"),
		CheckModule: checkHTTP2,
	}
}

func checkHTTP2(p *analysis.ModulePass) {
	need := model.Need{Kind: model.NeedNative, Detail: "http2"}
	calls(p, set("node:http2.createServer", "node:http2.createSecureServer", "node:http2.connect", "@grpc/grpc-js.Server", "grpc.Server"), func(c *syntax.Call) {
		p.Report(c.Span, fmt.Sprintf("%s fails: node:http2 is not implemented in workerd", code(c)), "Use node:http and fetch; a gRPC server stays in a container.", need)
	})
	calls(p, set("fastify", "fastify.fastify"), func(c *syntax.Call) {
		if v := c.Arg(0).Fields["http2"]; v.Kind == syntax.Bool && v.Text == "true" {
			p.Report(c.Span, fmt.Sprintf("%s with http2 fails: node:http2 is not implemented in workerd", code(c)), "Leave the option out: the edge speaks HTTP/2 with clients.", need)
		}
	})
}
