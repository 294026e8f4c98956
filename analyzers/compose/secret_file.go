package compose

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

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
