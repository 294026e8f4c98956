package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func devices() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-devices", Category: model.CategoryCompose, Severity: model.Blocker,
		Title: "Devices of the host",
		What:  "A service that is given devices: `devices`, `device_cgroup_rules`, `gpus`, `runtime: nvidia`, or `deploy.resources.reservations.devices`.",
		Why:   "There is no hardware behind an isolate: no serial ports, no cameras, no GPU.",
		Remedy: "Keep the part that talks to the device on the machine that has it, and let the rest call it over HTTP. " +
			"Inference can move to Workers AI, rendering to a container.",
		Bad: `services:
  api:
    build: .
    devices:
      - /dev/ttyUSB0:/dev/ttyUSB0
`,
		Good: `services:
  api:
    build: .
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/workers-ai/"},
		CheckService: checkDevices,
	}
}

func checkDevices(p *analysis.ServicePass) {
	report := func(k model.Key, what, detail string) {
		p.Report(k.Span, what+"; there is no hardware behind an isolate",
			"Keep the part that uses it on a machine that has it, and call it over HTTP.",
			model.Need{Kind: model.NeedNative, Detail: detail})
	}
	for _, k := range p.Service.Keys {
		switch {
		case strings.HasPrefix(k.Path, "devices[") && k.Value != "" && !strings.Contains(k.Path, "."):
			device, _, _ := strings.Cut(k.Value, ":")
			report(k, "The container is given the device "+device, "device")
		case strings.HasPrefix(k.Path, "devices[") && strings.HasSuffix(k.Path, ".source"):
			report(k, "The container is given the device "+k.Value, "device")
		case strings.HasPrefix(k.Path, "device_cgroup_rules[") && k.Value != "":
			report(k, fmt.Sprintf("The container may use devices by the rule %q", k.Value), "device")
		case k.Path == "gpus", k.Path == "deploy.resources.reservations.devices":
			report(k, "The container is given GPUs or other devices of its host", "gpu")
		case k.Path == "runtime" && strings.Contains(k.Value, "nvidia"):
			report(k, "The container runs with the runtime of a GPU", "gpu")
		}
	}
}
