package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

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
