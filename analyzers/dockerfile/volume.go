package dockerfile

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

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
