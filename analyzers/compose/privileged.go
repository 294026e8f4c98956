package compose

import (
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func privileged() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-privileged", Category: model.CategoryCompose, Severity: model.Major,
		Title: "Privileged container",
		What:  "A service with `privileged: true`.",
		Why: "A privileged container may mount file systems, load modules and talk to devices of its host. A Worker runs in an isolate " +
			"without a kernel to ask: whatever the privilege is for does not exist there.",
		Remedy: "Find out what needs it. Often nothing does, and the line can go. What really needs a host stays on one, outside of Workers.",
		Bad: `services:
  api:
    build: .
    privileged: true
`,
		Good: `services:
  api:
    build: .
    privileged: false
`,
		Since:        checked,
		CheckService: checkPrivileged,
	}
}

func checkPrivileged(p *analysis.ServicePass) {
	if k, ok := key(p.Service, "privileged"); ok && k.Value == "true" {
		p.Report(k.Span, "The container is privileged; an isolate has no kernel and no devices, so what the privilege is for fails there",
			"Remove `privileged` if nothing needs it; else keep this service on a host of its own.")
	}
}
