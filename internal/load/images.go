package load

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/dockerfile"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// image reads the Dockerfile of a service that builds one.
func (b *builder) image(s *model.Service) {
	build := s.Build
	if build.Remote() {
		b.report.add("build-context-remote", s.Name, build.Span, "the build context is on another machine; it is not fetched, so the image's content is not known")
		return
	}
	if !b.tree.IsDir(build.Context) {
		b.report.add("build-context-missing", s.Name, cmp.Or(spanOf(s, "build.context"), build.Span), "the build context %s does not exist", build.Context)
		return
	}
	file, start := build.Dockerfile, source.Position{Line: 1, Column: 1}
	text := []byte(build.Inline)
	if build.Inline != "" {
		file, start = inlineStart(s)
	} else {
		data, err := b.tree.Read(file)
		if err != nil {
			b.report.add("dockerfile-missing", s.Name, cmp.Or(spanOf(s, "build.dockerfile"), build.Span), "the Dockerfile %s does not exist", file)
			return
		}
		text = data
		b.markBuilt(file)
	}
	parsed := dockerfile.Parse(file, text, start)
	args := map[string]string{}
	for _, a := range build.Args {
		if a.HasValue {
			args[a.Name] = a.Value
		}
	}
	evaluated := parsed.Evaluate(dockerfile.Options{Args: args, Target: build.Target})
	for _, p := range append(parsed.Problems, evaluated.Problems...) {
		b.report.add("dockerfile-syntax", s.Name, p.Span, "%s", p.Message)
	}
	if len(evaluated.Stages) == 0 {
		b.report.add("dockerfile-syntax", s.Name, source.Span{File: file}, "the Dockerfile has no FROM that can be read, so the image's content is not known")
		return
	}
	image := &model.Image{File: file, Context: build.Context, Syntax: parsed.Syntax, Check: parsed.Check}
	c := &converter{stages: map[*dockerfile.Stage]*model.Stage{}, image: image}
	for _, stage := range evaluated.Stages {
		if named, ok := strings.CutPrefix(build.AdditionalContexts[stage.Base], "docker-image://"); ok && stage.BaseStage == nil {
			stage.Base = named
		}
		image.Stages = append(image.Stages, c.stage(stage))
	}
	c.needs(evaluated.Stages)
	image.Target = c.stages[evaluated.Target]
	if image.Target == nil {
		b.report.add("dockerfile-target-missing", s.Name, s.KeySpan("build.target"), "the Dockerfile %s has no stage %q; the last one is taken", file, build.Target)
		image.Target = image.Stages[len(image.Stages)-1]
	}
	s.Image = image
	b.files(s)
}

func (l *loading) markBuilt(file string) {
	if l.built == nil {
		l.built = map[string]bool{}
	}
	l.built[file] = true
}

// spanOf is the position of a key, zero when the service does not have it.
func spanOf(s *model.Service, at string) source.Span {
	for _, k := range s.Keys {
		if k.Path == at {
			return k.Span
		}
	}
	return source.Span{}
}

// inlineStart is where the text of `dockerfile_inline` begins: after the `|`, indented.
func inlineStart(s *model.Service) (string, source.Position) {
	for _, k := range s.Keys {
		if k.Path == "build.dockerfile_inline" && k.ValueSpan.Start.Line > 0 {
			start := source.Position{Line: k.ValueSpan.Start.Line, Column: k.ValueSpan.Start.Column}
			if k.ValueSpan.End.Line > start.Line {
				start = source.Position{Line: start.Line + 1, Column: k.Span.Start.Column + 2}
			}
			return k.Span.File, start
		}
	}
	return s.Span.File, s.Span.Start
}

// converter turns evaluated stages into the model's.
type converter struct {
	image  *model.Image
	stages map[*dockerfile.Stage]*model.Stage
}

func (c *converter) stage(from *dockerfile.Stage) *model.Stage {
	s := &model.Stage{
		Index: from.Index, Name: from.Name, Base: from.Base, BaseStage: c.stages[from.BaseStage], Platform: from.Platform, Span: from.Span,
		Workdir: from.Workdir, User: from.User, Env: variables(from.Env, "dockerfile"), Args: variables(from.Args, "build-arg"),
		Entrypoint: commandLine(from.Entrypoint), Cmd: commandLine(from.Cmd), StopSignal: from.StopSignal, Shell: from.Shell,
	}
	c.stages[from] = s
	for _, p := range from.Expose {
		s.Expose = append(s.Expose, model.Port{Target: p.Number, Protocol: p.Protocol, Span: p.Span})
	}
	for _, v := range from.Volumes {
		s.Volumes = append(s.Volumes, model.Mount{Type: "volume", Target: v.Path, FromImage: true, Span: v.Span})
	}
	for _, v := range from.Labels {
		s.Labels = append(s.Labels, model.Label{Name: v.Name, Value: v.Value, Span: v.Span})
	}
	if h := from.Healthcheck; h != nil {
		s.Healthcheck = &model.Healthcheck{
			Test: h.Test, Interval: h.Interval, Timeout: h.Timeout, Retries: h.Retries, Start: h.Start, FromImage: true, Span: h.Span,
			Disabled: len(h.Test) > 0 && h.Test[0] == "NONE",
		}
	}
	// Instructions share their variable lists; each list is converted once.
	converted := map[*dockerfile.Var][]model.EnvVar{}
	for _, in := range from.Instructions {
		s.Instructions = append(s.Instructions, c.instruction(in, converted))
	}
	return s
}

