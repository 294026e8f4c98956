package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

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
