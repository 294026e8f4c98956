package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

func namedVolume() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-named-volume", Category: model.CategoryFS, Severity: model.Minor,
		Title: "Named or anonymous volume",
		What:  "A volume that Docker manages, mounted into a service.",
		Why: "No disk is attached to a Worker. The files that the app writes below the mount are kept in the storage of its Durable Object instead, " +
			"which one instance of the service reads and writes and which holds up to 10 GB. What the volume contains today is not copied.",
		Remedy: "convert takes care of it for files an app keeps to itself. Many or large files, or files that several services share, belong into R2. " +
			"Copy what the volume holds today by hand.",
		Bad: `services:
  api:
    build: .
    volumes: ["uploads:/app/uploads"]
volumes:
  uploads:
`,
		Good: `services:
  api:
    build: .
`,
		Since:        checked,
		Links:        []string{objectLimitsPage, "https://developers.cloudflare.com/r2/"},
		CheckService: checkNamedVolume,
	}
}

func checkNamedVolume(p *analysis.ServicePass) {
	for _, m := range p.Service.Mounts {
		if m.Type != "volume" || m.FromImage {
			continue
		}
		name := "The volume " + m.Source
		if m.Source == "" {
			name = "An anonymous volume"
		}
		switch {
		case !becomesWorker(p.Service):
			p.Report(m.Span, fmt.Sprintf("%s belongs to a service that does not become a Worker (%s); what it holds is not copied", name, m.Target),
				"Move the data with the server's own dump and restore.").Severity = model.Info
		case strings.Contains(m.Target, "node_modules"):
			p.Report(m.Span, fmt.Sprintf("%s keeps the image's %s from being hidden by a bind mount; the build installs packages anew, so it is dropped", name, m.Target),
				"Nothing is to be done.").Severity = model.Info
		case m.ReadOnly:
			p.Report(m.Span, fmt.Sprintf("%s is mounted read-only at %s; what it holds today is not copied, so the folder is empty", name, m.Target),
				"Put the files into the image, or serve them from R2.", model.Need{Kind: model.NeedDisk, Detail: m.Target})
		default:
			p.Report(m.Span, fmt.Sprintf("%s keeps what is written to %s; a Durable Object's storage takes its place, up to %d GB for one instance, and begins empty", name, m.Target, platform.ObjectStorage().Paid>>30),
				"Copy what it holds today by hand; use R2 for many or large files.", model.Need{Kind: model.NeedDisk, Detail: m.Target})
		}
	}
}
