package compose

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func unknownImage() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-unknown-image", Category: model.CategoryCompose, Severity: model.Major,
		Title: "Image that is not known",
		What:  "A service that runs an image from a registry of which nothing is known: it is built nowhere in the project, and it is no well-known server.",
		Why: "What the image runs cannot be seen, so it cannot become a Worker. The service is kept outside, and the others need its address; " +
			"a container on Cloudflare is the other choice.",
		Remedy: "Add `build:` if the image's source is at hand. Else choose with `--answers` between a container and a server elsewhere.",
		Bad: `services:
  billing:
    image: registry.example.com/team/billing:4
`,
		Good: `services:
  db:
    image: postgres:16
  billing:
    build: .
    image: registry.example.com/team/billing:4
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/containers/"},
		CheckService: func(p *analysis.ServicePass) {
			s := p.Service
			if s.Build != nil || s.ImageRef == "" || s.Entry == nil || !slices.Contains([]string{"unknown", ""}, s.Entry.Kind) {
				return
			}
			p.Report(s.ImageSpan, fmt.Sprintf("Nothing is known of the image %s, so it cannot become a Worker", s.ImageRef),
				"Add `build:` if its source is at hand; else it is kept outside or becomes a container.")
		},
	}
}
