package node

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// memoryNeed is one process whose memory all requests share.
func memoryNeed() model.Need { return model.Need{Kind: model.NeedProcess, Detail: "memory"} }

func sessionMemory() *analysis.Rule {
	return &analysis.Rule{
		Name: "session-memory", Category: model.CategoryState, Severity: model.Major,
		Title: "Sessions in memory",
		What:  "express-session, koa-generic-session and @fastify/session without a store.",
		Why: "Without a store sessions live in the memory of the process. A Durable Object that is idle is evicted after a short while, and each " +
			"deploy replaces it: everybody is logged out, more often than with a container. In a plain Worker sessions would differ between isolates.",
		Remedy:      "Give the session middleware a store: Redis (convert turns the project's Redis into a Durable Object), or signed cookies with cookie-session.",
		Bad:         "const session = require('express-session');\nmodule.exports = session({ secret: process.env.SECRET, resave: false, saveUninitialized: false });\n",
		Good:        "const session = require('express-session');\nconst store = require('./store');\nmodule.exports = session({ secret: process.env.SECRET, store });\n",
		Since:       checked,
		Probe:       "memory-state",
		Mentions:    analysis.Imports("express-session", "koa-generic-session", "@fastify/session", "fastify-session", "next-session"),
		CheckModule: checkSessionMemory,
	}
}

func checkSessionMemory(p *analysis.ModulePass) {
	middleware := set("express-session", "koa-generic-session", "next-session")
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		options := c.Arg(0)
		if c.Method == "register" && (options.Text == "@fastify/session" || options.Text == "fastify-session") {
			options = c.Arg(1)
		} else if !middleware[c.Callee] {
			continue
		}
		if _, kept := options.Fields["store"]; kept || options.Kind != syntax.Object && len(c.Args) > 0 {
			continue
		}
		p.Report(c.Span, fmt.Sprintf("%s keeps sessions in memory; they are lost whenever the Durable Object restarts, after each deploy and when it was idle", code(c)),
			"Give it a store such as Redis, or keep sessions in signed cookies.", memoryNeed())
	}
}

func cacheMemory() *analysis.Rule {
	return &analysis.Rule{
		Name: "cache-memory", Category: model.CategoryState, Severity: model.Info,
		Title: "Cache in memory",
		What:  "node-cache, lru-cache, memory-cache, quick-lru and their like, kept by a module.",
		Why: "One Durable Object is one process: the cache works as in the container, is empty after a restart, and shares the isolate's 128 MB. In a " +
			"plain Worker each isolate would have a cache of its own.",
		Remedy:      "Nothing has to be done for a Durable Object, which convert chooses for this. Bound the cache's size.",
		Bad:         "const NodeCache = require('node-cache');\nconst cache = new NodeCache({ stdTTL: 60 });\nmodule.exports = (key) => cache.get(key);\n",
		Good:        "const NodeCache = require('node-cache');\nmodule.exports = () => new NodeCache();\n",
		Since:       checked,
		Probe:       "memory-state",
		Mentions:    analysis.Imports("node-cache", "lru-cache", "memory-cache", "quick-lru", "cache-manager", "tiny-lru", "apicache", "memoizee", "keyv", "@isaacs/ttlcache", "flat-cache"),
		CheckModule: checkCacheMemory,
	}
}

// caches are calls that make a cache in memory; memory-cache has one of its own.
var caches = set("node-cache", "lru-cache", "lru-cache.LRUCache", "memory-cache.Cache", "memory-cache.put", "quick-lru", "tiny-lru.lru", "tiny-lru.LRU", "apicache.middleware",
	"memoizee", "@isaacs/ttlcache", "@isaacs/ttlcache.TTLCache")

func checkCacheMemory(p *analysis.ModulePass) {
	calls(p, caches, func(c *syntax.Call) {
		if c.Where == syntax.AtModule || c.AssignedGlobal || c.Callee == "memory-cache.put" {
			p.Report(c.Span, fmt.Sprintf("%s caches in the memory of the process; isolates share none, one Durable Object keeps it until it restarts", code(c)),
				"Nothing has to be done for a Durable Object, which convert chooses for this.", memoryNeed())
		}
	})
}

