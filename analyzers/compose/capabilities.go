package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func capabilities() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-capabilities", Category: model.CategoryCompose, Severity: model.Major,
		Title: "Kernel capabilities added",
		What:  "Entries of `cap_add`.",
		Why: "Capabilities are rights in the kernel of a host: to configure networks, to trace processes, to mount. An isolate has no kernel. " +
			"Those that only matter to users, files and low ports (`CHOWN`, `NET_BIND_SERVICE`, …) are not missed, because there are none of these either.",
		Remedy: "Remove the capability if nothing needs it; a program that does keeps running on a host.",
		Bad: `services:
  api:
    build: .
    cap_add: [NET_ADMIN]
`,
		Good: `services:
  api:
    build: .
    cap_drop: [ALL]
`,
		Since:        checked,
		CheckService: checkCapabilities,
	}
}

// needless are capabilities about things that an isolate does not have to begin with.
func needless() []string {
	return []string{"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT", "SYS_NICE", "IPC_LOCK"}
}

func checkCapabilities(p *analysis.ServicePass) {
	for _, k := range items(p.Service, "cap_add") {
		name := strings.TrimPrefix(strings.ToUpper(k.Value), "CAP_")
		if slices.Contains(needless(), name) {
			p.Report(k.Span, fmt.Sprintf("The capability %s is dropped; an isolate has no users, processes or low ports it could be for", name),
				"Nothing is to be done.").Severity = model.Info
			continue
		}
		p.Report(k.Span, fmt.Sprintf("The container gets the capability %s; an isolate has no kernel, so what it is for fails there", name),
			"Remove the capability if nothing needs it; else keep this service on a host.")
	}
}
