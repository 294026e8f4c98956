package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func userSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-user", Category: model.CategoryProcess, Severity: model.Info,
		Title:  "User of the container",
		What:   "`user`, `group_add`, `userns_mode` and `umask`.",
		Why:    "There are no users in an isolate: files have no owner and no permissions that anybody checks.",
		Remedy: "Nothing is to be done.",
		Bad: `services:
  api:
    build: .
    user: "1000:1000"
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Nothing is to be done.", "group_add", "umask", "user", "userns_mode")
		},
	}
}
