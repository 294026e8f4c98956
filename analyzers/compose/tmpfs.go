package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func tmpfs() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-tmpfs", Category: model.CategoryFS, Severity: model.Info,
		Title: "Files in memory",
		What:  "`tmpfs` mounts.",
		Why: "Files there live in the memory of the isolate, which is limited to 128 MB for everything, and are gone when the instance ends, as they " +
			"are when a container ends.",
		Remedy: "Nothing is to be done as long as the files are small.",
		Bad: `services:
  api:
    build: .
    tmpfs: /app/cache
`,
		Good: `services:
  api:
    build: .
`,
		Since:        checked,
		CheckService: checkTmpfs,
	}
}

func checkTmpfs(p *analysis.ServicePass) {
	for _, m := range p.Service.Mounts {
		if m.Type == "tmpfs" && becomesWorker(p.Service) {
			p.Report(m.Span, fmt.Sprintf("%s is in memory and stays so, within the isolate's %s", m.Target, isolateMemory()), "Keep the files small.")
		}
	}
}
