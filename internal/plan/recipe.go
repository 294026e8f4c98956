package plan

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// recipe makes an app's files, and says what is packed of them.
func (b *builder) recipe(sp *model.ServicePlan) (*model.Recipe, []model.SourceFile) {
	r, sources := b.files(sp)
	r.Kind = "node"
	finish(sp, r)
	return r, sources
}

// files turns the Dockerfile's needed stages into steps that npm's own tools replay without Docker, and lists the source
// files those steps copy. Files that hold a deployment's values are not copied; each gets a disposition.
func (b *builder) files(sp *model.ServicePlan) (*model.Recipe, []model.SourceFile) {
	r := &model.Recipe{Version: 1}
	var sources []model.SourceFile
	service := sp.Service
	if image := service.Image; image != nil && image.Target != nil {
		for _, stage := range image.Target.Needs {
			r.Stages = append(r.Stages, recipeStage(image, stage))
		}
		r.Stages = append(r.Stages, recipeStage(image, image.Target))
		for i := range r.Stages {
			b.withoutValues(image, &r.Stages[i])
		}
		for _, file := range image.ContextFiles {
			if b.leftOut(sp, file, image.Target.Span) {
				continue
			}
			sources = append(sources, model.SourceFile{From: file, To: path.Join("app", relative(image.Context, file))})
		}
	} else {
		r.Stages = []model.RecipeStage{{Name: "image", From: service.ImageRef, Workdir: workdir(service), Steps: []model.RecipeStep{}}}
	}
	steps, more := b.overlays(sp)
	r.Overlays = steps
	sources = append(sources, more...)
	slices.SortFunc(sources, func(a, b model.SourceFile) int { return strings.Compare(a.To, b.To) })
	return r, slices.CompactFunc(sources, func(a, b model.SourceFile) bool { return a.To == b.To })
}

// withoutValues takes files of values out of the steps that copy them by name: they are not there to be copied.
func (b *builder) withoutValues(image *model.Image, stage *model.RecipeStage) {
	steps := stage.Steps[:0]
	for _, step := range stage.Steps {
		if len(step.Copy) > 0 && step.CopyFrom == "" {
			step.Copy = slices.DeleteFunc(step.Copy, func(name string) bool { return b.isValues(path.Join(image.Context, name)) })
			if len(step.Copy) == 0 {
				continue
			}
		}
		steps = append(steps, step)
	}
	stage.Steps = steps
}

// finish says what is packed in the end.
func finish(sp *model.ServicePlan, r *model.Recipe) {
	service := sp.Service
	switch sp.Target {
	case model.TargetGateway, model.TargetAssets:
		r.Kind = "static"
		r.Static = &model.RecipeStatic{Root: assetsRoot(sp)}
		if e := service.Entry; e != nil && e.StaticBuild != "" {
			last := &r.Stages[len(r.Stages)-1]
			r.Overlays, last.Steps = nil, append(last.Steps, r.Overlays...)
			if !installs(*last) {
				last.Steps = append(last.Steps, model.RecipeStep{Run: "npm install", Cwd: e.Workdir})
			}
			last.Steps = append(last.Steps, model.RecipeStep{Run: e.StaticBuild, Cwd: e.Workdir, Env: map[string]string{"NODE_ENV": "production"}})
		}
		return
	}
	entry := service.Entry
	r.Node = &model.RecipeNode{Workdir: orRoot(entry.Workdir), Entry: entry.ImageModule, Preload: entry.Preload}
	last := &r.Stages[len(r.Stages)-1]
	if !slices.ContainsFunc(r.Stages, installs) && service.Ship != nil && len(service.Ship.Packages) > 0 {
		// The original installs its packages when it starts, or mounts the host's node_modules; either way they are needed now.
		r.Overlays, last.Steps = nil, append(last.Steps, r.Overlays...)
		last.Steps = append(last.Steps, installSteps(sp)...)
	}
	for _, step := range entry.Before {
		if step.Kind == "build" {
			last.Steps = append(last.Steps, model.RecipeStep{Run: step.Text, Cwd: orRoot(entry.Workdir), Line: step.Span.Start.Line})
		}
	}
	if len(service.Ship.Dynamic) > 0 {
		r.Node.Registry = registry(sp)
	}
}

