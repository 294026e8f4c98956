package entry

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// start joins entrypoint and command as Docker does: an entrypoint of Compose's clears the image's command, a command
// replaces the image's, and what neither the Dockerfile nor Compose says comes from the base image.
func (f *follower) start() command {
	service := f.service
	entrypoint, cmd := f.image()
	if service.Entrypoint != nil {
		entrypoint, cmd = service.Entrypoint, nil
	}
	if service.Command != nil {
		cmd = service.Command
	}
	c := command{dir: f.workdir(), env: f.environment(), user: f.user()}
	for _, line := range []*model.CommandLine{entrypoint, cmd} {
		if line == nil {
			continue
		}
		c.argv = append(c.argv, line.Argv...)
		// The command's own place comes first: of the two it is the one that names the program as a rule.
		c.places = append(c.places, line.Span)
	}
	slices.Reverse(c.places)
	if len(c.places) == 0 || c.place().IsZero() {
		c.places = append(c.places, f.basePlace())
	}
	return c
}

// image is what the image itself runs, the base image's defaults included.
func (f *follower) image() (entrypoint, cmd *model.CommandLine) {
	defaults := defaultsOf(f.base())
	if f.service.Image == nil || f.service.Image.Target == nil {
		return line(defaults.entrypoint), line(defaults.cmd)
	}
	target := f.service.Image.Target
	entrypoint, cmd = target.Entrypoint, target.Cmd
	if entrypoint == nil {
		entrypoint = line(defaults.entrypoint)
		if cmd == nil {
			cmd = line(defaults.cmd)
		}
	}
	return entrypoint, cmd
}

func line(argv []string) *model.CommandLine {
	if len(argv) == 0 {
		return nil
	}
	return &model.CommandLine{Argv: argv}
}

// base is the image that the service's image is built on in the end, or the image it names.
func (f *follower) base() string {
	if f.service.Image == nil || f.service.Image.Target == nil {
		return f.service.ImageRef
	}
	stage := f.service.Image.Target
	for stage.BaseStage != nil {
		stage = stage.BaseStage
	}
	return stage.Base
}

func (f *follower) basePlace() source.Span {
	if f.service.Image != nil && f.service.Image.Target != nil {
		return f.service.Image.Target.Span
	}
	if !f.service.ImageSpan.IsZero() {
		return f.service.ImageSpan
	}
	return f.service.Span
}

func (f *follower) workdir() string {
	dir := f.service.WorkingDir
	if f.service.Image != nil && f.service.Image.Target != nil {
		dir = path.Join(f.service.Image.Target.Workdir, dir)
		if path.IsAbs(f.service.WorkingDir) {
			dir = f.service.WorkingDir
		}
	}
	if dir == "" {
		dir = defaultsOf(f.base()).workdir
	}
	return path.Join("/", dir)
}

func (f *follower) user() string {
	user := f.service.User
	if user == "" && f.service.Image != nil && f.service.Image.Target != nil {
		user = f.service.Image.Target.User
	}
	user, _, _ = strings.Cut(user, ":")
	return user
}

func (f *follower) environment() map[string]string {
	env := map[string]string{}
	if f.service.Image != nil && f.service.Image.Target != nil {
		for _, v := range f.service.Image.Target.Env {
			env[v.Name] = v.Value
		}
	}
	for _, v := range f.service.Environment {
		if v.HasValue {
			env[v.Name] = v.Value
		}
	}
	return env
}

// Repository is an image reference without registry host, tag and digest: "library" names lose their prefix.
func Repository(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if i := strings.LastIndex(ref, ":"); i > strings.LastIndex(ref, "/") {
		ref = ref[:i]
	}
	if host, rest, ok := strings.Cut(ref, "/"); ok && (strings.ContainsAny(host, ".:") || host == "localhost") {
		ref = rest
	}
	return strings.TrimPrefix(strings.TrimPrefix(ref, "library/"), "docker/library/")
}
