package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func stopSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-stop-settings", Category: model.CategoryLifecycle, Severity: model.Info,
		Title:  "How the container is stopped",
		What:   "`stop_signal` and `stop_grace_period`.",
		Why:    "No signal reaches a Worker: it ends without being asked. What the app does on SIGTERM does not happen.",
		Remedy: "Write what must survive when it is made, not when the app ends.",
		Bad: `services:
  api:
    build: .
    stop_grace_period: 30s
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Write what must survive when it is made, not when the app ends.", "stop_signal", "stop_grace_period")
		},
	}
}
