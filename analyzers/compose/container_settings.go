package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

// The rules of this file say that settings of the container have no meaning in an isolate. What becomes of each key, and
// why, stands in platform's table.

func containerSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-container-settings", Category: model.CategoryCompose, Severity: model.Info,
		Title:  "Settings of the container engine",
		What:   "`init`, `tty`, `stdin_open`, `platform`, `pull_policy`, `runtime`, `isolation`, `security_opt`, `read_only`, `cap_drop`, `pull_refresh_after` and `attach`.",
		Why:    "They tell the container engine how to make the container. There is none, and what they are for is given or does not exist in an isolate.",
		Remedy: "Nothing is to be done.",
		Bad: `services:
  api:
    build: .
    init: true
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Nothing is to be done.", "attach", "cap_drop", "init", "isolation", "platform", "pull_policy", "pull_refresh_after", "read_only", "runtime", "security_opt", "stdin_open", "tty")
		},
	}
}
