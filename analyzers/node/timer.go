package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func timer() *analysis.Rule {
	return &analysis.Rule{
		Name: "timer-background", Category: model.CategoryTimers, Severity: model.Minor,
		Title: "Timer or schedule that runs between requests",
		What:  "setInterval, or a scheduler such as node-cron, that works without a request.",
		Why: "At global scope a plain Worker refuses timers (\"Disallowed operation called within global scope\"), and after a response nothing " +
			"runs on. In a Durable Object timers tick between requests and keep the object alive, which is billed as long as they do.",
		Remedy:      "Nothing has to be done for a Durable Object, which convert chooses for this; a cron trigger starts it again after a deploy. A rare job is cheaper as a cron trigger of its own.",
		Bad:         "setInterval(() => console.log('tick'), 1000);\n",
		Good:        "module.exports = (ms) => new Promise((resolve) => setTimeout(resolve, ms));\n",
		Since:       checked,
		Probe:       "timer-background",
		Mentions:    append(analysis.Imports("node-cron", "cron", "croner", "node-schedule", "agenda", "bree", "toad-scheduler", "@nestjs/schedule", "later"), "setInterval"),
		CheckModule: checkTimer,
	}
}

// schedulers are calls of packages that run work at times of their own.
var schedulers = set("node-cron.schedule", "node-cron.default.schedule", "cron.CronJob", "cron.CronJob.from", "croner.Cron", "croner", "node-schedule.scheduleJob",
	"agenda", "agenda.Agenda", "bree", "toad-scheduler.ToadScheduler", "@nestjs/schedule.ScheduleModule.forRoot", "later.setInterval")

func checkTimer(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		switch {
		case (c.Callee == "setInterval" || c.Callee == "node:timers.setInterval" || c.Callee == "node:timers/promises.setInterval") && c.Where != syntax.InHandler:
			p.Report(c.Span, "`setInterval` runs between requests; a plain Worker refuses it at global scope, a Durable Object is kept alive by it",
				"Nothing has to be done for a Durable Object, which convert chooses for this; it is billed for as long as the timer runs.",
				model.Need{Kind: model.NeedProcess, Detail: "timer"})
		case schedulers[c.Callee]:
			schedule := ""
			if v := c.Arg(0); v.Kind == syntax.String {
				schedule = v.Text
			}
			p.Report(c.Span, fmt.Sprintf("%s runs work at times of its own; a plain Worker has no timer between requests", code(c)),
				"Nothing has to be done for a Durable Object, which convert chooses for this. A rare job is cheaper as a cron trigger.",
				model.Need{Kind: model.NeedSchedule, Detail: schedule})
		}
	}
}
