package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func copyExternal() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-copy-image", Category: model.CategoryDockerfile, Severity: model.Minor,
		Title: "Files copied from another image",
		What:  "`COPY --from` with the name of an image of a registry instead of a stage.",
		Why: "The emitted build has no images to copy from. What is copied this way is mostly a program (a static binary, a package manager), and no program of an " +
			"image runs in an isolate.",
		Remedy: "Package managers come with the machine that builds. Files that the app reads have to be in the repository or in an npm package.",
		Bad: `FROM node:22
COPY --from=busybox:1.36 /bin/busybox /bin/busybox
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22 AS build
WORKDIR /app
COPY . .
FROM node:22
COPY --from=build /app /app
CMD ["node", "/app/app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(neededStages(p.Service), "COPY", func(_ *model.Stage, i *model.Instruction) {
				if i.From != "" && i.FromStage == nil {
					p.Report(i.Span, fmt.Sprintf("Files are copied from the image %s; the emitted build has no images, so %s is missing", i.From, shorten(strings.Join(i.Sources, ", "))),
						"Files that the app reads have to be in the repository or in an npm package.")
				}
			})
		},
	}
}
