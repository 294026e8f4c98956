package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

// objectLimits is the page about what a Durable Object can keep.
const objectLimits = "https://developers.cloudflare.com/durable-objects/platform/limits/"

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
		Links:        []string{objectLimits, "https://developers.cloudflare.com/r2/"},
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

func sharedVolume() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-shared-volume", Category: model.CategoryFS, Severity: model.Major,
		Title: "Volume shared by several services",
		What:  "A named volume or host folder that more than one service mounts.",
		Why: "Storage belongs to one Durable Object. Each service that mounts the volume gets a copy of its own, and files that one writes never " +
			"appear in the other.",
		Remedy: "Let one service own the files and the others ask it over HTTP, or keep the files in R2, which all can reach.",
		Bad: `services:
  api:
    build: .
    volumes: ["files:/app/files"]
  worker:
    build: .
    volumes: ["files:/data"]
volumes:
  files:
`,
		Good: `services:
  api:
    build: .
    volumes: ["files:/app/files"]
  worker:
    build: .
volumes:
  files:
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/r2/"},
		CheckProject: checkSharedVolume,
	}
}

func checkSharedVolume(p *analysis.ProjectPass) {
	users := map[string][]string{}
	for _, s := range p.Project.Services {
		for _, m := range s.Mounts {
			if sharable(p, s, m) && !slices.Contains(users[m.Source], s.Name) {
				users[m.Source] = append(users[m.Source], s.Name)
			}
		}
	}
	for _, s := range p.Project.Services {
		for _, m := range s.Mounts {
			others := slices.DeleteFunc(slices.Clone(users[m.Source]), func(name string) bool { return name == s.Name })
			if !sharable(p, s, m) || len(others) == 0 {
				continue
			}
			f := p.Report(m.Span, fmt.Sprintf("%s is also mounted by %s; after the move each service has files of its own and sees none of the other's", m.Source, strings.Join(others, ", ")),
				"Let one service own the files and the others ask it, or keep them in R2.", model.Need{Kind: model.NeedDisk, Detail: m.Target})
			f.Service = s.Name
		}
	}
}

// sharable tells whether a mount can carry files from one service to another: volumes and data folders, but not the
// source, which only comes along. Folders of servers that are replaced as a whole are no concern.
func sharable(p *analysis.ProjectPass, s *model.Service, m model.Mount) bool {
	if !becomesWorker(s) {
		return false
	}
	switch m.Type {
	case "volume":
		return m.Source != "" && !strings.Contains(m.Target, "node_modules")
	case "bind":
		return m.Source != "" && bindKindOf(p.Tree, s, m) == bindOfData
	}
	return false
}

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

func volumesFrom() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-volumes-from", Category: model.CategoryFS, Severity: model.Major,
		Title:  "Volumes of another service",
		What:   "`volumes_from`, which mounts everything another service or container mounts.",
		Why:    "Storage belongs to one Durable Object; a second service cannot see into it.",
		Remedy: "Name the volumes that are needed, let one service own them and the others ask it, or keep the files in R2.",
		Bad: `services:
  api:
    build: .
    volumes_from: [files]
  files:
    image: busybox
`,
		Good: `services:
  api:
    build: .
`,
		Since:        checked,
		CheckService: checkVolumesFrom,
	}
}

func checkVolumesFrom(p *analysis.ServicePass) {
	for _, k := range items(p.Service, "volumes_from") {
		name, _, _ := strings.Cut(strings.TrimPrefix(k.Value, "container:"), ":")
		p.Report(k.Span, fmt.Sprintf("The service mounts all volumes of %s; after the move it sees none of its files", name),
			"Let one service own the files and the others ask it, or keep them in R2.", model.Need{Kind: model.NeedDisk})
	}
}
