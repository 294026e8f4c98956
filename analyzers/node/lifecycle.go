package node

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func timerPoll() *analysis.Rule {
	return &analysis.Rule{
		Name: "timer-poll", Category: model.CategoryTimers, Severity: model.Minor,
		Title: "Loop that runs between requests",
		What:  "A function that calls itself by setTimeout, and endless loops that wait: polling a queue, a database or an address.",
		Why: "In a plain Worker nothing runs on after the response. In a Durable Object the loop goes on and keeps the object alive, which is billed " +
			"as long as it does; a cron trigger starts it again after a deploy.",
		Remedy:      "Nothing has to be done for a Durable Object, which convert chooses for this. An alarm, a queue or a cron trigger is cheaper than polling.",
		Links:       []string{"https://developers.cloudflare.com/durable-objects/api/alarms/"},
		Bad:         "function poll() {\n  console.log('anything new?');\n  setTimeout(poll, 5000);\n}\npoll();\n",
		Good:        "module.exports = (done) => setTimeout(done, 5000);\n",
		Since:       checked,
		Probe:       "timer-background",
		OnlyShipped: true,
		CheckModule: checkTimerPoll,
	}
}

func checkTimerPoll(p *analysis.ModulePass) {
	need := model.Need{Kind: model.NeedProcess, Detail: "timer"}
	const remedy = "Nothing has to be done for a Durable Object, which convert chooses for this; it is billed for as long as the loop runs."
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if (c.Callee == "setTimeout" || c.Callee == "node:timers.setTimeout") && c.Where != syntax.InHandler && c.Function != "" &&
			c.Arg(0).Kind == syntax.Function && c.Arg(0).Text == c.Function {
			p.Report(c.Span, fmt.Sprintf("`%s` calls itself again by setTimeout, between requests; a plain Worker stops after the response", c.Function), remedy, need)
		}
	}
	for _, loop := range p.Module.Loops {
		if loop.Infinite && loop.Awaits && loop.Where == syntax.AtModule {
			p.Report(loop.Span, "An endless loop waits and works between requests; a plain Worker stops after the response", remedy, need)
		}
	}
}

func bootIO() *analysis.Rule {
	return &analysis.Rule{
		Name: "boot-io", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "Network access at start-up",
		What:  "Requests, connections and migrations that run while the modules are loaded.",
		Why: "Workers refuse all of it at global scope (\"Disallowed operation called within global scope\"). The runtime loads the app in the first " +
			"request instead, where it is allowed, and lets requests wait until the app listens and its connections are quiet.",
		Remedy:      "Nothing has to be done. It runs again after each restart of the Durable Object: keep it short, and move migrations into the deploy.",
		Bad:         "const settings = fetch('http://config:8080/settings').then((response) => response.json());\nmodule.exports = settings;\n",
		Good:        "module.exports = () => fetch('http://config:8080/settings').then((response) => response.json());\n",
		Since:       checked,
		Probe:       "boot-io",
		OnlyShipped: true,
		CheckModule: checkBootIO,
	}
}

// fetchers are calls that send a request.
var fetchers = set("fetch", "axios", "axios.get", "axios.post", "axios.request", "got", "got.get", "got.post", "node-fetch", "undici.fetch", "undici.request", "superagent.get", "superagent.post",
	"needle", "needle.get", "ky", "ky.get", "request", "request.get", "node:http.get", "node:http.request", "node:https.get", "node:https.request")

// migrations are methods of database packages that change the schema.
var migrations = set("knex().migrate.latest", "sequelize.Sequelize().sync", "sequelize().sync", "sequelize-typescript.Sequelize().sync", "typeorm.DataSource().runMigrations",
	"typeorm.DataSource().synchronize", "drizzle-orm/node-postgres/migrator.migrate", "drizzle-orm/postgres-js/migrator.migrate", "drizzle-orm/mysql2/migrator.migrate",
	"node-pg-migrate", "umzug.Umzug().up")

func checkBootIO(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if c.Where != syntax.AtModule {
			continue
		}
		switch {
		case fetchers[c.Callee]:
			f := p.Report(c.Span, fmt.Sprintf("%s sends a request while the app starts; it is sent with the first request, and again after each restart", code(c)), "Nothing has to be done.")
			if c.AssignedGlobal {
				f.Needs = []model.Need{{Kind: model.NeedProcess, Detail: "boot-io"}}
			}
		case migrations[c.Callee]:
			p.Report(c.Span, fmt.Sprintf("%s changes the database while the app starts; it runs again after each restart of the Durable Object", code(c)), "Run migrations with the deploy.")
		case strings.HasSuffix(c.Callee, "().query") && stores()[packageOf(c.Callee)].kind == model.NeedSQL:
			p.Report(c.Span, fmt.Sprintf("%s asks the database while the app starts; requests wait for it after each restart", code(c)), "Nothing has to be done.",
				model.Need{Kind: model.NeedProcess, Detail: "boot-io"})
		}
	}
}
