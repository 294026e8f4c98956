package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func addRemote() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-add-remote", Category: model.CategoryDockerfile, Severity: model.Major,
		Title:  "ADD of an address",
		What:   "`ADD` whose source is an address or a git repository.",
		Why:    "The emitted build copies files of the repository and fetches nothing, so what the instruction brings is missing.",
		Remedy: "Put the files into the repository, or fetch them in a build script of package.json.",
		Bad: `FROM node:22
ADD https://example.com/geo.json /app/geo.json
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
ADD geo.json /app/geo.json
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(neededStages(p.Service), "ADD", func(_ *model.Stage, i *model.Instruction) {
				for _, from := range i.Sources {
					if strings.Contains(from, "://") || strings.HasPrefix(from, "git@") {
						p.Report(i.Span, fmt.Sprintf("ADD fetches %s; the emitted build fetches nothing, so it is missing", shorten(withoutCredentials(from))),
							"Put it into the repository, or fetch it in a build script.")
					}
				}
			})
		},
	}
}
