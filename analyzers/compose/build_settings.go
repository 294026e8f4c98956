package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

func buildSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-build-settings", Category: model.CategoryCompose, Severity: model.Info,
		Title: "Settings of an image's build",
		What: "Keys of `build` that have no meaning without an image: caches, labels, tags, platforms, limits. Those that bring something into the build " +
			"(`build.secrets`, `build.ssh`, `build.extra_hosts`, `build.network`) are minor.",
		Why:    "The emitted build is an npm script on an ordinary machine. It makes no image and has no mounts, hosts or agents of its own.",
		Remedy: "Give credentials as variables of the environment, and let the machine that builds reach what the build fetches.",
		Bad: `services:
  api:
    build:
      context: .
      tags: ["registry.example.com/api:1"]
`,
		Good: `services:
  api:
    build:
      context: .
      target: build
`,
		Since:        checked,
		CheckService: checkBuildSettings,
	}
}

func checkBuildSettings(p *analysis.ServicePass) {
	if !becomesWorker(p.Service) {
		return
	}
	for _, k := range p.Service.Keys {
		name, ok := strings.CutPrefix(k.Path, "build.")
		if !ok || strings.ContainsAny(name, ".[") {
			continue
		}
		outcome, why := platform.ComposeKey(k.Path)
		if outcome != string(model.Dropped) {
			continue
		}
		f := p.Report(k.Span, fmt.Sprintf("`%s` is %s: %s", k.Path, outcome, why), "Nothing is to be done.")
		switch name {
		case "secrets", "ssh", "extra_hosts", "network":
			f.Severity = model.Minor
			f.Remedy = "See that the machine that builds has what the build needs."
		}
	}
}
