package node

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func httpListen() *analysis.Rule {
	return &analysis.Rule{
		Name: "http-listen", Category: model.CategoryListen, Severity: model.Info,
		Title: "HTTP server that listens on a port",
		What:  "A server of node:http, node:https or a framework that listens on a port. The routes it is given are collected for the checks of `verify`.",
		Why: "A Worker has no listening socket of its own: requests are handed to it. The runtime answers the app's `listen()` and passes " +
			"each request to the server that listens on the port it is for, so the code runs unmodified.",
		Remedy:       "Nothing has to be done.",
		Bad:          "const http = require('http');\nhttp.createServer((req, res) => res.end('hi')).listen(3000);\n",
		Good:         "const http = require('http');\nmodule.exports = (req, res) => res.end(http.STATUS_CODES[200]);\n",
		Since:        checked,
		Probe:        "http-listen",
		CheckService: checkHTTPListen,
	}
}

// servers are what makes an HTTP server or an application that listens as one.
var servers = set("express", "express.default", "koa", "fastify", "fastify.fastify", "polka", "restana", "connect", "node:http.createServer", "node:https.createServer",
	"node:http.Server", "node:https.Server", "restify.createServer", "@nestjs/core.NestFactory.create", "@hapi/hapi.server", "@hapi/hapi.Server", "hyper-express.Server",
	"json-server.create", "apollo-server.ApolloServer", "@apollo/server.ApolloServer", "micro", "feathers", "@feathersjs/express", "sails.lift", "@adonisjs/core")

// servesHTTP are calls that listen without a visible server.
var servesHTTP = set("@hono/node-server.serve", "@apollo/server/standalone.startStandaloneServer", "h3.listen", "listhen.listen")

// checkHTTPListen reports the servers of the service and records the routes that they answer.
func checkHTTPListen(p *analysis.ServicePass) {
	for _, module := range p.Modules {
		for _, c := range httpListens(module) {
			port := portOf(c)
			where := "its port"
			if port != "" {
				where = "port " + port
			}
			p.Report(c.Span, fmt.Sprintf("An HTTP server listens on %s; the runtime passes requests to it", where), "Nothing has to be done.",
				model.Need{Kind: model.NeedHTTP, Detail: port})
		}
	}
	Routes(p)
}

// httpListens are the calls of a module by which an HTTP server listens.
func httpListens(module *syntax.Module) []*syntax.Call {
	var found []*syntax.Call
	for i := range module.Calls {
		c := &module.Calls[i]
		if (c.Method == "listen" || c.Method == "start") && servers[strings.TrimSuffix(maker(c.Callee), "()")] || servesHTTP[c.Callee] || c.Method == "listen" && looksLikeServer(c) {
			found = append(found, c)
		}
	}
	return found
}

// looksLikeServer takes `app.listen(port, …)` for a server where it is not known what made app: a parameter, or another
// module's export that could not be followed.
func looksLikeServer(c *syntax.Call) bool {
	if c.Callee != "" && !strings.HasPrefix(c.Callee, "local:") || len(c.Args) == 0 {
		return false
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(c.Text, "this."), ".")
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "app") || strings.HasSuffix(name, "server") || strings.HasSuffix(name, "http") || name == "fastify" || name == "api"
}

// portOf is the port as far as it is constant: a number, an option, or the default beside a variable.
func portOf(c *syntax.Call) string {
	for _, arg := range c.Args {
		if port := portValue(arg); port != "" {
			return port
		}
	}
	return ""
}

func portValue(v syntax.Value) string {
	switch v.Kind {
	case syntax.Number:
		if v.Number > 0 && v.Number < 65536 {
			return strconv.Itoa(int(v.Number))
		}
	case syntax.String:
		if port, err := strconv.Atoi(v.Text); err == nil && port > 0 && port < 65536 {
			return v.Text
		}
	case syntax.Object:
		return portValue(v.Fields["port"])
	case syntax.Ref:
		return portValue(v.Fields["default"])
	}
	return ""
}
