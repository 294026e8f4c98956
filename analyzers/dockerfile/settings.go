package dockerfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func user() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-user", Category: model.CategoryDockerfile, Severity: model.Info,
		Title:  "User of the image",
		What:   "`USER` in the final image.",
		Why:    "There are no users in an isolate: files have no owner and no permissions that anybody checks. `os.userInfo()` gives the name all the same.",
		Remedy: "Nothing is to be done.",
		Bad: `FROM node:22
COPY . .
USER node
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(finalStages(p.Service), "USER", func(_ *model.Stage, i *model.Instruction) {
				p.Report(i.Span, fmt.Sprintf("The image runs as the user %s; there are no users in an isolate", shorten(i.Text)), "Nothing is to be done.")
			})
		},
	}
}

func volume() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-volume", Category: model.CategoryFS, Severity: model.Minor,
		Title: "Volume declared by the image",
		What:  "`VOLUME` paths of the final image that Compose mounts nothing at.",
		Why: "Docker keeps what is written there in an anonymous volume, which is lost with the container unless somebody names it. After the move it is kept " +
			"in the storage of the service's Durable Object.",
		Remedy: "Nothing is to be done for files an app keeps to itself; use R2 for many or large ones.",
		Bad: `FROM node:22
COPY . .
VOLUME /app/uploads
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/durable-objects/platform/limits/", "https://developers.cloudflare.com/r2/"},
		CheckService: func(p *analysis.ServicePass) {
			if p.Service.Image == nil || p.Service.Image.Target == nil || !becomesWorker(p.Service) {
				return
			}
			for _, v := range p.Service.Image.Target.Volumes {
				mounted := slices.ContainsFunc(p.Service.Mounts, func(m model.Mount) bool { return !m.FromImage && m.Target == v.Target })
				if !mounted {
					p.Report(v.Span, fmt.Sprintf("The image declares a volume at %s; what is written there is kept in a Durable Object's storage", v.Target),
						"Use R2 for many or large files.", model.Need{Kind: model.NeedDisk, Detail: v.Target})
				}
			}
		},
	}
}

func expose() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-expose", Category: model.CategoryListen, Severity: model.Info,
		Title: "Port declared by the image",
		What:  "`EXPOSE` in the final image.",
		Why: "The declaration opens nothing, in Docker neither. The port that the program really listens on is where requests go; that of `EXPOSE` is only " +
			"used where it could not be seen. A UDP port receives nothing in a Worker.",
		Remedy: "Nothing is to be done.",
		Bad: `FROM node:22
COPY . .
EXPOSE 3000
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			if p.Service.Image == nil || p.Service.Image.Target == nil || !becomesWorker(p.Service) {
				return
			}
			for _, port := range p.Service.Image.Target.Expose {
				if port.Protocol == "udp" {
					p.Report(port.Span, fmt.Sprintf("The image declares the UDP port %d; no datagram reaches a Worker", port.Target),
						"Keep the UDP server on a host, or speak HTTP instead.").Severity = model.Major
					continue
				}
				p.Report(port.Span, fmt.Sprintf("The image declares port %d; the port that the program listens on counts", port.Target), "Nothing is to be done.")
			}
		},
	}
}

func healthcheck() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-healthcheck", Category: model.CategoryLifecycle, Severity: model.Info,
		Title:  "Health check of the image",
		What:   "`HEALTHCHECK` in the final image, unless Compose has its own.",
		Why:    "Nothing polls a Worker, and no command runs beside it. A request waits until the app listens; `dock2edge verify` asks the check's address first.",
		Remedy: "Use a monitoring service on the check's address in production.",
		Bad: `FROM node:22
COPY . .
HEALTHCHECK CMD curl -f http://localhost:3000/healthz
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
HEALTHCHECK NONE
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			if p.Service.Image == nil || p.Service.Image.Target == nil || !becomesWorker(p.Service) {
				return
			}
			h := p.Service.Image.Target.Healthcheck
			if h == nil || h.Disabled || p.Service.Healthcheck != nil && !p.Service.Healthcheck.FromImage {
				return
			}
			message := "The image's health check runs a command; none runs beside a Worker"
			if own := p.Service.Healthcheck; own != nil && own.URLPath != "" {
				message = fmt.Sprintf("The image's health check asks %s; `dock2edge verify` asks it too, and nothing polls it in production", own.URLPath)
			}
			p.Report(h.Span, message, "Use a monitoring service in production.")
		},
	}
}

