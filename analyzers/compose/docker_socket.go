package compose

import (
	"path"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func dockerSocket() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-docker-socket", Category: model.CategoryCompose, Severity: model.Blocker,
		Title: "Access to the container engine",
		What:  "A service that mounts the socket of Docker or Podman, or sets `use_api_socket`.",
		Why: "Through the socket a program lists, starts and stops containers. After the move there is no container engine; a Worker cannot start " +
			"others at run time.",
		Remedy: "Proxies and dashboards that watch containers (Traefik, Portainer, Watchtower) have nothing to watch and go away. A program that " +
			"starts containers to do work stays on a host.",
		Bad: `services:
  api:
    build: .
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
`,
		Good: `services:
  api:
    build: .
`,
		Since:        checked,
		CheckService: checkDockerSocket,
	}
}

func checkDockerSocket(p *analysis.ServicePass) {
	const message = "The service talks to the container engine; there is none beside a Worker"
	const remedy = "Drop the service if it only watches containers; keep it on a host if it starts them."
	need := model.Need{Kind: model.NeedNative, Detail: "container-engine"}
	for _, m := range p.Service.Mounts {
		if isEngineSocket(m.Source) || isEngineSocket(m.Target) {
			p.Report(m.Span, message, remedy, need)
		}
	}
	if k, ok := key(p.Service, "use_api_socket"); ok && k.Value == "true" {
		p.Report(k.Span, message, remedy, need)
	}
}

// isEngineSocket knows the sockets of Docker, Podman and containerd by their names.
func isEngineSocket(file string) bool {
	switch path.Base(strings.ReplaceAll(file, `\`, "/")) {
	case "docker.sock", "podman.sock", "containerd.sock", "docker_engine":
		return true
	}
	return false
}
