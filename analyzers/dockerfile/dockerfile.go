// Package dockerfile holds the rules about Dockerfiles, and about what a container does before its program runs.
//
// A Dockerfile is judged as a service uses it: only the stages that its target needs count, and what is installed matters
// where it ends up in the final image. What becomes of each instruction stands in platform.Instructions; a rule is for what
// the reader has to know or decide.
package dockerfile

import (
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

// checked is the day the claims of these rules were last held against the platform's documentation and measurements.
const checked = "2026-11-20"

// Language lists the rules.
func Language() *analysis.Language {
	return &analysis.Language{
		Name:    "dockerfile",
		Example: "Dockerfile",
		Rules: []*analysis.Rule{
			addRemote(), baseRuntime(), baseUnpinned(), buildMount(), buildSettings(), copyExternal(), download(), expose(), healthcheck(),
			lowPort(), processes(), runProgram(), secret(), startJob(), startMigration(), startSetup(), startWait(), stopSignal(), systemPackage(), user(), volume(),
		},
	}
}

// becomesWorker tells whether the service runs something that can become a Worker. For the others base-runtime says what
// happens, and nothing of the Dockerfile is replayed.
func becomesWorker(s *model.Service) bool {
	return s.Entry == nil || slices.Contains([]string{"node", "nginx", "static-server", "dev-server", "framework"}, s.Entry.Kind)
}

// finalStages are the stages whose files and settings are the final image's: the target and what it is built on, the
// target last. There are none for a service that does not become a Worker.
func finalStages(s *model.Service) []*model.Stage {
	if s.Image == nil || !becomesWorker(s) {
		return nil
	}
	var stages []*model.Stage
	for stage := s.Image.Target; stage != nil; stage = stage.BaseStage {
		stages = append(stages, stage)
	}
	slices.Reverse(stages)
	return stages
}

// neededStages are all stages that the target needs, itself included. There are none for a service that does not become a
// Worker.
func neededStages(s *model.Service) []*model.Stage {
	if s.Image == nil || s.Image.Target == nil || !becomesWorker(s) {
		return nil
	}
	return append(slices.Clone(s.Image.Target.Needs), s.Image.Target)
}

// each calls visit for the instructions of one kind.
func each(stages []*model.Stage, op string, visit func(stage *model.Stage, i *model.Instruction)) {
	for _, stage := range stages {
		for k := range stage.Instructions {
			if stage.Instructions[k].Op == op {
				visit(stage, &stage.Instructions[k])
			}
		}
	}
}

// rootStage is the stage whose base is an image of a registry.
func rootStage(s *model.Service) *model.Stage {
	if s.Image == nil || s.Image.Target == nil {
		return nil
	}
	stage := s.Image.Target
	for stage.BaseStage != nil {
		stage = stage.BaseStage
	}
	return stage
}

// shorten cuts text to what fits into a message.
func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:57], "") + "..."
	}
	return text
}
