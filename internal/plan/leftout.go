package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// valuesStay is why files of values are not copied.
const valuesStay = "it holds a deployment's values, which are not copied; set those the app reads as vars or secrets"

// leftOut tells whether a file of the context is not copied into the output, and says so: files of values, which may be
// credentials, and those that describe the original's containers.
func (b *builder) leftOut(sp *model.ServicePlan, file string, span source.Span) bool {
	why := ""
	switch {
	case b.isValues(file):
		why = valuesStay
	case b.describesContainers(sp, file):
		why = "it describes the original's containers, for which the app has no use"
	default:
		return false
	}
	sp.Dispositions = append(sp.Dispositions, model.Disposition{What: "file " + file, Outcome: model.Outside, Why: why, Span: span})
	return true
}

// isValues tells of files whose only content are a deployment's values: env files by name or by use, and the files of
// Compose secrets.
func (b *builder) isValues(file string) bool {
	if valuesFile(file) || slices.ContainsFunc(b.project.Secrets, func(s *model.FileObject) bool { return s.File == file }) {
		return true
	}
	return slices.ContainsFunc(b.project.Services, func(s *model.Service) bool {
		return slices.ContainsFunc(s.Environment, func(e model.EnvVar) bool { return e.Origin == "env_file" && e.File == file })
	})
}

// valuesFile tells of an env file by its name. Examples hold no values.
func valuesFile(file string) bool {
	base := path.Base(file)
	if base != ".env" && !strings.HasPrefix(base, ".env.") && base != ".dev.vars" {
		return false
	}
	for _, sample := range []string{"example", "sample", "dist", "template", "defaults"} {
		if strings.HasSuffix(base, "."+sample) {
			return false
		}
	}
	return true
}

// describesContainers tells of the Compose files and Dockerfiles in use, unless the image asks for one by its name. They
// may hold credentials.
func (b *builder) describesContainers(sp *model.ServicePlan, file string) bool {
	used := slices.Contains(b.project.ComposeFiles, file) || slices.ContainsFunc(b.project.Services, func(s *model.Service) bool {
		return s.Image != nil && s.Image.File == file
	})
	if !used || sp.Service.Image == nil {
		return used
	}
	name := relative(sp.Service.Image.Context, file)
	for _, stage := range sp.Service.Image.Stages {
		for _, i := range stage.Instructions {
			if slices.ContainsFunc(i.Sources, func(s string) bool { return path.Clean(s) == name }) {
				return false
			}
		}
	}
	return true
}
