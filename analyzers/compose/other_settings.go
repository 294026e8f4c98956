package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func otherSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-other-settings", Category: model.CategoryCompose, Severity: model.Minor,
		Title: "Keys of a service that mean nothing in Workers",
		What: "`annotations`, `credential_spec`, `cpu_count`, `cpu_percent`, `cpu_period`, `cpu_quota`, `cpu_rt_period`, `cpu_rt_runtime`, `cpu_shares`, `cpuset`, " +
			"`domainname`, `label_file`, `mem_reservation`, `models` and `provider`.",
		Why:    "They speak to the container engine or to tools beside it, which are gone. Each finding says what becomes of the key.",
		Remedy: "See whether the app relies on what the key gives it: a model beside it, a resource of a provider, an account of Windows.",
		Bad: `services:
  api:
    build: .
    domainname: example.com
`,
		Good: `services:
  api:
    build: .
    hostname: api
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "See whether the app relies on it.", "annotations", "credential_spec", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period",
				"cpu_rt_runtime", "cpu_shares", "cpuset", "domainname", "label_file", "mem_reservation", "models", "provider")
		},
	}
}
