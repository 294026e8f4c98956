package compose

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

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
