package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func buildMount() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-run-mount", Category: model.CategoryDockerfile, Severity: model.Info,
		Title: "Mount of a RUN instruction",
		What:  "`RUN --mount` with type `secret`, `ssh`, `bind` or `cache`.",
		Why: "The emitted build runs on an ordinary machine without mounts. Caches of package managers are there anyway; secrets, SSH agents and files of other " +
			"stages or images are not where the command looks for them.",
		Remedy: "Give credentials as variables of the environment or in the user's .npmrc; copy files with COPY.",
		Bad: `FROM node:22
COPY . .
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
RUN npm ci
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(neededStages(p.Service), "RUN", func(_ *model.Stage, i *model.Instruction) {
				for _, mount := range i.Mounts {
					checkMount(p, i, mount)
				}
			})
		},
	}
}

// checkMount reports one --mount; without a type it is a bind mount.
func checkMount(p *analysis.ServicePass, i *model.Instruction, mount string) {
	options := map[string]string{"type": "bind"}
	for part := range strings.SplitSeq(mount, ",") {
		name, value, _ := strings.Cut(part, "=")
		options[name] = value
	}
	switch options["type"] {
	case "secret":
		p.Report(i.Span, fmt.Sprintf("The build gets the secret %s; the emitted build has it only if the machine that builds does", options["id"]),
			"Give it as a variable of the environment, or in the user's .npmrc.").Severity = model.Minor
	case "ssh":
		p.Report(i.Span, "The build uses an SSH agent; the emitted build uses that of the machine that builds", "Let that machine have access to the repositories.").Severity = model.Minor
	case "bind":
		if options["from"] == "" {
			p.Report(i.Span, fmt.Sprintf("Files of the context are mounted at %s while the step runs; the emitted build looks for them in the stage's own files", options["target"]),
				"Copy them with COPY.").Severity = model.Minor
			return
		}
		p.Report(i.Span, fmt.Sprintf("Files of %s are mounted while the step runs; the emitted build does not have them there", options["from"]), "Copy them with COPY --from.").Severity = model.Minor
	case "cache":
		p.Report(i.Span, "A cache is mounted while the step runs; the emitted build uses the package manager's own", "Nothing is to be done.")
	}
}
