package dockerfile

import (
	"fmt"

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
