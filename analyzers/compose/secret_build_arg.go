package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func secretBuildArg() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-secret-build-arg", Category: model.CategorySecrets, Severity: model.Minor,
		Title: "Credential given to the build",
		What:  "A `build.args` entry whose name or value looks like a credential.",
		Why: "Build arguments stay in the image's history. The emitted build has no such argument: a credential in build.json would be in the open, so " +
			"its value is left out.",
		Remedy: "Give it to `npm run build` as a variable of the environment, in Workers Builds as a build secret.",
		Bad: `services:
  api:
    build:
      context: .
      args:
        NPM_TOKEN: npm_abcdefghijklmnopqrstuvwxyz0123456789
`,
		Good: `services:
  api:
    build:
      context: .
      args:
        NODE_VERSION: "22"
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/workers/ci-cd/builds/configuration/"},
		CheckService: checkSecretBuildArg,
	}
}

func checkSecretBuildArg(p *analysis.ServicePass) {
	if p.Service.Build == nil {
		return
	}
	for _, v := range p.Service.Build.Args {
		if v.Secret && v.Value != "" {
			p.Report(v.Span, fmt.Sprintf("The build argument %s is a credential; its value is not taken along", v.Name),
				fmt.Sprintf("Give %s to `npm run build` as a variable of the environment.", v.Name))
		}
	}
}
