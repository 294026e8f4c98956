package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func buildSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-build-settings", Category: model.CategoryDockerfile, Severity: model.Info,
		Title: "Settings of the image's build",
		What:  "`SHELL`, `ONBUILD`, `FROM --platform`, `LABEL` and `MAINTAINER`.",
		Why: "The emitted build runs commands with sh on the machine that builds; JavaScript and WebAssembly are the same on every processor; there is no " +
			"image to label or to build others on.",
		Remedy: "Commands that need bash have to say `bash -c`.",
		Bad: `FROM --platform=linux/amd64 node:22
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since:        checked,
		CheckService: checkBuildSettings,
	}
}

func checkBuildSettings(p *analysis.ServicePass) {
	const nothing = "Nothing is to be done."
	stages := neededStages(p.Service)
	for _, stage := range stages {
		if stage.Platform != "" && !followsBuilder(p, stage) {
			p.Report(stage.Span, fmt.Sprintf("The stage is made for %s; a Worker's code is the same on every processor", stage.Platform), nothing)
		}
	}
	each(stages, "SHELL", func(_ *model.Stage, i *model.Instruction) {
		p.Report(i.Span, fmt.Sprintf("RUN uses the shell %s; the emitted build uses sh", shorten(i.Text)), "Commands that need bash have to say `bash -c`.")
	})
	each(finalStages(p.Service), "ONBUILD", func(_ *model.Stage, i *model.Instruction) {
		p.Report(i.Span, "ONBUILD is for images that are built on this one; there is none", nothing)
	})
	each(finalStages(p.Service), "LABEL", func(_ *model.Stage, i *model.Instruction) {
		p.Report(i.Span, fmt.Sprintf("The label %s is dropped; there is no image to carry it", shorten(i.Text)), nothing)
	})
	each(finalStages(p.Service), "MAINTAINER", func(_ *model.Stage, i *model.Instruction) {
		p.Report(i.Span, "The maintainer's name is dropped; there is no image to carry it", nothing)
	})
}

// followsBuilder tells whether a stage's platform is only that of the machine that builds, or of the image it is for.
func followsBuilder(p *analysis.ServicePass, stage *model.Stage) bool {
	text, err := p.Tree.Read(stage.Span.File)
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	if stage.Span.Start.Line > len(lines) {
		return false
	}
	line := lines[stage.Span.Start.Line-1]
	return strings.Contains(line, "BUILDPLATFORM") || strings.Contains(line, "TARGETPLATFORM")
}
