package analysis

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// unitsOf lists the services of the workspace with the source to judge for each, in the order of projects and services.
func unitsOf(tree *source.Tree, workspace *model.Workspace, options Options) []*unit {
	var units []*unit
	for _, project := range workspace.Projects {
		for _, service := range project.Services {
			u := &unit{project: project, service: service}
			if service.Ship != nil {
				for _, module := range service.Ship.Modules {
					// A program without extension, such as bin/www, ships only when node runs it.
					if isModule(module.Source) || path.Ext(module.Source) == "" {
						u.shipped = append(u.shipped, parsing{module.Source, module.Image, workdir(service)})
					}
				}
			}
			slices.SortFunc(u.shipped, func(a, b parsing) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.image, b.image)) })
			u.shipped = slices.CompactFunc(u.shipped, func(a, b parsing) bool { return a.file == b.file })
			units = append(units, u)
		}
	}
	if options.AllFiles {
		units = addOthers(tree, workspace, units)
	}
	return units
}

// workdir is the directory the service's program is started in.
func workdir(service *model.Service) string {
	if service.Entry == nil {
		return ""
	}
	return service.Entry.Workdir
}

// addOthers gives every module of the workspace that ships with no service to the service with the nearest build
// context. Modules outside of all contexts go to a unit whose service has no name.
func addOthers(tree *source.Tree, workspace *model.Workspace, units []*unit) []*unit {
	shipped := map[string]bool{}
	for _, u := range units {
		for _, p := range u.shipped {
			shipped[p.file] = true
		}
	}
	var beside *unit
	tree.Walk(".", source.Ignored, func(file string) {
		if shipped[file] || !isModule(file) {
			return
		}
		owner := nearest(units, file)
		if owner == nil {
			if beside == nil {
				beside = &unit{project: enclosing(workspace, file), service: &model.Service{Entry: &model.Entry{Kind: "unknown"}}}
			}
			owner = beside
		}
		owner.others = append(owner.others, parsing{file: file})
	})
	if beside != nil {
		units = append(units, beside)
	}
	return units
}

// nearest is the unit with the deepest build context around the file, the first of equals; nil when there is none.
func nearest(units []*unit, file string) *unit {
	var best *unit
	depth := -1
	for _, u := range units {
		context, ok := contextOf(u.service)
		if ok && within(context, file) && len(context) > depth {
			best, depth = u, len(context)
		}
	}
	return best
}

// contextOf is the service's build context, "" for the root of the workspace.
func contextOf(service *model.Service) (context string, ok bool) {
	switch {
	case service.Build != nil && !service.Build.Remote():
		context = service.Build.Context
	case service.Image != nil:
		context = service.Image.Context
	default:
		return "", false
	}
	context = path.Clean(context)
	if context == "." {
		context = ""
	}
	return context, true
}

func within(dir, file string) bool { return dir == "" || strings.HasPrefix(file, dir+"/") }

// enclosing is the project around the file, or one without services when the workspace has none.
func enclosing(workspace *model.Workspace, file string) *model.Project {
	for _, project := range slices.Backward(workspace.Projects) {
		if project.Dir == "." || within(project.Dir, file) {
			return project
		}
	}
	return &model.Project{Dir: "."}
}

// isModule tells whether rules can look at the file: source text of a language that can be parsed. Declaration files
// hold no code, and what ends in .min.js is somebody else's.
func isModule(file string) bool {
	base := path.Base(file)
	for _, suffix := range []string{".d.ts", ".d.mts", ".d.cts", ".min.js"} {
		if strings.HasSuffix(base, suffix) {
			return false
		}
	}
	return slices.Contains(moduleExtensions(), path.Ext(base))
}

func moduleExtensions() []string {
	return []string{".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx"}
}
