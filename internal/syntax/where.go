package syntax

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// when is a set of moments a unit runs at.
type when uint8

const (
	whenModule when = 1 << iota
	whenTimer
	whenHandler
)

// where picks the answer for rules: code that runs per request counts as that, whatever else calls it.
func (w when) where() Where {
	switch {
	case w&whenHandler != 0:
		return InHandler
	case w&whenTimer != 0:
		return InTimer
	case w&whenModule != 0:
		return AtModule
	}
	return InFunction
}

// flow is how what is known of one unit's moments carries over to another.
type flow uint8

const (
	// flowCall: called, so it runs whenever the caller does.
	flowCall flow = iota
	// flowCallback: handed to something unknown. It may run much later than a module that starts, but what is handed over
	// while serving a request belongs to the request.
	flowCallback
	// flowHandler and flowTimer: registered to be called for requests or by a timer.
	flowHandler
	flowTimer
)

// edge says that unit to runs because of unit from. When raw is set, the target is what that name leads to in another
// module. arguments are what a call hands over.
type edge struct {
	from, to  int32
	flow      flow
	raw       string
	arguments []argument
}

// argument is what a function is called with: a raw name, and where the thing was made if it was.
type argument struct {
	raw  string
	made source.Span
}

func (f flow) carry(from when) when {
	switch f {
	case flowHandler:
		return whenHandler
	case flowTimer:
		return whenTimer
	case flowCallback:
		return from &^ whenModule
	}
	return from
}

// spread carries the moments along the edges until nothing changes.
func spread(units []*unit, edges []edge) {
	for changed := true; changed; {
		changed = false
		for _, e := range edges {
			before := units[e.to].when
			units[e.to].when |= e.flow.carry(units[e.from].when)
			changed = changed || units[e.to].when != before
		}
	}
}

// registration tells what a call does with the functions given to it.
func registration(callee, method string, arguments []Value) flow {
	root, last := rootOf(callee), lastOf(callee)
	switch root {
	case "setTimeout", "setInterval", "setImmediate", "node:timers/promises", "node-cron", "cron", "node-schedule", "toad-scheduler",
		"croner":
		return flowTimer
	case "express", "koa", "koa-router", "@koa/router", "fastify", "hono", "polka", "restify", "connect", "find-my-way",
		"router", "itty-router", "elysia", "restana", "0http", "@hono/node-server", "@hono/zod-openapi", "express-promise-router",
		"hyper-express", "@tinyhttp/app", "h3", "micro", "@hapi/hapi", "@feathersjs/express", "express-ws", "koa-router-decorator":
		// What listen returned is a server of node:http: its error event is no request.
		if strings.HasSuffix(callee, ".listen().on") && !eventIs(arguments, "request", "upgrade", "connection") {
			return flowCallback
		}
		if routeMethod(last) || last == root {
			return flowHandler
		}
	case "node:http", "node:https", "node:http2":
		if strings.HasSuffix(callee, ".createServer") || strings.HasSuffix(callee, ".createSecureServer") {
			return flowHandler
		}
		if last == "on" && strings.Contains(callee, "reateS") && eventIs(arguments, "request", "upgrade", "connection", "stream", "connect") {
			return flowHandler
		}
	case "node:net", "node:tls", "node:dgram":
		if strings.HasSuffix(callee, ".createServer") || strings.HasSuffix(callee, ".createSocket") ||
			last == "on" && eventIs(arguments, "connection", "secureConnection", "message") {
			return flowHandler
		}
	case "ws", "socket.io", "faye-websocket", "websocket", "sockjs", "engine.io", "uWebSockets.js", "@fastify/websocket":
		if last == "on" || last == "use" || last == "ws" || last == "of" {
			return flowHandler
		}
	case "bull", "bullmq", "bee-queue", "kue", "agenda", "pg-boss", "amqplib", "kafkajs", "mqtt", "nats", "@google-cloud/pubsub",
		"sqs-consumer", "rhea", "stompit", "nsqjs", "rascal", "amqp-connection-manager":
		if queueMethod(last) || strings.HasSuffix(callee, ".Worker") || strings.HasSuffix(callee, ".Consumer") {
			return flowHandler
		}
	case "Bun", "Deno":
		if last == "serve" {
			return flowHandler
		}
	}
	if runsAtOnce(callee, method) {
		return flowCall
	}
	if routeCall(callee, method, arguments) {
		return flowHandler
	}
	return flowCallback
}

