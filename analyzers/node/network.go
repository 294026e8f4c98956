package node

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func netConnect() *analysis.Rule {
	return &analysis.Rule{
		Name: "net-connect", Category: model.CategoryNetwork, Severity: model.Info,
		Title: "Connection that the app opens over TCP",
		What:  "net.connect, net.createConnection, new net.Socket().connect and tls.connect.",
		Why: "The runtime opens it over Workers sockets: to another service by its Compose name over a binding, to the outside by the platform. In a plain " +
			"Worker it belongs to the request that opened it.",
		Remedy:      "Nothing has to be done. A connection that is kept between requests needs a Durable Object, which convert chooses for it.",
		Links:       []string{"https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/"},
		Bad:         "const net = require('net');\nconst socket = net.connect(4000, 'collector');\nmodule.exports = (line) => socket.write(line);\n",
		Good:        "const net = require('net');\nmodule.exports = (host) => net.isIP(host);\n",
		Since:       checked,
		Probe:       "net-connect",
		Mentions:    analysis.Imports("net", "node:net", "tls", "node:tls"),
		CheckModule: checkNetConnect,
	}
}

func checkNetConnect(p *analysis.ModulePass) {
	calls(p, set("node:net.connect", "node:net.createConnection", "node:net.Socket().connect", "node:tls.connect"), func(c *syntax.Call) {
		f := p.Report(c.Span, fmt.Sprintf("%s opens a TCP connection, over a binding to other services and over the platform's sockets to the outside", code(c)), "Nothing has to be done.")
		if c.Where == syntax.AtModule || c.AssignedGlobal {
			f.Needs = []model.Need{{Kind: model.NeedProcess, Detail: "socket"}}
		}
	})
}

func smtpPort25() *analysis.Rule {
	return &analysis.Rule{
		Name: "smtp-port-25", Category: model.CategoryNetwork, Severity: model.Major,
		Title:       "Mail over port 25",
		What:        "A mail transport of nodemailer or emailjs that uses port 25.",
		Why:         "Workers may not connect to port 25, as the platform's documentation says: mail is not sent. Ports 587 and 465 are open.",
		Remedy:      "Use port 587 or 465 of the mail server, or a mail service over HTTP.",
		Links:       []string{"https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/"},
		Bad:         "const nodemailer = require('nodemailer');\nmodule.exports = nodemailer.createTransport({ host: 'mail.example.com', port: 25 });\n",
		Good:        "const nodemailer = require('nodemailer');\nmodule.exports = nodemailer.createTransport({ host: 'mail.example.com', port: 587 });\n",
		Since:       checked,
		Mentions:    analysis.Imports("nodemailer", "emailjs", "@nestjs-modules/mailer"),
		CheckModule: checkSMTP,
	}
}

var smtpURL = regexp.MustCompile(`^smtps?://\S*:25(/|\?|$)`)

func checkSMTP(p *analysis.ModulePass) {
	calls(p, set("nodemailer.createTransport", "emailjs.SMTPClient"), func(c *syntax.Call) {
		v := c.Arg(0)
		if portValue(v) == "25" || v.Kind == syntax.String && smtpURL.MatchString(v.Text) {
			p.Report(c.Span, fmt.Sprintf("%s sends mail over port 25, to which Workers may not connect", code(c)), "Use port 587 or 465, or a mail service over HTTP.")
		}
	})
}

func networkLocalhost() *analysis.Rule {
	return &analysis.Rule{
		Name: "network-localhost", Category: model.CategoryNetwork, Severity: model.Major,
		Title: "Address of another program on localhost",
		What:  "A client that is given localhost or 127.0.0.1 with a port on which this service does not listen.",
		Why: "localhost is the app itself, as in a container. A port on which it does not listen is refused (ECONNREFUSED). Such addresses come from " +
			"running the parts on one machine, or from `network_mode: host`.",
		Remedy:      "Take the address from a variable, and set it to the other service's Compose name.",
		Bad:         "module.exports = () => fetch('http://localhost:9200/_search');\n",
		Good:        "module.exports = () => fetch('http://search:9200/_search');\n",
		Since:       checked,
		Probe:       "network-localhost",
		OnlyShipped: true,
		CheckModule: checkLocalhost,
	}
}

