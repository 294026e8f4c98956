package ship

import (
	"path"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/container"
	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/model"
)

// Resolver finds the modules of one service that specifiers name. It is safe for concurrent use.
type Resolver struct {
	files         *container.Files
	image, source *nodepkg.Resolver
	entry         *model.Entry
	// mapping is how the build lays out compiled modules, taken from the entry module.
	mapping layout
}

// NewResolver makes the Resolver of a service whose Entry is known.
func NewResolver(sources *nodepkg.Packages, service *model.Service, files *container.Files) *Resolver {
	r := &Resolver{files: files, source: nodepkg.NewResolver(sources), entry: service.Entry}
	r.image = nodepkg.NewResolver(nodepkg.New(files), nodePath(service)...)
	if service.Entry != nil && service.Entry.Built {
		r.mapping = layoutOf(service.Entry.Module, service.Entry.ImageModule)
	}
	return r
}

// nodePath are the directories of NODE_PATH.
func nodePath(service *model.Service) []string {
	vars := service.Environment
	if service.Image != nil && service.Image.Target != nil {
		vars = append(append([]model.EnvVar{}, service.Image.Target.Env...), vars...)
	}
	workdir := "/"
	if service.Entry != nil {
		vars = append(append([]model.EnvVar{}, vars...), service.Entry.Env...)
		workdir = service.Entry.Workdir
	}
	text := ""
	for _, v := range vars {
		if v.Name == "NODE_PATH" {
			text = v.Value
		}
	}
	var dirs []string
	for _, dir := range strings.Split(text, ":") {
		if dir != "" && !path.IsAbs(dir) {
			dir = path.Join(workdir, dir)
		}
		if dir != "" {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// Resolve finds the file of the repository that a specifier in the module from names. ok is false for installed packages,
// modules of Node and names that lead nowhere.
func (r *Resolver) Resolve(from, specifier string) (file string, ok bool) {
	m := module{source: from, image: r.files.ImageOf(from)}
	m.built = m.image == ""
	to, _ := r.from(m, specifier)
	return to.source, to.source != ""
}

// from resolves a specifier in a module: among the image's files when the module is one of them, else in the repository.
// There too are looked up names of packages that the image does not hold under their own path.
func (r *Resolver) from(m module, specifier string) (module, nodepkg.Resolution) {
	var first nodepkg.Resolution
	if !m.built && m.image != "" {
		first = r.image.Resolve(m.image, specifier)
		if file, ok := r.files.Lookup(first.File); first.File != "" && ok && !file.Inline {
			return module{source: file.Source, image: first.File}, first
		}
		if first.Builtin == "" && isPath(specifier) {
			if file, ok := r.source.Built(m.source, specifier); ok {
				return r.place(module{source: m.source, image: m.image, built: true}, file), nodepkg.Resolution{File: file}
			}
		}
		if first.Builtin != "" || isPath(specifier) {
			return module{}, nodepkg.Resolution{Builtin: first.Builtin}
		}
	}
	found := r.source.Resolve(m.source, specifier)
	if found.File == "" {
		if found.Package == "" && found.Builtin == "" {
			found = first
		}
		return module{}, found
	}
	return r.place(m, found.File), found
}

// isPath tells of specifiers that name a file relative to the module, or by its absolute path.
func isPath(specifier string) bool {
	return strings.HasPrefix(specifier, ".") || strings.HasPrefix(specifier, "/")
}

// place gives a source file its path in the image.
func (r *Resolver) place(from module, file string) module {
	if from.built {
		if image, ok := r.mapping.of(file); ok {
			return module{source: file, image: image, built: true}
		}
	}
	if image := r.files.ImageOf(file); image != "" {
		return module{source: file, image: image, built: from.built}
	}
	return module{source: file, built: true}
}

// layout is the relation between a source folder and the image folder that its modules are compiled to.
type layout struct{ source, image string }

// layoutOf takes the folders from one module and its compiled form: what their paths end in alike is inside.
func layoutOf(file, image string) layout {
	from, to := strings.Split(withoutExt(file), "/"), strings.Split(withoutExt(image), "/")
	for len(from) > 0 && len(to) > 1 && from[len(from)-1] == to[len(to)-1] {
		from, to = from[:len(from)-1], to[:len(to)-1]
	}
	if len(from) == len(strings.Split(file, "/")) {
		// A bundle of another name: its modules have no paths of their own.
		return layout{}
	}
	return layout{source: strings.Join(from, "/"), image: strings.Join(to, "/")}
}

func withoutExt(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// of is the path of a source file's compiled form.
func (l layout) of(file string) (string, bool) {
	inside, ok := strings.CutPrefix(file, l.source+"/")
	if l.source == "" {
		inside, ok = file, l.image != ""
	}
	if !ok {
		return "", false
	}
	ext := path.Ext(inside)
	switch ext {
	case ".ts", ".tsx", ".jsx":
		inside = withoutExt(inside) + ".js"
	case ".mts", ".cts":
		inside = withoutExt(inside) + "." + ext[1:2] + "js"
	}
	return path.Join(l.image, inside), true
}
