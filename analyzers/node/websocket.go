package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func websocketUpgrade() *analysis.Rule {
	return &analysis.Rule{
		Name: "websocket-upgrade", Category: model.CategoryNetwork, Severity: model.Info,
		Title: "WebSocket server",
		What:  "Servers of ws, socket.io, express-ws, @fastify/websocket and their like, and listeners for `upgrade`.",
		Why: "workerd emits no `upgrade` event. The runtime does, and translates between the frames that the library writes and a WebSocket of the " +
			"platform, so that these packages work unmodified. The connections and what they share live in one Durable Object.",
		Remedy: "Nothing has to be done. An object with open connections is billed as long as they are open.",
		Bad:    "const { WebSocketServer } = require('ws');\nconst wss = new WebSocketServer({ port: 8080 });\nwss.on('connection', (socket) => socket.send('hi'));\n",
		Good:   "const WebSocket = require('ws');\nmodule.exports = () => new WebSocket('wss://example.com');\n",
		Since:  checked,
		Probe:  "websocket-upgrade",
		Mentions: append(analysis.Imports("ws", "socket.io", "express-ws", "@fastify/websocket", "fastify-websocket", "faye-websocket", "websocket", "sockjs", "koa-websocket",
			"graphql-ws", "@nestjs/websockets"), "upgrade"),
		CheckModule: checkWebSocket,
	}
}

// websocketServers are calls that accept WebSocket connections.
var websocketServers = set("ws.Server", "ws.WebSocketServer", "ws.WebSocket.Server", "socket.io", "socket.io.Server", "express-ws", "koa-websocket", "websocket.server",
	"sockjs.createServer", "graphql-ws/lib/use/ws.useServer", "graphql-ws/use/ws.useServer", "@nestjs/websockets.WebSocketGateway", "@hono/node-ws.createNodeWebSocket")

func checkWebSocket(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		switch {
		case websocketServers[c.Callee]:
		case c.Method == "register" && (c.Arg(0).Text == "@fastify/websocket" || c.Arg(0).Text == "fastify-websocket"):
		case c.Method == "on" && c.Arg(0).Kind == syntax.String && c.Arg(0).Text == "upgrade" && servers[trimCall(maker(c.Callee))]:
		default:
			continue
		}
		p.Report(c.Span, fmt.Sprintf("%s accepts WebSocket connections; the runtime passes them to it, and they are kept in one Durable Object", code(c)), "Nothing has to be done.",
			model.Need{Kind: model.NeedWebSocket})
	}
}
