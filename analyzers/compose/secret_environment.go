package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

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
