package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func baseUnpinned() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-base-unpinned", Category: model.CategoryDockerfile, Severity: model.Info,
		Title:  "Base image without a version",
		What:   "`FROM` with no tag, or with the tag `latest`, in a stage that the service needs.",
		Why:    "The base image of a Node.js service is not used any more: packages are installed by the Node.js of the machine that builds, and the app runs on workerd, whose behaviour the compatibility date fixes.",
		Remedy: "Nothing is to be done for the move. Name the version that the app is tested with in `engines` of package.json.",
		Bad: `FROM node
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers/configuration/compatibility-dates/"},
		CheckService: func(p *analysis.ServicePass) {
			for _, stage := range neededStages(p.Service) {
				if stage.BaseStage == nil && stage.Base != "scratch" && stage.Base != "" && !pinned(stage.Base) {
					p.Report(stage.Span, fmt.Sprintf("The base image %s has no version; after the move the compatibility date says what the app runs on", stage.Base),
						"Name the Node.js version that the app is tested with in package.json.")
				}
			}
		},
	}
}

func pinned(ref string) bool {
	if strings.Contains(ref, "@") {
		return true
	}
	i := strings.LastIndexByte(ref, ':')
	return i > strings.LastIndexByte(ref, '/') && ref[i+1:] != "latest" && ref[i+1:] != ""
}
