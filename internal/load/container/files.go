// Package container holds what the repository tells about the file system a container starts with: the files that the
// Dockerfile copies, with the bind mounts, configs and secrets of Compose laid over them.
//
// Paths in the container are absolute with slashes. Scripts that RUN instructions write or copy are known; what a compiler
// makes is not, but Makers tells in which stage it was made.
package container

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Files is the file system of one container. It is safe for concurrent reads.
type Files struct {
	tree *source.Tree
	// image is set when a tool copies files during the build that no COPY names.
	image  *model.Image
	copied map[string]model.ImageFile
	inline map[string]inlineText
	// children holds the names in each directory of copied, origins the first image path of each source file.
	children map[string]map[string]bool
	origins  map[string]string
	// stage is the stage that runs; what its RUN instructions make is found when it is asked for.
	stage  *model.Stage
	making sync.Once
	made   map[string]made
	// mounts are sorted by Target, the longest first, so that the first that covers a path wins.
	mounts []mount
}

type mount struct{ target, source string }

type inlineText struct {
	text string
	span source.Span
}

// File is one file of the container.
type File struct {
	// Image is its absolute path.
	Image string
	// Source is the file behind it relative to the workspace root; for text that a heredoc of the Dockerfile holds it is
	// the Dockerfile.
	Source string
	// Inline tells that the text stands in a heredoc of Source. Line is the heredoc's first line then.
	Inline bool
	Line   int
	// Made is the RUN instruction that writes the file; zero for all others. Its text is no part of Source.
	Made source.Span
}

// ForService is the file system of a service's container.
func ForService(tree *source.Tree, project *model.Project, service *model.Service) *Files {
	files := newFiles(tree)
	if service.Image != nil {
		for _, file := range service.Image.Files {
			files.add(file)
		}
		if service.Image.Target != nil {
			files.addInline(service.Image.Target)
			files.stage = service.Image.Target
		}
		if prunes(service.Image) {
			files.image = service.Image
		}
	}
	for _, m := range service.Mounts {
		if m.Type == "bind" && !path.IsAbs(m.Source) {
			files.mounts = append(files.mounts, mount{target: path.Clean(m.Target), source: m.Source})
		}
	}
	for _, grants := range []struct {
		used    []model.FileGrant
		objects []*model.FileObject
	}{{service.Configs, project.Configs}, {service.Secrets, project.Secrets}} {
		for _, grant := range grants.used {
			files.grant(grant, grants.objects)
		}
	}
	files.sortMounts()
	return files
}

func newFiles(tree *source.Tree) *Files {
	return &Files{
		tree: tree, copied: map[string]model.ImageFile{}, inline: map[string]inlineText{},
		children: map[string]map[string]bool{}, origins: map[string]string{},
	}
}

func (f *Files) add(file model.ImageFile) {
	name := path.Clean(file.Image)
	if _, known := f.copied[name]; !known {
		f.link(name)
	}
	f.copied[name] = file
	if first, known := f.origins[file.Source]; file.Source != "" && (!known || name < first) {
		f.origins[file.Source] = name
	}
}

// link makes name appear in its directory, and that one in its own.
func (f *Files) link(name string) {
	for name != "/" && name != "." {
		dir := path.Dir(name)
		if f.children[dir] == nil {
			f.children[dir] = map[string]bool{}
		}
		if f.children[dir][path.Base(name)] {
			return
		}
		f.children[dir][path.Base(name)] = true
		name = dir
	}
}

// addInline adds the heredoc files of a stage and of the stages it stands on.
func (f *Files) addInline(stage *model.Stage) {
	if stage.BaseStage != nil {
		f.addInline(stage.BaseStage)
	}
	for _, instruction := range stage.Instructions {
		for _, file := range instruction.Inline {
			name := path.Clean(instruction.Dest)
			if strings.HasSuffix(instruction.Dest, "/") || f.IsDir(name) || len(instruction.Inline) > 1 {
				name = path.Join(instruction.Dest, file.Name)
			}
			if _, copied := f.copied[name]; !copied {
				f.add(model.ImageFile{Image: name, Stage: stage.ID(), Span: instruction.Span})
			}
			f.inline[name] = inlineText{text: file.Content, span: instruction.Span}
		}
	}
}

func (f *Files) grant(grant model.FileGrant, objects []*model.FileObject) {
	for _, object := range objects {
		if object.Name == grant.Source && object.File != "" && !path.IsAbs(object.File) {
			f.mounts = append(f.mounts, mount{target: path.Clean(grant.Target), source: object.File})
		}
	}
}

func (f *Files) sortMounts() {
	slices.SortStableFunc(f.mounts, func(a, b mount) int { return len(b.target) - len(a.target) })
}

