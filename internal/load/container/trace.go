package container

import (
	"path"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Maker is a stage of a build in which a file of the container may have been made, with its path there.
type Maker struct {
	Name  string
	Stage *model.Stage
	tree  *source.Tree
	image *model.Image
	files *Files
}

// Makers are where a file that no COPY brings from the repository may come from: the stage that runs, the stages it copies
// the file from, and those they are built on. The first is the likeliest.
func (f *Files) Makers(image *model.Image, name string) []Maker {
	var makers []Maker
	if _, ok := f.mounted(name); ok || image == nil || image.Target == nil {
		makers = append(makers, Maker{Name: name, tree: f.tree, files: f})
	}
	if image != nil && image.Target != nil {
		seen := map[string]bool{}
		var visit func(stage *model.Stage, name string)
		visit = func(stage *model.Stage, name string) {
			if key := stage.ID() + "\x00" + name; seen[key] {
				return
			} else {
				seen[key] = true
			}
			if from, there, ok := copiedFrom(stage, name); ok {
				visit(from, there)
			}
			makers = append(makers, Maker{Name: name, Stage: stage, tree: f.tree, image: image})
			if stage.BaseStage != nil {
				visit(stage.BaseStage, name)
			}
		}
		visit(image.Target, path.Clean(name))
	}
	return makers
}

// Copied are the paths of the repository that a COPY would bring to name, whether or not they are there: what a build on the
// host makes is copied too.
func (m Maker) Copied(name string) []string {
	var paths []string
	for stage := m.Stage; stage != nil; stage = stage.BaseStage {
		for i := len(stage.Instructions) - 1; i >= 0; i-- {
			in := &stage.Instructions[i]
			if in.Op != "COPY" && in.Op != "ADD" || in.From != "" {
				continue
			}
			for _, src := range in.Sources {
				if there, ok := reverse(in, path.Join("/", src), name); ok {
					paths = append(paths, path.Join(m.image.Context, there))
				}
			}
		}
	}
	return paths
}

// copiedFrom finds the last COPY --from that puts something at name, and what it puts there.
func copiedFrom(stage *model.Stage, name string) (from *model.Stage, there string, ok bool) {
	for i := len(stage.Instructions) - 1; i >= 0; i-- {
		in := &stage.Instructions[i]
		if in.FromStage == nil {
			continue
		}
		for _, src := range in.Sources {
			if there, ok := reverse(in, absolute("/", src), name); ok {
				return in.FromStage, there, true
			}
		}
	}
	return nil, "", false
}

// reverse maps a path below an instruction's destination back to its source src. Whether src is a file or a directory is
// not known here: a source that the last element of a path names is taken as the file.
func reverse(in *model.Instruction, src, name string) (string, bool) {
	dest := path.Clean(in.Dest)
	if rest, ok := strings.CutPrefix(src, "/"); ok && in.Parents {
		return src, path.Join(dest, rest) == name || strings.HasPrefix(name, path.Join(dest, rest)+"/")
	}
	pattern := path.Base(src)
	inside, below := under(strings.TrimPrefix(dest, "/"), strings.TrimPrefix(name, "/"))
	if dest == "/" {
		inside, below = strings.TrimPrefix(name, "/"), true
	}
	switch {
	case !below:
		return "", false
	case inside == "":
		return src, true
	case strings.ContainsAny(pattern, "*?["):
		first, rest, _ := strings.Cut(inside, "/")
		if matched, err := path.Match(pattern, first); err == nil && matched {
			return path.Join(path.Dir(src), first, rest), true
		}
		return "", false
	case inside == pattern && path.Ext(pattern) != "":
		return src, true
	default:
		return path.Join(src, inside), true
	}
}

func absolute(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}

// Source returns the file of the repository that stands at name in the stage.
func (m Maker) Source(name string) (string, bool) {
	if m.files != nil {
		file, ok := m.files.Lookup(name)
		return file.Source, ok && !file.Inline
	}
	return m.source(m.Stage, path.Clean(name), 0)
}

// maxStages bounds how far a file is followed from stage to stage.
const maxStages = 32

func (m Maker) source(stage *model.Stage, name string, depth int) (string, bool) {
	if depth > maxStages {
		return "", false
	}
	if file, ok := m.deployed(stage, name); ok {
		return file, true
	}
	for i := len(stage.Instructions) - 1; i >= 0; i-- {
		in := &stage.Instructions[i]
		if in.Op != "COPY" && in.Op != "ADD" || in.From != "" && in.FromStage == nil {
			continue
		}
		for _, src := range in.Sources {
			if in.FromStage != nil {
				if there, ok := reverse(in, absolute("/", src), name); ok {
					if file, ok := m.source(in.FromStage, unpruned(in.FromStage, there), depth+1); ok {
						return file, true
					}
				}
				continue
			}
			there, ok := reverse(in, path.Join("/", src), name)
			if file := path.Join(m.image.Context, there); ok && m.tree.IsFile(file) {
				return file, true
			}
		}
	}
	if stage.BaseStage != nil {
		return m.source(stage.BaseStage, name, depth+1)
	}
	return "", false
}

// unpruned takes a path in what `turbo prune --docker` or Next.js's standalone output copies back to where it was.
func unpruned(stage *model.Stage, name string) string {
	if before, after, ok := strings.Cut(name, "/.next/standalone/"); ok {
		return path.Join(before+"/", after)
	}
	before, after, ok := strings.Cut(name, "/out/full/")
	if !ok {
		before, after, ok = strings.Cut(name, "/out/json/")
	}
	if !ok {
		return name
	}
	for s := stage; s != nil; s = s.BaseStage {
		for _, in := range s.Instructions {
			if in.Op == "RUN" && strings.Contains(in.Script+strings.Join(in.Argv, " "), "turbo") {
				return path.Join(before+"/", after)
			}
		}
	}
	return name
}