func rateLimitMemory() *analysis.Rule {
	return &analysis.Rule{
		Name: "rate-limit-memory", Category: model.CategoryState, Severity: model.Minor,
		Title: "Rate limit that counts in memory",
		What:  "express-rate-limit, @fastify/rate-limit, rate-limiter-flexible and their like with the store in memory.",
		Why: "Isolates share no memory: in a plain Worker each counts for itself, and the limit is a multiple of what it says. One Durable Object " +
			"counts for all, and begins anew when it restarts.",
		Remedy:      "Nothing has to be done for a Durable Object, which convert chooses for this. The platform's rate limiting runs before the app.",
		Links:       []string{"https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/"},
		Bad:         "const rateLimit = require('express-rate-limit');\nmodule.exports = rateLimit({ windowMs: 60000, max: 100 });\n",
		Good:        "const rateLimit = require('express-rate-limit');\nconst { store } = require('./store');\nmodule.exports = rateLimit({ windowMs: 60000, max: 100, store });\n",
		Since:       checked,
		Probe:       "memory-state",
		Mentions:    analysis.Imports("express-rate-limit", "express-slow-down", "@fastify/rate-limit", "fastify-rate-limit", "rate-limiter-flexible", "@nestjs/throttler", "koa-ratelimit", "express-brute"),
		CheckModule: checkRateLimit,
	}
}

// limiters are calls that count in memory unless they are given a store under one of these options.
var limiters = set("express-rate-limit", "express-rate-limit.rateLimit", "express-slow-down", "express-slow-down.slowDown", "@nestjs/throttler.ThrottlerModule.forRoot",
	"rate-limiter-flexible.RateLimiterMemory", "express-brute.MemoryStore")

func checkRateLimit(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		options := c.Arg(0)
		if c.Method == "register" && (options.Text == "@fastify/rate-limit" || options.Text == "fastify-rate-limit") {
			options = c.Arg(1)
		} else if !limiters[c.Callee] {
			continue
		}
		_, store := options.Fields["store"]
		_, redis := options.Fields["redis"]
		_, storage := options.Fields["storage"]
		if !store && !redis && !storage && options.Kind != syntax.Ref {
			p.Report(c.Span, fmt.Sprintf("%s counts in memory; isolates would count each for itself, one Durable Object counts for all until it restarts", code(c)),
				"Nothing has to be done for a Durable Object, which convert chooses for this.", memoryNeed())
		}
	}
}

func eventBusMemory() *analysis.Rule {
	return &analysis.Rule{
		Name: "event-bus-memory", Category: model.CategoryState, Severity: model.Info,
		Title: "Event bus that requests share",
		What:  "An EventEmitter or rxjs Subject of a module by which requests reach each other: server-sent events, chat, in-process events.",
		Why: "In a plain Worker an event reaches the listeners of the same isolate only, and what one request has opened no other may write to. In " +
			"one Durable Object all requests are in one place, as in the container.",
		Remedy:      "Nothing has to be done for a Durable Object, which convert chooses for this.",
		Bad:         "const { EventEmitter } = require('events');\nconst app = require('express')();\nconst bus = new EventEmitter();\napp.post('/say', (req, res) => res.send(bus.emit('said', req.query.text)));\n",
		Good:        "const { EventEmitter } = require('events');\nconst app = require('express')();\napp.post('/say', (req, res) => {\n  const own = new EventEmitter();\n  own.emit('said');\n  res.end();\n});\n",
		Since:       checked,
		Probe:       "memory-state",
		OnlyShipped: true,
		CheckModule: checkEventBus,
	}
}

// buses are what makes an event bus.
var buses = set("node:events.EventEmitter", "node:events", "rxjs.Subject", "rxjs.BehaviorSubject", "rxjs.ReplaySubject", "eventemitter3", "eventemitter3.EventEmitter", "mitt", "eventemitter2.EventEmitter2")

func checkEventBus(p *analysis.ModulePass) {
	var made map[source.Span]bool // buses that a module keeps
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if c.Where != syntax.InHandler || !buses[strings.TrimSuffix(maker(c.Callee), "()")] {
			continue
		}
		if made == nil {
			made = keptBuses(p.Modules)
		}
		if !made[c.On] {
			continue
		}
		made[c.On] = false
		p.Report(c.Span, fmt.Sprintf("%s uses an event bus that all requests share; events stay within an isolate, one Durable Object is one for all", code(c)),
			"Nothing has to be done for a Durable Object, which convert chooses for this.", memoryNeed())
	}
}

// keptBuses are the places where modules make buses that they keep.
func keptBuses(modules []*syntax.Module) map[source.Span]bool {
	made := map[source.Span]bool{}
	for _, module := range modules {
		for i := range module.Calls {
			if c := &module.Calls[i]; buses[c.Callee] && c.AssignedGlobal {
				made[c.Span] = true
			}
		}
	}
	return made
}