// routeCall tells of router.get("/path", fn) on something of which nothing is known.
func routeCall(callee, method string, arguments []Value) bool {
	if callee != "" && !strings.HasPrefix(callee, "local:") || !routeMethod(method) || len(arguments) < 2 {
		return false
	}
	first := arguments[0]
	if first.Kind != String && first.Kind != Template || !strings.HasPrefix(first.Text, "/") {
		return false
	}
	return true
}

func routeMethod(name string) bool {
	switch name {
	case "get", "post", "put", "patch", "delete", "del", "head", "options", "all", "use", "param", "route", "addHook",
		"setErrorHandler", "setNotFoundHandler", "on", "ws", "onError", "notFound", "opts", "any", "handle", "mount", "before",
		"ext", "trace", "search", "defineEventHandler", "eventHandler", "serve", "openapi", "decorateRequest", "preHandler":
		return true
	}
	return false
}

func queueMethod(name string) bool {
	switch name {
	case "process", "consume", "run", "define", "work", "subscribe", "on", "handleMessage", "eachMessage", "create", "addConsumer":
		return true
	}
	return false
}

// runsAtOnce tells of functions that call what they are given before the start of the app is over: array methods, promise
// chains and the callback of listen.
func runsAtOnce(callee, method string) bool {
	switch method {
	case "forEach", "map", "filter", "reduce", "reduceRight", "some", "every", "find", "findIndex", "flatMap", "sort",
		"then", "catch", "finally", "listen", "call", "apply", "replace", "replaceAll", "findLast", "toSorted":
		return true
	}
	switch callee {
	case "Promise", "Array.from", "node:util.promisify", "node:fs.readFile", "node:fs.readdir", "node:fs.mkdir", "JSON.parse",
		"JSON.stringify", "queueMicrotask", "process.nextTick", "Object.freeze", "Object.assign", "Promise.all",
		"node:async_hooks.AsyncLocalStorage().run":
		return true
	}
	return strings.HasSuffix(callee, "().connect")
}

func eventIs(arguments []Value, names ...string) bool {
	if len(arguments) == 0 || arguments[0].Kind != String {
		return false
	}
	for _, name := range names {
		if arguments[0].Text == name {
			return true
		}
	}
	return false
}

// rootOf is the module or global a shown name starts with.
func rootOf(name string) string {
	end := len(name)
	if i := strings.Index(name, "()"); i >= 0 {
		end = i
	}
	// Package names may hold dots (socket.io) and slashes; the member starts at the first dot after a known name.
	for _, dotted := range []string{"socket.io", "engine.io", "uWebSockets.js"} {
		if strings.HasPrefix(name, dotted) {
			return dotted
		}
	}
	if i := strings.IndexByte(name[:end], '.'); i > 0 {
		end = i
	}
	return name[:end]
}

// lastOf is the last member of a shown name, without call marks.
func lastOf(name string) string {
	name = strings.TrimSuffix(name, "()")
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return strings.TrimSuffix(name[i+1:], "()")
	}
	return name
}

// handlerParameters tells of parameters that only request handlers have: (req, res), (request, reply), (ctx, next), also
// behind an error.
func handlerParameters(names []string) bool {
	if len(names) == 4 {
		names = names[1:]
	}
	if len(names) < 2 {
		return false
	}
	switch strings.TrimPrefix(names[0], "_") {
	case "req", "request":
		switch strings.TrimPrefix(names[1], "_") {
		case "res", "response", "reply", "resp", "rep", "h", "rsp":
			return true
		}
	case "ctx", "context":
		return names[1] == "next"
	}
	return false
}

// routeExport tells of names under which file-based routers (Next.js, SvelteKit, Astro) look for handlers.
func routeExport(name string) bool {
	switch name {
	case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "getServerSideProps":
		return true
	}
	return false
}
