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
		What:   "`init`, `tty`, `stdin_open`, `platform`, `pull_policy`, `runtime`, `isolation`, `security_opt`, `read_only` and `attach`.",
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
			reportKeys(p, "Nothing is to be done.", "attach", "init", "isolation", "platform", "pull_policy", "read_only", "runtime", "security_opt", "stdin_open", "tty")
		},
	}
}

func kernelSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-kernel-settings", Category: model.CategoryLimits, Severity: model.Info,
		Title:  "Settings of the kernel",
		What:   "`sysctls`, `ulimits`, `shm_size`, `pids_limit`, `oom_kill_disable`, `oom_score_adj`, swap and block device settings.",
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

func swarmSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-swarm-settings", Category: model.CategoryCompose, Severity: model.Info,
		Title:  "Settings of Swarm",
		What:   "`deploy.placement`, `deploy.update_config`, `deploy.rollback_config`, `deploy.endpoint_mode` and `deploy.labels`.",
		Why:    "Cloudflare places, updates and rolls back Workers by itself.",
		Remedy: "`wrangler rollback` returns to an earlier version, gradual deployments split traffic. A place can be hinted at where data is: see Smart Placement.",
		Bad: `services:
  api:
    build: .
    deploy:
      placement:
        constraints: [node.role == worker]
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers/configuration/smart-placement/"},
		CheckService: func(p *analysis.ServicePass) {
			reportKeys(p, "Nothing is to be done.", "deploy.endpoint_mode", "deploy.labels", "deploy.placement", "deploy.rollback_config", "deploy.update_config")
		},
	}
}

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
