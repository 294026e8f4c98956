package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func kernelSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-kernel-settings", Category: model.CategoryLimits, Severity: model.Info,
		Title:  "Settings of the kernel",
		What:   "`sysctls`, `ulimits`, `shm_size`, `pids_limit`, `oom_kill_disable`, `oom_score_adj`, `mem_swappiness`, `memswap_limit`, `blkio_config`, `storage_opt` and `cgroup_parent`.",
		Why:    "An isolate has no kernel of its own; its limits are fixed.",
		Remedy: "Nothing is to be done, unless a limit was raised because the service needed more: see the limits of Workers.",
		Bad: `services:
  api:
    build: .
    ulimits:
      nofile: 65536
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers/platform/limits/"},
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Nothing is to be done.", "blkio_config", "cgroup_parent", "mem_swappiness", "memswap_limit", "oom_kill_disable", "oom_score_adj",
				"pids_limit", "shm_size", "storage_opt", "sysctls", "ulimits")
		},
	}
}
