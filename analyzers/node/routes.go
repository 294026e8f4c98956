package node

import (
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// Routes records the HTTP routes of a service: those that Express, Koa, Fastify, Hono, Hapi, Restify, NestJS and routers like
// them are given, with the prefixes of the routers they are mounted under, also across modules. A path is as the app writes
// it (":id"), "*" for what is not known of it; the method is "*" for routes that answer all. A bare http server is one route
// "/*".
func Routes(pass *analysis.ServicePass) {
	r := &routeReader{pass: pass, calls: map[source.Span]*syntax.Call{}, mounts: map[source.Span][]mount{}}
	for _, module := range pass.Modules {
		for i := range module.Calls {
			r.calls[module.Calls[i].Span] = &module.Calls[i]
		}
	}
	r.each(r.mount)
	r.each(r.route)
	r.controllers()
}

// routeReader finds the routes of one service. Routers are told apart by the place of the call that made them.
type routeReader struct {
	pass   *analysis.ServicePass
	calls  map[source.Span]*syntax.Call
	mounts map[source.Span][]mount
}

// mount says that a router answers below a path of another. With own set it is the router's own prefix. A parent without a
// router is one that nothing is known of.
type mount struct {
	parent place
	path   string
	own    bool
}

// place is a router, and a path below it.
type place struct {
	router source.Span
	path   string
}

// routers are the packages whose objects are given routes.
var routers = set("express", "koa", "@koa/router", "koa-router", "fastify", "hono", "@hono/zod-openapi", "polka", "restify", "connect",
	"restana", "find-my-way", "router", "@hapi/hapi", "hyper-express", "@tinyhttp/app", "itty-router", "elysia", "express-promise-router",
	"0http", "koa-joi-router")

func (r *routeReader) each(visit func(call *syntax.Call)) {
	for _, module := range r.pass.Modules {
		for i := range module.Calls {
			visit(&module.Calls[i])
		}
	}
}

// routerAt follows an object to the router it stands for: what app.route("/x") or a chained call returns is the router itself,
// below a path. ok is false for objects that are no routers.
func (r *routeReader) routerAt(made source.Span) (place, bool) {
	path := ""
	for range 100 {
		call := r.calls[made]
		if call == nil || !routers[packageOf(call.Callee)] {
			return place{}, false
		}
		if !strings.Contains(call.Callee, "().") {
			return place{router: made, path: path}, true
		}
		switch call.Method {
		case "route":
			if len(call.Args) == 1 {
				path = joinRoute(pathText(call.Arg(0)), path)
			}
		case "basePath":
			path = joinRoute(pathText(call.Arg(0)), path)
		case "register":
			path = joinRoute(pathText(call.Arg(1).Fields["prefix"]), path)
		}
		made = call.On
	}
	return place{}, false
}

// mount records routers that are handed to other routers.
func (r *routeReader) mount(call *syntax.Call) {
	switch call.Method {
	case "use", "mount", "route", "addRoutes":
	case "prefix":
		if at, ok := r.routerAt(call.On); ok {
			r.mounts[at.router] = append(r.mounts[at.router], mount{path: pathText(call.Arg(0)), own: true})
		}
		return
	default:
		return
	}
	parent, ok := r.routerAt(call.On)
	if unknown := call.On.IsZero() && (call.Callee == "" || routers[packageOf(call.Callee)]); !ok && !unknown {
		return
	}
	paths := []string{""}
	if listed := pathsOf(call.Arg(0)); len(listed) > 0 {
		paths = listed
	}
	for _, argument := range flatten(call.Args) {
		for _, child := range r.mounted(argument) {
			for _, path := range paths {
				under := place{router: parent.router, path: joinRoute(parent.path, path)}
				r.mounts[child.router] = append(r.mounts[child.router], mount{parent: under, path: child.path})
			}
		}
	}
}

// mounted are the routers in an argument; koa-mount(path, app) wraps one.
func (r *routeReader) mounted(argument syntax.Value) []place {
	if argument.Made.IsZero() {
		return nil
	}
	if wrapper := r.calls[argument.Made]; wrapper != nil && wrapper.Callee == "koa-mount" {
		var found []place
		for _, inner := range wrapper.Args {
			for _, child := range r.mounted(inner) {
				found = append(found, place{router: child.router, path: joinRoute(pathText(wrapper.Arg(0)), child.path)})
			}
		}
		return found
	}
	if at, ok := r.routerAt(argument.Made); ok {
		return []place{at}
	}
	return nil
}

// prefixes are all paths a router answers below.
func (r *routeReader) prefixes(router source.Span, depth int) []string {
	own := ""
	if made := r.calls[router]; made != nil {
		own = pathText(made.Arg(0).Fields["prefix"])
	}
	var found []string
	for _, m := range r.mounts[router] {
		if m.own { // router.prefix(path)
			own = joinRoute(own, m.path)
			continue
		}
		if m.parent.router == router || depth > 20 {
			continue
		}
		for _, prefix := range r.prefixes(m.parent.router, depth+1) {
			found = append(found, joinRoute(joinRoute(prefix, m.parent.path), m.path))
		}
	}
	if len(found) == 0 {
		return []string{own}
	}
	for i := range found {
		found[i] = joinRoute(found[i], own)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// route records the routes a call adds.
func (r *routeReader) route(call *syntax.Call) {
	switch call.Callee {
	case "node:http.createServer", "node:https.createServer", "node:http2.createServer", "node:http2.createSecureServer", "Bun.serve", "Deno.serve":
		if slices.ContainsFunc(call.Args, answers) {
			r.pass.Route("*", "/*", call.Span)
		}
		return
	}
	at, known := r.routerAt(call.On)
	if !known {
		if !call.On.IsZero() || !looksLikeRoute(call) {
			return
		}
		for _, path := range pathsOf(call.Arg(0)) {
			r.pass.Route(methodOf(call.Method), joinRoute("", path), call.Span)
		}
		return
	}
	for _, added := range routesOf(call) {
		for _, prefix := range r.prefixes(at.router, 0) {
			r.pass.Route(added.method, joinRoute(joinRoute(prefix, at.path), added.path), call.Span)
		}
	}
}

// answers tells of a request handler, or an object with one: Bun.serve({fetch() {}}).
func answers(v syntax.Value) bool {
	return v.Kind == syntax.Function || v.Kind == syntax.Object && v.Fields["fetch"].Kind == syntax.Function
}

// looksLikeRoute tells of routes on an object that could not be followed: anything.get("/path", …, handler).
func looksLikeRoute(call *syntax.Call) bool {
	if call.Callee != "" && !strings.HasPrefix(call.Callee, "local:") || methodOf(call.Method) == "" || len(call.Args) < 2 {
		return false
	}
	return call.Where != syntax.InHandler && strings.HasPrefix(pathText(call.Arg(0)), "/") &&
		slices.ContainsFunc(call.Args[1:], func(v syntax.Value) bool { return v.Kind == syntax.Function })
}

// addedRoute is one route a call adds, its path below the router.
type addedRoute struct{ method, path string }

// routesOf reads the forms in which routes are given to a router.
func routesOf(call *syntax.Call) []addedRoute {
	first := call.Arg(0)
	method := methodOf(call.Method)
	switch {
	case call.Method == "route" && (first.Kind == syntax.Object || first.Kind == syntax.Array):
		return describedRoutes(first) // Fastify, Hapi
	case call.Method == "on" && len(call.Args) >= 3 && methodOf(strings.ToLower(first.Text)) != "": // Hono
		return routesAt(strings.ToUpper(first.Text), pathsOf(call.Arg(1)))
	case method == "" || len(call.Args) == 0:
		return nil
	case first.Kind == syntax.Function || first.Kind == syntax.Ref && !isPathReference(first):
		// app.route("/x").get(handler): the path is the router's.
		if strings.Contains(call.Callee, "().route().") {
			return []addedRoute{{method, ""}}
		}
		return nil
	case len(call.Args) < 2:
		return nil // app.get("setting")
	}
	if second := call.Arg(1); first.Kind == syntax.String && !isPath(first.Text) && isPath(pathText(second)) {
		return routesAt(method, pathsOf(second)) // a named route of koa-router
	}
	return routesAt(method, pathsOf(first))
}

func routesAt(method string, paths []string) []addedRoute {
	var found []addedRoute
	for _, path := range paths {
		found = append(found, addedRoute{method, path})
	}
	return found
}

// isPathReference tells of references that stand for a path rather than a handler: those with a default.
func isPathReference(v syntax.Value) bool { return v.Fields["default"].Kind == syntax.String }

// describedRoutes reads {method, url} and {method, path}, or a list of such.
func describedRoutes(v syntax.Value) []addedRoute {
	var found []addedRoute
	for _, item := range v.Items {
		found = append(found, describedRoutes(item)...)
	}
	paths := pathsOf(v.Fields["url"])
	if len(paths) == 0 {
		paths = pathsOf(v.Fields["path"])
	}
	methods := pathsOf(v.Fields["method"])
	for _, path := range paths {
		for _, method := range methods {
			found = append(found, addedRoute{strings.ToUpper(method), path})
		}
	}
	return found
}

// methodOf is the HTTP method that a router's method stands for, "" for others.
func methodOf(name string) string {
	switch name {
	case "get", "post", "put", "patch", "delete", "head", "options", "trace", "search":
		return strings.ToUpper(name)
	case "del":
		return "DELETE"
	case "opts":
		return "OPTIONS"
	case "all", "any":
		return "*"
	}
	return ""
}

// pathsOf are the texts of a path argument, or of a list of them. A regular expression is a path nobody knows.
func pathsOf(v syntax.Value) []string {
	switch v.Kind {
	case syntax.String, syntax.Template, syntax.Ref:
		if path := pathText(v); path != "" || v.Kind == syntax.String {
			return []string{path}
		}
	case syntax.Regexp:
		return []string{"*"}
	case syntax.Array:
		var found []string
		for _, item := range v.Items {
			found = append(found, pathsOf(item)...)
		}
		return found
	}
	return nil
}

// pathText is the text of a string, of a template with * for unknown parts, or the default of a reference.
func pathText(v syntax.Value) string {
	switch v.Kind {
	case syntax.String, syntax.Template:
		return v.Text
	case syntax.Ref:
		if fallback := v.Fields["default"]; fallback.Kind == syntax.String {
			return fallback.Text
		}
	}
	return ""
}

func isPath(path string) bool { return strings.HasPrefix(path, "/") || strings.HasPrefix(path, "*") }

// flatten takes arguments out of lists.
func flatten(values []syntax.Value) []syntax.Value {
	var found []syntax.Value
	for _, v := range values {
		if v.Kind == syntax.Array {
			found = append(found, flatten(v.Items)...)
		} else {
			found = append(found, v)
		}
	}
	return found
}

// joinRoute puts a path below a prefix. The result has no slash at its end, except the root's.
func joinRoute(prefix, path string) string {
	joined := "/" + strings.Trim(prefix, "/") + "/" + strings.TrimLeft(path, "/")
	joined = strings.Replace(joined, "//", "/", 1)
	if len(joined) > 1 {
		joined = strings.TrimRight(joined, "/")
	}
	return joined
}

// controllers records the routes of NestJS: @Get("x") in a class under @Controller("y").
func (r *routeReader) controllers() {
	global := ""
	r.each(func(call *syntax.Call) {
		if call.Method == "setGlobalPrefix" {
			global = pathText(call.Arg(0))
		}
	})
	for _, module := range r.pass.Modules {
		classes := map[string][]string{}
		for i := range module.Calls {
			call := &module.Calls[i]
			if call.Callee == "@nestjs/common.Controller" && call.Decorates != "" {
				classes[call.Decorates] = controllerPaths(call.Arg(0))
			}
		}
		for i := range module.Calls {
			call := &module.Calls[i]
			class, _, isMethod := strings.Cut(call.Decorates, ".")
			name, fromNest := strings.CutPrefix(call.Callee, "@nestjs/common.")
			if !isMethod || !fromNest || methodOf(strings.ToLower(name)) == "" {
				continue
			}
			paths := pathsOf(call.Arg(0))
			if len(paths) == 0 {
				paths = []string{""}
			}
			for _, prefix := range classes[class] {
				for _, path := range paths {
					r.pass.Route(methodOf(strings.ToLower(name)), joinRoute(joinRoute(global, prefix), path), call.Span)
				}
			}
		}
	}
}

// controllerPaths are the paths of @Controller(): a text, a list, or the path field of an object; none is the root.
func controllerPaths(v syntax.Value) []string {
	paths := pathsOf(v)
	if v.Kind == syntax.Object {
		paths = pathsOf(v.Fields["path"])
	}
	if len(paths) == 0 {
		return []string{""}
	}
	return paths
}

// routeMentions are texts of which every module with routes, or with the making or mounting of a router, holds one.
func routeMentions() []string {
	return []string{"express", "koa", "fastify", "hono", "polka", "restify", "connect", "restana", "find-my-way", "hapi", "tinyhttp",
		"itty-router", "elysia", "0http", "outer", "createServer", "@nestjs", "Bun.serve", "Deno.serve", ".get(", ".post(", ".use(", ".route("}
}