func stopSignal() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-stopsignal", Category: model.CategoryLifecycle, Severity: model.Info,
		Title:  "Signal that stops the container",
		What:   "`STOPSIGNAL` in the final image.",
		Why:    "No signal reaches a Worker: it ends without being asked.",
		Remedy: "Write what must survive when it is made, not when the app ends.",
		Bad: `FROM node:22
COPY . .
STOPSIGNAL SIGINT
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(finalStages(p.Service), "STOPSIGNAL", func(_ *model.Stage, i *model.Instruction) {
				p.Report(i.Span, fmt.Sprintf("The container is stopped with %s; no signal reaches a Worker", shorten(i.Text)),
					"Write what must survive when it is made, not when the app ends.")
			})
		},
	}
}

func buildSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-build-settings", Category: model.CategoryDockerfile, Severity: model.Info,
		Title: "Settings of the image's build",
		What:  "`SHELL`, `ONBUILD`, `FROM --platform`, `LABEL` and `MAINTAINER`.",
		Why: "The emitted build runs commands with sh on the machine that builds; JavaScript and WebAssembly are the same on every processor; there is no " +
			"image to label or to build others on.",
		Remedy: "Commands that need bash have to say `bash -c`.",
		Bad: `FROM --platform=linux/amd64 node:22
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since:        checked,
		CheckService: checkBuildSettings,
	}
}

func checkBuildSettings(p *analysis.ServicePass) {
	const nothing = "Nothing is to be done."
	stages := neededStages(p.Service)
	for _, stage := range stages {
		if stage.Platform != "" && !followsBuilder(p, stage) {
			p.Report(stage.Span, fmt.Sprintf("The stage is made for %s; a Worker's code is the same on every processor", stage.Platform), nothing)
		}
	}
	each(stages, "SHELL", func(_ *model.Stage, i *model.Instruction) {
		p.Report(i.Span, fmt.Sprintf("RUN uses the shell %s; the emitted build uses sh", shorten(i.Text)), "Commands that need bash have to say `bash -c`.")
	})
	each(finalStages(p.Service), "ONBUILD", func(_ *model.Stage, i *model.Instruction) {
		p.Report(i.Span, "ONBUILD is for images that are built on this one; there is none", nothing)
	})
	each(finalStages(p.Service), "LABEL", func(_ *model.Stage, i *model.Instruction) {
		p.Report(i.Span, fmt.Sprintf("The label %s is dropped; there is no image to carry it", shorten(i.Text)), nothing)
	})
	each(finalStages(p.Service), "MAINTAINER", func(_ *model.Stage, i *model.Instruction) {
		p.Report(i.Span, "The maintainer's name is dropped; there is no image to carry it", nothing)
	})
}

// followsBuilder tells whether a stage's platform is only that of the machine that builds, or of the image it is for.
func followsBuilder(p *analysis.ServicePass, stage *model.Stage) bool {
	text, err := p.Tree.Read(stage.Span.File)
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	if stage.Span.Start.Line > len(lines) {
		return false
	}
	line := lines[stage.Span.Start.Line-1]
	return strings.Contains(line, "BUILDPLATFORM") || strings.Contains(line, "TARGETPLATFORM")
}

func lowPort() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-setcap", Category: model.CategoryDockerfile, Severity: model.Info,
		Title:  "Capability given to a program",
		What:   "`setcap` in a RUN instruction, mostly to let Node.js listen on a port below 1024.",
		Why:    "No port is special in an isolate, and there are no capabilities.",
		Remedy: "Nothing is to be done.",
		Bad: `FROM node:22
RUN setcap cap_net_bind_service=+ep /usr/local/bin/node
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(finalStages(p.Service), "RUN", func(_ *model.Stage, i *model.Instruction) {
				for _, c := range commandsOf(i) {
					if c.name() == "setcap" {
						p.Report(i.Span, fmt.Sprintf("`%s` is dropped; no port is special in an isolate", shorten(strings.Join(c, " "))), "Nothing is to be done.")
					}
				}
			})
		},
	}
}