func (c *converter) instruction(in *dockerfile.Instruction, converted map[*dockerfile.Var][]model.EnvVar) model.Instruction {
	i := model.Instruction{
		Op: in.Op, Text: in.Text, Span: in.Span, Workdir: in.Workdir, User: in.User, Argv: in.Argv, Script: in.Script,
		Mounts: in.Mounts, Flags: in.Flags, OnBuild: in.OnBuild,
	}
	if len(in.Env) > 0 {
		env, ok := converted[&in.Env[0]]
		if !ok || len(env) != len(in.Env) {
			env = variables(in.Env, "dockerfile")
			converted[&in.Env[0]] = env
		}
		i.Env = env
	}
	if cp := in.Copy; cp != nil {
		i.Sources, i.Dest, i.From, i.FromStage = cp.Sources, cp.Dest, cp.From, c.stages[cp.FromStage]
		i.Chown, i.Chmod, i.Exclude, i.Parents = cp.Chown, cp.Chmod, cp.Exclude, cp.Parents
		for _, file := range cp.Inline {
			i.Inline = append(i.Inline, model.InlineFile{Name: file.Name, Content: file.Content})
		}
	}
	return i
}

func (c *converter) needs(stages []*dockerfile.Stage) {
	for _, from := range stages {
		for _, n := range from.Needs {
			c.stages[from].Needs = append(c.stages[from].Needs, c.stages[n])
		}
	}
}

func variables(from []dockerfile.Var, origin string) []model.EnvVar {
	var list []model.EnvVar
	for _, v := range from {
		list = append(list, model.EnvVar{
			Name: v.Name, Value: v.Value, HasValue: v.HasValue, Origin: origin, Refs: v.Refs, Span: v.Span,
			Secret: !v.Span.IsZero() && looksSecret(v.Name, v.Value),
		})
	}
	return list
}

func commandLine(from *dockerfile.CommandLine) *model.CommandLine {
	if from == nil {
		return nil
	}
	return &model.CommandLine{Argv: from.Argv, Shell: from.Shell, Span: from.Span}
}

// fromImage fills in what the image says and Compose does not.
func (b *builder) fromImage(s *model.Service) {
	if s.Image == nil || s.Image.Target == nil {
		return
	}
	t := s.Image.Target
	s.WorkingDir, s.User = cmp.Or(s.WorkingDir, t.Workdir), cmp.Or(s.User, t.User)
	imageEnvironment(s)
	for _, p := range t.Expose {
		same := func(own model.Port) bool { return own.Target == p.Target && own.Protocol == p.Protocol }
		if !slices.ContainsFunc(s.Expose, same) {
			s.Expose = append(s.Expose, p)
		}
	}
	for _, v := range t.Volumes {
		if !slices.ContainsFunc(s.Mounts, func(own model.Mount) bool { return path.Clean(own.Target) == v.Target }) {
			s.Mounts = append(s.Mounts, v)
		}
	}
	switch {
	case s.Healthcheck == nil && t.Healthcheck != nil:
		h := *t.Healthcheck
		s.Healthcheck = &h
	case s.Healthcheck != nil && len(s.Healthcheck.Test) == 0 && !s.Healthcheck.Disabled && t.Healthcheck != nil:
		// Compose changes only the intervals of the image's check.
		h := s.Healthcheck
		h.Test, h.FromImage = t.Healthcheck.Test, true
		h.Interval, h.Timeout = cmp.Or(h.Interval, t.Healthcheck.Interval), cmp.Or(h.Timeout, t.Healthcheck.Timeout)
		h.Start, h.Retries = cmp.Or(h.Start, t.Healthcheck.Start), cmp.Or(h.Retries, t.Healthcheck.Retries)
	}
}

// dockerfileProjects loads Dockerfiles that no Compose file builds: as projects where there is no Compose at all; as one more
// service where they stand beside a Compose file that only runs ready-made images (databases for development, mostly); else they
// are reported.
func (l *loading) dockerfileProjects(found *discovery) {
	byDir := map[string][]string{}
	for _, file := range found.dockerfiles {
		if !l.built[file] {
			byDir[path.Dir(file)] = append(byDir[path.Dir(file)], file)
		}
	}
	for _, dir := range sortedKeys(byDir) {
		switch p := l.imagesOnly(dir); {
		case len(found.projects) == 0:
			list := chooseDockerfiles(byDir[dir])
			context := l.guessContext(list[0].file, dir)
			p := &model.Project{Name: l.nameOf(context), Dir: context}
			l.workspace.Projects = append(l.workspace.Projects, p)
			l.addDockerfiles(p, list, context)
		case p != nil:
			list := chooseDockerfiles(byDir[dir])
			reporter{project: p.Dir, list: &p.Findings}.add("dockerfile-added", "", source.At(list[0].file, 1, 1),
				"no service builds this Dockerfile, but the Compose file beside it only runs ready-made images; it is read as one more service")
			l.addDockerfiles(p, list, dir)
		default:
			for _, file := range byDir[dir] {
				l.outside.add("dockerfile-unused", "", source.Span{File: file}, "no service of the Compose files builds this Dockerfile; it is not converted")
			}
		}
	}
}

