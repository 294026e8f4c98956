package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func download() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-download", Category: model.CategoryDockerfile, Severity: model.Minor,
		Title: "Download in a RUN instruction",
		What:  "`curl`, `wget` or `git clone` in a RUN instruction of a stage that the service needs.",
		Why: "Most downloads bring system software, which an isolate cannot use; they are left out of the emitted build together with what unpacks them. Files " +
			"that the app reads would be missing.",
		Remedy: "Put files that the app reads into the repository or fetch them in a build script of package.json.",
		Bad: `FROM node:22
RUN curl -fsSL https://example.com/model.bin -o /app/model.bin
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(neededStages(p.Service), "RUN", func(_ *model.Stage, i *model.Instruction) {
				for _, c := range commandsOf(i) {
					if c.name() != "curl" && c.name() != "wget" && (c.name() != "git" || !c.has("clone")) {
						continue
					}
					what := "something"
					for _, word := range c.operands() {
						if strings.Contains(word, "://") || strings.HasPrefix(word, "git@") {
							what = withoutCredentials(word)
						}
					}
					p.Report(i.Span, fmt.Sprintf("`%s` fetches %s; the download is left out of the emitted build", c.name(), shorten(what)),
						"If the app reads what it brings, put it into the repository or fetch it in a build script.")
				}
			})
		},
	}
}
