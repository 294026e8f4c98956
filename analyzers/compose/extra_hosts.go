package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func extraHosts() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-extra-hosts", Category: model.CategoryNetwork, Severity: model.Major,
		Title: "Names in the hosts file",
		What:  "`extra_hosts`.",
		Why: "A Worker resolves names with Cloudflare's resolver and has no hosts file: the name is unknown, and private addresses cannot be reached. " +
			"`host-gateway` stands for the machine that Docker runs on, which is not there any more.",
		Remedy: "Put an address that is reachable from the internet into the variable that holds the name, or connect the private network with Cloudflare Tunnel.",
		Bad: `services:
  api:
    build: .
    extra_hosts: ["host.docker.internal:host-gateway"]
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers-vpc/"},
		CheckService: func(p *analysis.ServicePass) {
			for _, k := range items(p.Service, "extra_hosts") {
				name, address := hostEntry(k)
				message := fmt.Sprintf("The name %s is given the address %s; a Worker has no hosts file, so the name is unknown", name, address)
				if address == "host-gateway" {
					message = fmt.Sprintf("The name %s stands for the machine that Docker runs on; nothing of it is beside a Worker", name)
				}
				p.Report(k.Span, message, "Put a public address into the variable that holds the name, or use Cloudflare Tunnel.")
			}
		},
	}
}

// hostEntry splits an entry of extra_hosts: "name:address", "name=address", or the key extra_hosts.name with the address.
func hostEntry(k model.Key) (name, address string) {
	if after, ok := strings.CutPrefix(k.Path, "extra_hosts."); ok {
		name, _, _ = strings.Cut(after, "[")
		return name, k.Value
	}
	if name, address, ok := strings.Cut(k.Value, "="); ok {
		return name, address
	}
	name, address, _ = strings.Cut(k.Value, ":")
	return name, address
}