// installSteps install the app's packages: with the command that the container runs when it starts, else with npm.
func installSteps(sp *model.ServicePlan) []model.RecipeStep {
	entry := sp.Service.Entry
	for _, step := range entry.Before {
		run := model.RecipeStep{Run: step.Text, Cwd: orRoot(entry.Workdir), Line: step.Span.Start.Line}
		if installs(model.RecipeStage{Steps: []model.RecipeStep{run}}) {
			return []model.RecipeStep{run}
		}
	}
	var steps []model.RecipeStep
	for _, dir := range manifestDirs(sp) {
		steps = append(steps, model.RecipeStep{Run: "npm install", Cwd: dir})
	}
	return steps
}

func orRoot(dir string) string {
	if dir == "" {
		return "/"
	}
	return dir
}

// registry are the folders whose modules may be loaded by computed names: those of the app's own modules.
func registry(sp *model.ServicePlan) []string {
	seen := map[string]bool{}
	for _, m := range sp.Service.Ship.Modules {
		if m.Image != "" {
			seen[path.Dir(m.Image)] = true
		}
	}
	var out []string
	for _, dir := range slices.Sorted(maps.Keys(seen)) {
		if !slices.ContainsFunc(out, func(above string) bool { return strings.HasPrefix(dir+"/", strings.TrimSuffix(above, "**")) }) {
			out = append(out, strings.TrimSuffix(dir, "/")+"/**")
		}
	}
	return out
}

func installs(stage model.RecipeStage) bool {
	return slices.ContainsFunc(stage.Steps, func(step model.RecipeStep) bool {
		for _, word := range []string{"npm ci", "npm install", "npm i", "yarn", "pnpm i", "pnpm install", "pnpm fetch", "bun install", "npm clean-install"} {
			if strings.Contains(step.Run, word) {
				return true
			}
		}
		return false
	})
}

