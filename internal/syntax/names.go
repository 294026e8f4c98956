package syntax

import (
	"strconv"
	"strings"
)

// Raw names are resolved names as the package carries them inside. A name that starts in a module which is not built in
// keeps the specifier apart, because the project may hold that module and Link then puts what it exports in its place:
//
//	"node:fs.readFile"            built in: the final form
//	"\x01./db\x01.default.query"  import db from './db'; db.query
//	"\x01pg\x01.Pool()"           shown as "pg.Pool()"
//	"\x02 3,0\x02.get"            .get of parameter 0 of unit 3; shown as nothing
const (
	importMark = "\x01"
	paramMark  = "\x02"
)

// maxName bounds names, which grow with every call of a chain.
const maxName = 400

// Builtin tells whether a specifier names a module of Node itself, and gives its name with the node: prefix.
func Builtin(specifier string) (name string, ok bool) {
	bare := strings.TrimPrefix(specifier, "node:")
	switch bare {
	case "assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto",
		"dgram", "diagnostics_channel", "dns", "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2",
		"https", "inspector", "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32",
		"perf_hooks", "process", "punycode", "querystring", "readline", "readline/promises", "repl", "stream",
		"stream/consumers", "stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls",
		"trace_events", "tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib":
		return "node:" + bare, true
	case "sqlite", "test", "test/reporters", "sea":
		if strings.HasPrefix(specifier, "node:") {
			return specifier, true
		}
	}
	return "", false
}

// moduleName is the raw name of what a module exports as a whole.
func moduleName(specifier string) string {
	name, ok := Builtin(specifier)
	if !ok {
		return importMark + specifier + importMark
	}
	switch name {
	case "node:process":
		return "process"
	case "node:console":
		return "console"
	case "node:path/posix":
		return "node:path"
	case "node:sys":
		return "node:util"
	}
	return name
}

// memberName is the raw name of a property of a named thing.
func memberName(name, property string) string {
	if property == "" || strings.ContainsAny(property, ".()\x01\x02") {
		property = "*"
	}
	if name == "globalThis" || name == "global" {
		if knownGlobal(property) {
			return property
		}
		return "globalThis." + property
	}
	if property == "default" && (name == "process" || name == "console") {
		return name
	}
	if strings.HasPrefix(name, "node:") && !strings.ContainsAny(name, ".(") {
		if property == "default" {
			return name
		}
		switch name + "." + property {
		case "node:fs.promises", "node:dns.promises", "node:stream.promises", "node:timers.promises",
			"node:readline.promises":
			return name + "/promises"
		case "node:path.posix":
			return name
		case "node:timers.setTimeout", "node:timers.setInterval", "node:timers.setImmediate", "node:timers.clearTimeout",
			"node:timers.clearInterval", "node:timers.clearImmediate", "node:buffer.Buffer", "node:url.URL",
			"node:url.URLSearchParams", "node:perf_hooks.performance":
			return property
		}
	}
	if len(name)+len(property) > maxName {
		return name
	}
	return name + "." + property
}

func callName(name string) string {
	if len(name) > maxName {
		return name
	}
	return name + "()"
}

// knownGlobal tells whether Node has a global of that name; other properties of globalThis are the app's own.
func knownGlobal(name string) bool {
	switch name {
	case "process", "console", "Buffer", "fetch", "setTimeout", "setInterval", "setImmediate", "clearTimeout",
		"clearInterval", "clearImmediate", "queueMicrotask", "structuredClone", "performance", "crypto", "WebAssembly",
		"URL", "URLSearchParams", "TextEncoder", "TextDecoder", "AbortController", "AbortSignal", "Blob", "File",
		"FormData", "Headers", "Request", "Response", "WebSocket", "EventSource", "BroadcastChannel", "MessageChannel",
		"Event", "EventTarget", "ReadableStream", "WritableStream", "TransformStream", "navigator", "require", "module",
		"exports", "__dirname", "__filename", "eval", "Function", "Object", "Array", "Map", "Set", "WeakMap", "WeakSet",
		"WeakRef", "FinalizationRegistry", "Promise", "Proxy", "Reflect", "Symbol", "JSON", "Math", "Date", "Intl",
		"Number", "String", "Boolean", "BigInt", "RegExp", "Error", "TypeError", "RangeError", "SyntaxError", "Atomics",
		"SharedArrayBuffer", "ArrayBuffer", "DataView", "Uint8Array", "gc", "atob", "btoa", "parseInt", "parseFloat",
		"isNaN", "isFinite", "encodeURIComponent", "decodeURIComponent", "encodeURI", "decodeURI", "escape", "unescape",
		"Bun", "Deno":
		return true
	}
	return false
}

// splitImport takes a raw import name apart; ok is false for other names.
func splitImport(raw string) (specifier, rest string, ok bool) {
	if !strings.HasPrefix(raw, importMark) {
		return "", "", false
	}
	return strings.Cut(raw[1:], importMark)
}

// splitParam takes a raw parameter name apart.
func splitParam(raw string) (unit, index int32, rest string, ok bool) {
	if !strings.HasPrefix(raw, paramMark) {
		return 0, 0, "", false
	}
	place, rest, _ := strings.Cut(raw[1:], paramMark)
	first, second, _ := strings.Cut(place, ",")
	u, _ := strconv.Atoi(first)
	i, _ := strconv.Atoi(second)
	return int32(u), int32(i), rest, true
}

func paramName(unit, index int32) string {
	return paramMark + digits(int(unit)) + "," + digits(int(index)) + paramMark
}

// instanceOfType is the raw name of an instance of an imported type. The types of web frameworks are not the classes that
// make them; their requests and contexts are left alone.
func instanceOfType(raw string) string {
	switch name := shown(raw); name {
	case "express.Express", "express.Application":
		return moduleName("express") + "()"
	case "fastify.FastifyInstance":
		return moduleName("fastify") + "()"
	case "express.Router", "koa", "koa.default", "hono.Hono", "koa-router", "@koa/router", "fastify.fastify":
		return raw + "()"
	default:
		switch rootOf(name) {
		case "express", "fastify", "koa", "hono", "process", "globalThis":
			return ""
		}
		if strings.ContainsAny(name, "()") {
			return ""
		}
		return callName(raw)
	}
}

// isRelative tells whether a specifier names a file of the project.
func isRelative(specifier string) bool {
	return strings.HasPrefix(specifier, ".") || strings.HasPrefix(specifier, "/") || strings.HasPrefix(specifier, "file:")
}

// shown is the form of a raw name that rules see. default members of packages are the package; names that lead into a file
// of the project that Link did not follow are "local:"; parameters are nothing.
func shown(raw string) string {
	if strings.HasPrefix(raw, paramMark) {
		return ""
	}
	specifier, rest, ok := splitImport(raw)
	if !ok {
		return raw
	}
	for strings.HasPrefix(rest, ".default") && (len(rest) == 8 || rest[8] == '.' || rest[8] == '(') {
		rest = rest[8:]
	}
	if !isRelative(specifier) {
		return specifier + rest
	}
	last := strings.TrimRight(rest, "()")
	if i := strings.LastIndexByte(last, '.'); i >= 0 {
		return "local:" + last[i+1:]
	}
	base := specifier[strings.LastIndexByte(specifier, '/')+1:]
	if i := strings.IndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	return "local:" + base
}

func digits(i int) string { return strconv.Itoa(i) }
