package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

func resourceLimits() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-resource-limits", Category: model.CategoryLimits, Severity: model.Minor,
		Title: "Memory or processor limit beyond an isolate's",
		What:  "A memory limit or reservation of a service that is larger than an isolate's memory, or more than one processor.",
		Why: "An isolate has 128 MB for code, heap and buffers together, on every plan, and runs on one thread. A limit says how much the service may use, " +
			"not how much it does; but somebody thought that it might.",
		Remedy: "Measure what the service uses under load (`docker stats`). Work that needs more belongs into a container, or is cut into smaller pieces.",
		Bad: `services:
  api:
    build: .
    mem_limit: 512m
`,
		Good: `services:
  api:
    build: .
    mem_limit: 128m
`,
		Since:        checked,
		Links:        []string{platform.IsolateMemory().URL},
		CheckService: checkResourceLimits,
	}
}

func checkResourceLimits(p *analysis.ServicePass) {
	if !becomesWorker(p.Service) {
		return
	}
	deploy := p.Service.Deploy
	if deploy.MemoryBytes > platform.IsolateMemory().Paid {
		span := deploy.Span
		for _, path := range []string{"deploy.resources.limits.memory", "mem_limit", "deploy.resources.reservations.memory", "mem_reservation"} {
			if k, ok := key(p.Service, path); ok {
				span = k.Span
				break
			}
		}
		p.Report(span, fmt.Sprintf("The service may use %s of memory; an isolate has %s", megabytes(deploy.MemoryBytes), isolateMemory()),
			"Measure what it really uses under load; work that needs more belongs into a container.")
	}
	if deploy.CPUs > 1 {
		span := deploy.Span
		for _, path := range []string{"deploy.resources.limits.cpus", "cpus", "cpu_count"} {
			if k, ok := key(p.Service, path); ok {
				span = k.Span
				break
			}
		}
		p.Report(span, fmt.Sprintf("The service may use %g processors; an isolate runs on one thread", deploy.CPUs),
			"Node uses one for the program itself; more only matter to worker threads and child processes.").Severity = model.Info
	}
}
