package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func restart() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-restart", Category: model.CategoryLifecycle, Severity: model.Info,
		Title: "Restart policy",
		What:  "`restart` or `deploy.restart_policy`.",
		Why: "A Worker is started by a request and ends by itself. An app that exits or crashes is started again by the next request, whatever the policy " +
			"says, without delays and without counting.",
		Remedy: "Nothing is to be done. A service that must not be started again after an error has to remember that itself.",
		Bad: `services:
  api:
    build: .
    restart: unless-stopped
`,
		Good: `services:
  api:
    build: .
`,
		Since:        checked,
		CheckService: checkRestart,
	}
}

func checkRestart(p *analysis.ServicePass) {
	if !becomesWorker(p.Service) {
		return
	}
	for _, path := range []string{"restart", "deploy.restart_policy"} {
		k, ok := key(p.Service, path)
		if !ok {
			continue
		}
		message := "The restart policy is replaced: an app that exits is started again by the next request"
		if policy := p.Service.Restart; path == "restart" && (policy == "no" || strings.HasPrefix(policy, "on-failure")) {
			message = fmt.Sprintf("`restart: %s` is replaced: an app that exits is started again by the next request, however it ended", policy)
		}
		p.Report(k.Span, message, "Nothing is to be done.")
	}
}
