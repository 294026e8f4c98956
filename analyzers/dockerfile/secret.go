package dockerfile

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

func secret() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-secret", Category: model.CategorySecrets, Severity: model.Minor,
		Title: "Credential in the Dockerfile",
		What:  "An `ENV` or the default of an `ARG` whose name or value looks like a credential.",
		Why: "Whoever can read the repository or pull the image has it. convert writes only the name of such a variable, as a required secret, and never " +
			"the value.",
		Remedy: "Set the value with `wrangler secret put NAME`, and change the credential if the repository or the image was ever shared.",
		Bad: `FROM node:22
ENV SESSION_SECRET=correct-horse-battery
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
ENV NODE_ENV=production
COPY . .
CMD ["node", "app.js"]
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/workers/configuration/secrets/"},
		CheckService: checkSecret,
	}
}

func checkSecret(p *analysis.ServicePass) {
	var seen []source.Span
	report := func(v model.EnvVar, what, remedy string) {
		if !v.Secret || v.Value == "" || v.Span.File != p.Service.Image.File || slices.Contains(seen, v.Span) {
			return
		}
		seen = append(seen, v.Span)
		p.Report(v.Span, what, remedy)
	}
	if p.Service.Image == nil {
		return
	}
	for _, stage := range p.Service.Image.Stages { // whatever is done with the stage, the file can be read
		for _, v := range stage.Env {
			if len(v.Refs) == 0 {
				report(v, fmt.Sprintf("The value of %s stands in the Dockerfile; it becomes a required secret, and the value is not taken along", v.Name),
					fmt.Sprintf("Set it with `wrangler secret put %s`; change it if the image was ever shared.", v.Name))
			}
		}
		for _, v := range stage.Args {
			if !givenByCompose(p.Service, v.Name) {
				report(v, fmt.Sprintf("The default of the build argument %s stands in the Dockerfile; it is not taken along", v.Name),
					fmt.Sprintf("Give %s to `npm run build` as a variable of the environment.", v.Name))
			}
		}
	}
}

// givenByCompose tells whether Compose sets a build argument: then the value is not the Dockerfile's.
func givenByCompose(s *model.Service, name string) bool {
	return s.Build != nil && slices.ContainsFunc(s.Build.Args, func(v model.EnvVar) bool { return v.Name == name && v.HasValue })
}
