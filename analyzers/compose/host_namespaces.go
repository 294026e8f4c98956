package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func hostNamespaces() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-host-namespaces", Category: model.CategoryProcess, Severity: model.Major,
		Title:  "Processes or memory shared with the host or another container",
		What:   "`pid`, `ipc`, `uts` or `cgroup` with a value that shares them: `host`, `service:NAME`, `container:NAME`, `shareable`.",
		Why:    "An isolate sees no processes, neither its host's nor its neighbours', and shares no memory with them.",
		Remedy: "Let the services talk over HTTP or TCP instead. Programs that watch the processes of a host stay on that host.",
		Bad: `services:
  api:
    build: .
    pid: host
`,
		Good: `services:
  api:
    build: .
    ipc: private
`,
		Since:        checked,
		CheckService: checkHostNamespaces,
	}
}

func checkHostNamespaces(p *analysis.ServicePass) {
	for path, what := range map[string]string{
		"pid": "sees the processes", "ipc": "shares memory", "uts": "shares the host name", "cgroup": "shares the control group",
	} {
		k, ok := key(p.Service, path)
		if !ok || k.Value == "private" || k.Value == "none" || k.Value == "" {
			continue
		}
		f := p.Report(k.Span, fmt.Sprintf("The service %s of others (`%s: %s`); an isolate is alone", what, path, k.Value),
			"Let the services talk over HTTP or TCP instead.", model.Need{Kind: model.NeedNative, Detail: path})
		if path == "uts" || path == "cgroup" {
			f.Severity, f.Needs = model.Info, nil
		}
	}
}