// manifestDirs are the image folders of the package.json files in force.
func manifestDirs(sp *model.ServicePlan) []string {
	var dirs []string
	for _, file := range sp.Service.Ship.Manifests {
		for _, mount := range sp.Service.MountFiles {
			if rel, ok := strings.CutPrefix(file, strings.TrimSuffix(mount.Source, ".")); ok && slices.Contains(mount.Files, file) {
				dirs = append(dirs, path.Dir(path.Join(mount.Target, rel)))
			}
		}
		if image := sp.Service.Image; image != nil {
			for _, f := range image.Files {
				if f.Source == file {
					dirs = append(dirs, path.Dir(f.Image))
				}
			}
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

func workdir(service *model.Service) string {
	if service.WorkingDir != "" {
		return service.WorkingDir
	}
	return "/"
}

func recipeStage(image *model.Image, stage *model.Stage) model.RecipeStage {
	out := model.RecipeStage{Name: stage.ID(), From: stage.Base, Workdir: orRoot(stage.Workdir), Env: plainEnv(stage.Env), Exclude: image.Ignore, Steps: []model.RecipeStep{}}
	if stage.BaseStage != nil {
		out.From = stage.BaseStage.ID()
	}
	for _, i := range stage.Instructions {
		out.Steps = append(out.Steps, recipeSteps(image, i)...)
	}
	return out
}

func recipeSteps(image *model.Image, i model.Instruction) []model.RecipeStep {
	line := i.Span.Start.Line
	switch i.Op {
	case "COPY", "ADD":
		var steps []model.RecipeStep
		for _, file := range i.Inline {
			steps = append(steps, model.RecipeStep{Write: &file.Content, To: inlineTarget(i.Dest, file.Name), Line: line})
		}
		if sources := localSources(i.Sources); len(sources) > 0 {
			step := model.RecipeStep{Copy: sources, To: i.Dest, Exclude: i.Exclude, Line: line}
			switch {
			case i.FromStage != nil:
				step.CopyFrom = i.FromStage.ID()
			case i.From != "":
				return steps
			}
			steps = append(steps, step)
		}
		return steps
	case "RUN":
		kept, _ := splitRun(i)
		if kept == "" {
			return nil
		}
		steps := bindMounts(i)
		return append(steps, model.RecipeStep{Run: kept, Cwd: orRoot(i.Workdir), Env: plainEnv(i.Env), Line: line})
	}
	return nil
}

// inlineTarget is where a heredoc file lands: in the destination when that is a folder.
func inlineTarget(dest, name string) string {
	if strings.HasSuffix(dest, "/") {
		return path.Join(dest, path.Base(name))
	}
	return dest
}

func localSources(sources []string) []string {
	var out []string
	for _, s := range sources {
		if !strings.Contains(s, "://") && !strings.HasPrefix(s, "git@") {
			out = append(out, s)
		}
	}
	return out
}

// bindMounts are the files that `RUN --mount=type=bind` shows the command. A copy in their place serves as well.
func bindMounts(i model.Instruction) []model.RecipeStep {
	var steps []model.RecipeStep
	for _, mount := range i.Mounts {
		fields := map[string]string{"type": "bind"}
		for field := range strings.SplitSeq(mount, ",") {
			key, value, _ := strings.Cut(field, "=")
			fields[strings.ToLower(key)] = strings.Trim(value, `"`)
		}
		target := firstOf(fields["target"], fields["dst"], fields["destination"])
		if fields["type"] != "bind" || target == "" {
			continue
		}
		if !path.IsAbs(target) {
			target = path.Join(orRoot(i.Workdir), target)
		}
		steps = append(steps, model.RecipeStep{
			Copy: []string{firstOf(fields["source"], fields["src"], ".")}, CopyFrom: fields["from"], To: target, Line: i.Span.Start.Line,
		})
	}
	return steps
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// plainEnv leaves secrets out: a build that needs one gets it from the environment it runs in.
func plainEnv(list []model.EnvVar) map[string]string {
	env := map[string]string{}
	for _, e := range list {
		if !e.Secret && e.HasValue && e.Name != "PATH" {
			env[e.Name] = e.Value
		}
	}
	if len(env) == 0 {
		return nil
	}
	return env
}

// overlays lays bind mounts and configs over the image, as the container sees them.
func (b *builder) overlays(sp *model.ServicePlan) ([]model.RecipeStep, []model.SourceFile) {
	var steps []model.RecipeStep
	var sources []model.SourceFile
	for n, mount := range sp.Service.MountFiles {
		if len(mount.Files) == 0 || mount.IsFile && b.isValues(mount.Files[0]) {
			continue
		}
		dir := path.Join("mounts", fmt.Sprintf("%d-%s", n, slug(mount.Target)))
		for _, file := range mount.Files {
			to := path.Join(dir, relative(mount.Source, file))
			if mount.IsFile {
				to = path.Join(dir, path.Base(mount.Target))
			}
			if b.leftOut(sp, file, mount.Span) {
				continue
			}
			sources = append(sources, model.SourceFile{From: file, To: to})
		}
		step := model.RecipeStep{Copy: []string{dir + "/"}, To: strings.TrimSuffix(mount.Target, "/") + "/", Line: mount.Span.Start.Line}
		if mount.IsFile {
			step = model.RecipeStep{Copy: []string{path.Join(dir, path.Base(mount.Target))}, To: mount.Target, Line: mount.Span.Start.Line}
		}
		steps = append(steps, step)
	}
	return steps, sources
}

// relative is a file's path under a folder, both relative to the workspace root.
func relative(dir, file string) string {
	if dir == "." || dir == "" {
		return file
	}
	if rel, ok := strings.CutPrefix(file, dir+"/"); ok {
		return rel
	}
	return path.Base(file)
}

// assetsRoot is the image folder that is uploaded as assets. A gateway uploads from the root, since several folders may
// be served.
func assetsRoot(sp *model.ServicePlan) string {
	web := sp.Service.WebServer
	switch {
	case web == nil:
		return staticRoot(sp.Service)
	case web.Static != nil:
		return web.Static.Root
	case len(web.Roots) == 1:
		return web.Roots[0]
	}
	return "/"
}