// mounted returns the path of the tree that a mount puts at name.
func (f *Files) mounted(name string) (string, bool) {
	for _, m := range f.mounts {
		if name == m.target || m.target == "/" || strings.HasPrefix(name, m.target+"/") {
			return path.Join(m.source, strings.TrimPrefix(name, m.target)), true
		}
	}
	return "", false
}

// Lookup finds the file at an absolute path of the container.
func (f *Files) Lookup(name string) (File, bool) {
	name = path.Clean(name)
	if from, ok := f.mounted(name); ok {
		// A mount hides what the image has there, dependency folders excepted: those come from a volume of their own.
		return File{Image: name, Source: from}, f.tree.IsFile(from)
	}
	if text, ok := f.inline[name]; ok {
		return File{Image: name, Source: text.span.File, Inline: true, Line: text.span.Start.Line + 1}, true
	}
	file, ok := f.copied[name]
	if !ok {
		if by, found := f.makes()[name]; found {
			return f.madeFile(name, by)
		}
	}
	if !ok && f.image != nil {
		if from, traced := f.prunedSource(name); traced {
			return File{Image: name, Source: from}, true
		}
	}
	return File{Image: name, Source: file.Source}, ok && file.Source != ""
}

// prunedSource finds a file that a tool copies during the build, out of a workspace that the repository holds.
func (f *Files) prunedSource(name string) (string, bool) {
	for _, maker := range f.Makers(f.image, name) {
		if maker.Stage == nil {
			continue
		}
		if file, ok := maker.deployed(maker.Stage, maker.Name); ok {
			return file, true
		}
		if there := unpruned(maker.Stage, maker.Name); there != maker.Name {
			if file, ok := maker.source(maker.Stage, there, 0); ok {
				return file, true
			}
		}
	}
	return "", false
}

// IsFile tells whether the container starts with a file of that name.
func (f *Files) IsFile(name string) bool {
	_, ok := f.Lookup(name)
	return ok
}

// IsDir tells whether the container starts with a directory of that name that holds files of the repository.
func (f *Files) IsDir(name string) bool {
	name = path.Clean(name)
	if from, ok := f.mounted(name); ok {
		return f.tree.IsDir(from)
	}
	_, ok := f.children[name]
	return ok || f.holdsMount(name)
}

func (f *Files) holdsMount(name string) bool {
	return slices.ContainsFunc(f.mounts, func(m mount) bool { return strings.HasPrefix(m.target, strings.TrimSuffix(name, "/")+"/") })
}

// Read returns a file's text. The caller must not change it.
func (f *Files) Read(name string) ([]byte, error) {
	file, ok := f.Lookup(name)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if file.Inline {
		if by, ok := f.makes()[file.Image]; ok && f.inline[file.Image].span.IsZero() {
			return []byte(by.Text + f.inline[by.From].text), nil
		}
		return []byte(f.inline[file.Image].text), nil
	}
	return f.tree.Read(file.Source)
}

// List returns the names in a directory, sorted.
func (f *Files) List(name string) []string {
	name = path.Clean(name)
	if from, ok := f.mounted(name); ok {
		var names []string
		for _, entry := range f.tree.List(from) {
			names = append(names, entry.Name())
		}
		return names
	}
	names := maps.Clone(f.children[name])
	if names == nil {
		names = map[string]bool{}
	}
	for _, m := range f.mounts {
		if below, ok := under(name, m.target); ok && below != "" {
			first, _, _ := strings.Cut(strings.TrimPrefix(below, "/"), "/")
			names[first] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// ImageOf returns the path in the container of a file of the repository; of several the first in order. Empty when the
// file is not in the container.
func (f *Files) ImageOf(file string) string {
	for _, m := range f.mounts {
		if name, ok := under(m.source, file); ok {
			return path.Join(m.target, name)
		}
	}
	return f.origins[file]
}

// prunes tells whether a stage copies files by a tool: `turbo prune`, `pnpm deploy`, or the standalone output of Next.js.
func prunes(image *model.Image) bool {
	for _, stage := range image.Stages {
		for _, in := range stage.Instructions {
			if in.Op == "RUN" && (strings.Contains(in.Script, "turbo") || deployCommand.MatchString(in.Script)) || slices.ContainsFunc(in.Sources, func(src string) bool {
				return strings.Contains(src, ".next/standalone")
			}) {
				return true
			}
		}
	}
	return false
}

// under returns the path of file relative to dir, when it lies in it.
func under(dir, file string) (string, bool) {
	dir, file = path.Clean(dir), path.Clean(file)
	switch {
	case dir == file:
		return "", true
	case dir == ".":
		return file, !strings.HasPrefix(file, "../") && file != ".."
	default:
		return strings.CutPrefix(file, dir+"/")
	}
}