// imagesOnly is the Compose project of a folder, when none of its services is built from source.
func (l *loading) imagesOnly(dir string) *model.Project {
	for _, p := range l.workspace.Projects {
		if p.Dir == dir && len(p.ComposeFiles) > 0 && !slices.ContainsFunc(p.Services, func(s *model.Service) bool { return s.Build != nil }) {
			return p
		}
	}
	return nil
}

// addDockerfiles makes services of the Dockerfiles of a folder. `Dockerfile` stands for the app, its variants for other builds of
// it; without it, files named after different things (api.Dockerfile, web.Dockerfile) are services of their own.
func (l *loading) addDockerfiles(p *model.Project, list []chosenDockerfile, context string) {
	report := reporter{project: p.Dir, list: &p.Findings}
	b := &builder{loading: l, project: p, report: report}
	for _, chosen := range list {
		if chosen.instead != "" {
			report.add("dockerfile-unused", "", source.Span{File: chosen.file}, "%s is read instead; this Dockerfile is not converted", chosen.instead)
			continue
		}
		name := cmp.Or(chosen.name, p.Name)
		for p.Service(name) != nil {
			name += "-app"
		}
		s := &model.Service{
			Name: name, Span: source.At(chosen.file, 1, 1), Networks: []string{"default"}, Deploy: model.Deploy{Replicas: 1},
		}
		s.Build = &model.Build{Dockerfile: chosen.file, Context: context, Span: s.Span}
		if context != path.Dir(chosen.file) {
			report.add("build-context-guessed", s.Name, s.Span, "what the Dockerfile copies is not in its own folder but in %s, which is taken as the build context", context)
		}
		b.image(s)
		b.runnable(s)
		b.fromImage(s)
		findURL(s)
		p.Services = append(p.Services, s)
	}
	slices.SortFunc(p.Services, func(a, b *model.Service) int { return cmp.Compare(a.Name, b.Name) })
}

type chosenDockerfile struct {
	file string
	// name is the service's; empty to take the project's.
	name string
	// instead is the file read in its place.
	instead string
}

func chooseDockerfiles(files []string) []chosenDockerfile {
	byVariant(files)
	main := ""
	services := map[string]string{}
	for _, f := range files {
		name := dockerfileSubject(path.Base(f))
		if _, taken := services[name]; !taken {
			services[name] = f
		}
	}
	main = services[""]
	var list []chosenDockerfile
	for _, f := range files {
		name := dockerfileSubject(path.Base(f))
		switch {
		case main != "" && f != main:
			list = append(list, chosenDockerfile{file: f, instead: main})
		case services[name] != f:
			list = append(list, chosenDockerfile{file: f, instead: services[name]})
		default:
			list = append(list, chosenDockerfile{file: f, name: name})
		}
	}
	return list
}

// dockerfileSubject is what a Dockerfile is named after: "web" for web.Dockerfile and Dockerfile.web, nothing for Dockerfile and
// for variants such as Dockerfile.prod.
func dockerfileSubject(base string) string {
	lower := strings.ToLower(base)
	for _, word := range []string{"dockerfile", "containerfile"} {
		lower = strings.Replace(lower, word, "", 1)
	}
	subject := strings.Trim(lower, ".-_")
	if variantRank(subject) != 1 {
		return ""
	}
	return subject
}

// guessContext is the folder that holds what a Dockerfile copies: its own, or one above it.
func (l *loading) guessContext(file, dir string) string {
	data, err := l.tree.Read(file)
	if err != nil {
		return dir
	}
	image := dockerfile.Parse(file, data, source.Position{Line: 1, Column: 1}).Evaluate(dockerfile.Options{})
	var wanted []string
	for _, s := range image.Stages {
		for _, in := range s.Instructions {
			if in.Copy != nil && in.Copy.From == "" {
				wanted = append(wanted, in.Copy.Sources...)
			}
		}
	}
	best, most := dir, -1
	for at := dir; ; at = path.Dir(at) {
		there := 0
		for _, name := range wanted {
			if name != "." && !strings.ContainsAny(name, "*?[") && (l.tree.IsFile(path.Join(at, name)) || l.tree.IsDir(path.Join(at, name))) {
				there++
			}
		}
		if there > most {
			best, most = at, there
		}
		if at == "." || at == "/" {
			return best
		}
	}
}
