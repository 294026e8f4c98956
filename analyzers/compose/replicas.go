package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func replicas() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-replicas", Category: model.CategoryState, Severity: model.Minor,
		Title: "Several replicas",
		What:  "`deploy.replicas` or `scale` other than one, or `deploy.mode: global`.",
		Why: "A plain Worker runs in as many isolates as requests need, so the figure means nothing there. An app that is hosted in a Durable Object is one " +
			"process, as with one replica. Zero replicas means that the service is not started at all.",
		Remedy: "Nothing is to be done for a stateless service. One that needs several processes at once has to divide its work by a key, one Durable " +
			"Object for each.",
		Bad: `services:
  api:
    build: .
    deploy:
      replicas: 3
`,
		Good: `services:
  api:
    build: .
    deploy:
      replicas: 1
`,
		Since:        checked,
		CheckService: checkReplicas,
	}
}

func checkReplicas(p *analysis.ServicePass) {
	span := p.Service.Deploy.Span
	for _, path := range []string{"deploy.replicas", "scale", "deploy.mode"} {
		if k, ok := key(p.Service, path); ok {
			span = k.Span
			break
		}
	}
	switch n := p.Service.Deploy.Replicas; {
	case p.Service.Deploy.Mode == "global":
		p.Report(span, "The service runs once on every machine; a Worker runs everywhere, and there is no machine it belongs to",
			"Nothing is to be done unless it watches the machine it runs on.")
	case n == 0:
		p.Report(span, "The service has no replicas, so Compose does not start it; it is judged and converted like the others",
			"Remove the service if it is not needed.").Severity = model.Info
	case n > 1 && becomesWorker(p.Service):
		p.Report(span, fmt.Sprintf("The service runs %d times; as a plain Worker it has as many isolates as requests need, in a Durable Object it is one process", n),
			"Nothing is to be done for a stateless service.")
	}
}
