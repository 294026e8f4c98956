package compose

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// secretsPage is the platform's page about secrets.
const secretsPage = "https://developers.cloudflare.com/workers/configuration/secrets/"

func secretEnvironment() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-secret-environment", Category: model.CategorySecrets, Severity: model.Minor,
		Title: "Credential written into the Compose file",
		What:  "An entry of `environment` whose name or value looks like a credential and whose value stands in the file.",
		Why: "Whoever can read the repository has it. In wrangler.jsonc it would be as open: variables there are plain text. convert writes only the name, " +
			"as a required secret, and never the value.",
		Remedy: "Set the value with `wrangler secret put NAME`, or in .dev.vars for local runs. Change the credential if the repository was ever shared.",
		Bad: `services:
  api:
    build: .
    environment:
      STRIPE_SECRET_KEY: sk_live_4242424242424242
`,
		Good: `services:
  api:
    build: .
    environment:
      NODE_ENV: production
      STRIPE_SECRET_KEY: ${STRIPE_SECRET_KEY:?}
`,
		Since:        checked,
		Links:        []string{secretsPage},
		CheckService: checkSecretEnvironment,
	}
}

func checkSecretEnvironment(p *analysis.ServicePass) {
	for _, v := range p.Service.Environment {
		if v.Secret && v.HasValue && v.Value != "" && v.Origin == "environment" && len(v.Refs) == 0 {
			p.Report(v.Span, fmt.Sprintf("The value of %s stands in the file; %s", v.Name, fateOfSecret(p.Service)),
				fmt.Sprintf("Set it with `wrangler secret put %s`; change it if the repository was ever shared.", v.Name))
		}
	}
}

// fateOfSecret says what happens to the credential of a service.
func fateOfSecret(s *model.Service) string {
	if becomesWorker(s) {
		return "it becomes a required secret, and the value is not taken along"
	}
	return "the value is not taken along"
}

func secretEnvFile() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-secret-env-file", Category: model.CategorySecrets, Severity: model.Info,
		Title:  "Credential in an env_file",
		What:   "A line of an `env_file` whose name or value looks like a credential.",
		Why:    "The file's plain values become variables of the Worker. Credentials become required secrets; their values stay where they are.",
		Remedy: "Set them with `wrangler secret put NAME`. `wrangler secret bulk FILE` takes the file as it is.",
		Bad: `-- compose.yaml --
services:
  api:
    build: .
    env_file: api.env
-- api.env --
PORT=3000
JWT_SECRET=correct-horse-battery
`,
		Good: `-- compose.yaml --
services:
  api:
    build: .
    env_file: api.env
-- api.env --
PORT=3000
`,
		Since:        checked,
		Links:        []string{secretsPage},
		CheckService: checkSecretEnvFile,
	}
}

func checkSecretEnvFile(p *analysis.ServicePass) {
	for _, v := range p.Service.Environment {
		if v.Secret && v.HasValue && v.Value != "" && v.Origin == "env_file" {
			p.Report(v.Span, fmt.Sprintf("%s is a credential; %s", v.Name, fateOfSecret(p.Service)),
				fmt.Sprintf("Set it with `wrangler secret put %s`.", v.Name))
		}
	}
}

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

func secretFile() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-secret-file", Category: model.CategorySecrets, Severity: model.Info,
		Title: "Compose secret",
		What:  "An entry of the top-level `secrets`.",
		Why: "Its text becomes the value of a required secret, and the app finds it at the same path as before. The file itself is not copied. A file " +
			"that is in the repository has been open to everybody who could read that.",
		Remedy: "Set the value with `wrangler secret put NAME < FILE`.",
		Bad: `-- compose.yaml --
services:
  api:
    build: .
    secrets: [db-password]
secrets:
  db-password:
    file: db/password.txt
-- db/password.txt --
example
`,
		Good: `services:
  api:
    build: .
`,
		Since:        checked,
		Links:        []string{secretsPage},
		CheckProject: checkSecretFile,
	}
}

func checkSecretFile(p *analysis.ProjectPass) {
	for _, s := range p.Project.Secrets {
		used := slices.ContainsFunc(p.Project.Services, func(service *model.Service) bool {
			return slices.ContainsFunc(service.Secrets, func(g model.FileGrant) bool { return g.Source == s.Name })
		})
		remedy := fmt.Sprintf("Set the value with `wrangler secret put`; MIGRATION.md names the secret that stands for %s.", s.Name)
		switch {
		case !used:
			p.Report(s.Span, fmt.Sprintf("No service uses the secret %s; it is dropped", s.Name), "Remove it.")
		case s.External:
			p.Report(s.Span, fmt.Sprintf("The secret %s is kept outside of the project; it becomes a required secret", s.Name), remedy)
		case s.File != "" && p.Tree.IsFile(s.File):
			f := p.Report(s.Span, fmt.Sprintf("The text of the secret %s is in the repository (%s); it becomes a required secret, and the file is not copied", s.Name, s.File), remedy)
			if !ignoredByGit(p.Tree, s.File) {
				f.Severity = model.Minor
			}
		default:
			p.Report(s.Span, fmt.Sprintf("The secret %s becomes a required secret", s.Name), remedy)
		}
	}
}

// ignoredByGit tells whether the repository's ignore files keep a file out of it.
func ignoredByGit(tree *source.Tree, file string) bool { return tree.GitIgnore().Ignores(file, false) }
