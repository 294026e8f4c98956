package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func labelSchedule() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-label-schedule", Category: model.CategoryTimers, Severity: model.Major,
		Title:  "Schedule in labels",
		What:   "Labels that a scheduler reads from the container engine: Ofelia, swarm-cronjob, docker-crontab, chadburn.",
		Why:    "The scheduler starts a command in the container at the given times. It is gone, and no command runs beside a Worker.",
		Remedy: "Make the job a path or function of the app and call it from a cron trigger of a Worker.",
		Bad: `services:
  api:
    build: .
    labels:
      ofelia.enabled: "true"
      ofelia.job-exec.cleanup.schedule: "@every 1h"
      ofelia.job-exec.cleanup.command: node cleanup.js
`,
		Good: `services:
  api:
    build: .
    labels:
      com.example.schedule: weekdays
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/workers/configuration/cron-triggers/"},
		CheckService: checkLabelSchedule,
	}
}

func checkLabelSchedule(p *analysis.ServicePass) {
	for _, l := range p.Service.Labels {
		if scheduleLabel.MatchString(strings.ToLower(l.Name)) {
			p.Report(l.Span, fmt.Sprintf("A job runs here by the schedule %q; nothing reads the label after the move, so it does not run", l.Value),
				"Call what the job does from a cron trigger.", model.Need{Kind: model.NeedSchedule, Detail: l.Value})
		}
	}
}
