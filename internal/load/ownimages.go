package load

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/entry"
	"github.com/dock2edge/dock2edge/internal/model"
)

// ownImages finds services that run an image which is built in this workspace, though Compose does not say so: published
// projects name their image in the Compose file for users and keep its Dockerfile beside the source.
func (l *loading) ownImages(found *discovery) {
	foreign := func(s *model.Service) bool {
		return s.Build == nil && s.ImageRef != "" && !entry.RunsAsItIs(s.ImageRef)
	}
	if !slices.ContainsFunc(l.workspace.Projects, func(p *model.Project) bool { return slices.ContainsFunc(p.Services, foreign) }) {
		return
	}
	names := map[string][]string{}
	for _, file := range l.allDockerfiles(found) {
		for _, name := range l.imageNames(file) {
			names[name] = append(names[name], file)
		}
	}
	for _, p := range l.workspace.Projects {
		b := &builder{loading: l, project: p, report: reporter{project: p.Dir, list: &p.Findings}}
		for _, s := range p.Services {
			if !foreign(s) {
				continue
			}
			if from := builtAs(p, s.ImageRef); from != nil {
				// One service builds and names the image, another runs it: nothing is guessed.
				build := *from
				s.Build = &build
				b.image(s)
				b.fromImage(s)
				continue
			}
			files := names[path.Base(entry.Repository(s.ImageRef))]
			if len(files) == 0 {
				continue
			}
			files = slices.Clone(files)
			byVariant(files)
			s.Build = &model.Build{Dockerfile: files[0], Context: l.guessContext(files[0], path.Dir(files[0])), Span: s.ImageSpan}
			b.image(s)
			b.runnable(s)
			b.fromImage(s)
			b.report.add("image-built-here", s.Name, s.ImageSpan, "the image %s bears the name of what %s builds%s, so it is taken to be made from the source here",
				s.ImageRef, files[0], stageWords(s.Build.Target))
		}
	}
}

// builtAs is how another service of the project builds the image of that name.
func builtAs(p *model.Project, ref string) *model.Build {
	for _, s := range p.Services {
		if s.ImageRef == ref && s.Build != nil && s.Image != nil {
			return s.Build
		}
	}
	return nil
}

func stageWords(stage string) string {
	if stage == "" {
		return ""
	}
	return " (stage " + stage + ")"
}

// imageNames are the names that an image of a Dockerfile would bear: that of the package it is made of, and of its folder.
func (l *loading) imageNames(file string) []string {
	dir := path.Dir(file)
	context := l.guessContext(file, dir)
	var names []string
	add := func(name string) {
		name = strings.ToLower(path.Base(name))
		if name != "." && name != "/" && name != "docker" && name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if data, err := l.tree.Read(path.Join(context, "package.json")); err == nil {
		var manifest struct{ Name string }
		if json.Unmarshal(data, &manifest) == nil {
			add(manifest.Name)
		}
	}
	add(dockerfileSubject(path.Base(file)))
	if path.Base(dir) == "docker" || path.Base(dir) == ".docker" {
		dir = path.Dir(dir)
	}
	add(dir)
	return names
}

// runnable makes sure that the image of a service runs something. Dockerfiles of projects with a release pipeline end with
// stages for tests or uploads; what runs is an earlier one, which the pipeline names with --target.
func (b *builder) runnable(s *model.Service) {
	if s.Image == nil || runs(s.Image.Target) {
		return
	}
	best := -1
	for i, stage := range s.Image.Stages {
		if stage.Name != "" && runs(stage) && (best < 0 || stageRank(stage) >= stageRank(s.Image.Stages[best])) {
			best = i
		}
	}
	if best >= 0 {
		s.Build.Target = s.Image.Stages[best].Name
		b.image(s)
	}
}

func runs(stage *model.Stage) bool { return stage.Entrypoint != nil || stage.Cmd != nil }

// stageRank tells by its name how likely a stage is what gets released.
func stageRank(stage *model.Stage) int {
	name := strings.ToLower(stage.Name)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) })
	}
	switch {
	case has("test", "dev", "debug", "lint", "build", "ci"):
		return 0
	case slices.Contains([]string{"release", "prod", "production", "runner", "runtime", "final", "app", "server"}, name):
		return 2
	}
	return 1
}
