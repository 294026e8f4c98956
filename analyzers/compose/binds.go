package compose

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// bindKind is what a bind mount is for. Docker does not know; what lies in the folder tells.
type bindKind int

// What bind mounts are for.
const (
	bindOfSource bindKind = iota // the program's own code, mounted over the image's for development
	bindOfConfig                 // one file
	bindOfData                   // a folder that the program keeps files in
	bindOfHost                   // something of the host outside of the repository
)

// bindKindOf tells what a bind mount is for.
func bindKindOf(tree *source.Tree, s *model.Service, m model.Mount) bindKind {
	switch {
	case strings.HasPrefix(m.Source, "/"), strings.HasPrefix(m.Source, "~"), strings.HasPrefix(m.Source, ".."), strings.Contains(m.Source, ":"):
		return bindOfHost
	case tree.IsFile(m.Source):
		return bindOfConfig
	case holdsCode(tree, s, m.Source):
		return bindOfSource
	case !tree.IsDir(m.Source) && path.Ext(m.Source) != "":
		return bindOfConfig // a file that the repository does not hold
	}
	return bindOfData
}

// holdsCode tells whether a folder holds code of the service: a module that ships, a manifest, or source text at its top.
func holdsCode(tree *source.Tree, s *model.Service, dir string) bool {
	inside := func(file string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }
	if s.Ship != nil && slices.ContainsFunc(s.Ship.Modules, func(m model.ShippedModule) bool { return inside(m.Source) }) {
		return true
	}
	for _, entry := range tree.List(dir) {
		name := entry.Name()
		if slices.Contains([]string{"package.json", "Dockerfile", "tsconfig.json", "index.html"}, name) {
			return true
		}
		if slices.Contains([]string{".js", ".cjs", ".mjs", ".jsx", ".ts", ".tsx", ".py", ".go", ".php", ".rb", ".java", ".html", ".css"}, path.Ext(name)) {
			return true
		}
	}
	return false
}

// eachBind calls report for the bind mounts of one kind.
func eachBind(p *analysis.ServicePass, kind bindKind, report func(m model.Mount)) {
	for _, m := range p.Service.Mounts {
		if m.Type == "bind" && !isEngineSocket(m.Source) && bindKindOf(p.Tree, p.Service, m) == kind {
			report(m)
		}
	}
}