var localAddress = regexp.MustCompile(`^[a-z][a-z0-9+]*://(?:[^/@\s]*@)?(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?(?:[/?#]|$)`)

func checkLocalhost(p *analysis.ModulePass) {
	// All modules are looked through only when an address was found: most modules hold none.
	own := sync.OnceValue(func() []string { return ownPorts(p) })
	known := stores()
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if !fetchers[c.Callee] && !slices.Contains(known[packageOf(c.Callee)].makers, c.Callee) {
			continue
		}
		address, port := localTarget(c)
		// A server whose port is not constant may be the one that is meant.
		if address == "" || slices.Contains(own(), port) || slices.Contains(own(), "") && fetchers[c.Callee] {
			continue
		}
		p.Report(c.Span, fmt.Sprintf("%s reaches for %s, where only the app itself is, and it does not listen there", code(c), address),
			"Take the address from a variable, and set it to the other service's Compose name.")
	}
}

// ownPorts are the ports the service listens on; one that is not constant is empty.
func ownPorts(p *analysis.ModulePass) []string {
	var own []string
	for _, module := range p.Modules {
		for _, c := range httpListens(module) {
			own = append(own, portOf(c))
		}
	}
	for _, port := range p.Service.Ports {
		own = append(own, fmt.Sprint(port.Target))
	}
	return own
}

// localTarget is the host and port on localhost that a client is given as constants. Names and passwords in the address are left out.
func localTarget(c *syntax.Call) (address, port string) {
	for _, v := range c.Args {
		for _, text := range []syntax.Value{v, v.Fields["url"], v.Fields["uri"], v.Fields["connectionString"], v.Fields["connection"], v.Fields["node"]} {
			if text.Kind != syntax.String && text.Kind != syntax.Template {
				continue
			}
			if m := localAddress.FindStringSubmatch(text.Text); m != nil {
				scheme, _, _ := strings.Cut(text.Text, "://")
				return strings.TrimSuffix(fmt.Sprintf("%s://localhost:%s", scheme, m[1]), ":"), m[1]
			}
		}
		if host := v.Fields["host"]; host.Kind == syntax.String && (host.Text == "localhost" || host.Text == "127.0.0.1") {
			return strings.TrimSuffix("localhost:"+portValue(v), ":"), portValue(v)
		}
	}
	return "", ""
}

func httpAgentPool() *analysis.Rule {
	return &analysis.Rule{
		Name: "http-agent-pool", Category: model.CategoryNetwork, Severity: model.Minor,
		Title: "Options of connections to other servers",
		What:  "http.Agent and https.Agent with options, agentkeepalive, and agents of undici.",
		Why: "The platform keeps the connections of outgoing requests. maxSockets, keepAlive and timeouts of an agent have no effect, and certificates " +
			"are always checked: `rejectUnauthorized: false`, own certificate authorities and client certificates do nothing.",
		Remedy:      "Limit parallel requests in the app where maxSockets did. Client certificates become an mTLS binding.",
		Links:       []string{"https://developers.cloudflare.com/workers/runtime-apis/bindings/mtls/"},
		Bad:         "const https = require('https');\nmodule.exports = new https.Agent({ keepAlive: true, maxSockets: 10 });\n",
		Good:        "const https = require('https');\nmodule.exports = (done) => https.get('https://example.com', done);\n",
		Since:       checked,
		Probe:       "http-agent-pool",
		Mentions:    append(analysis.Imports("agentkeepalive"), "Agent("),
		CheckModule: checkAgent,
	}
}

func checkAgent(p *analysis.ModulePass) {
	calls(p, set("node:http.Agent", "node:https.Agent", "agentkeepalive", "agentkeepalive.HttpsAgent", "agentkeepalive.HttpAgent"), func(c *syntax.Call) {
		if len(c.Args) == 0 {
			return
		}
		p.Report(c.Span, fmt.Sprintf("The options of %s have no effect: the platform keeps the connections and always checks certificates", code(c)), "Limit parallel requests in the app where maxSockets did.")
	})
}
