// Package ship follows imports from a program's entry module to every module that ships with it.
//
// Two file systems matter. A module that the image holds as it is resolves its imports among the image's files, where the
// program will run. A module that a build compiles resolves them in the repository, where the compiler runs.
package ship

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/container"
	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// Follow returns the source that ships with a service; nil when its program is no Node program that was found.
func Follow(tree *source.Tree, sources *nodepkg.Packages, service *model.Service, files *container.Files) *model.Ship {
	entry := service.Entry
	if entry == nil {
		return nil
	}
	w := &walker{
		tree: tree, sources: sources, files: files, entry: entry, resolver: NewResolver(sources, service, files),
		queued: map[string]bool{}, packages: map[string]*model.ImportedPackage{}, manifests: map[string]bool{},
	}
	w.add(module{source: entry.Module, image: entry.ImageModule, built: entry.Built})
	for _, preload := range entry.Preload {
		w.preload(preload)
	}
	for _, other := range entry.Others {
		w.add(module{source: other.Module, image: other.ImageModule, built: other.Module != "" && !files.IsFile(other.ImageModule)})
	}
	if len(w.queue) == 0 {
		return nil
	}
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.visit(next)
	}
	return w.ship(service)
}

// module is one module on the way: its source, its path in the image ("" when it has none of its own), and whether a build
// makes the one of the other.
type module struct {
	source, image string
	built         bool
}

type walker struct {
	tree      *source.Tree
	sources   *nodepkg.Packages
	files     *container.Files
	entry     *model.Entry
	resolver  *Resolver
	queue     []module
	queued    map[string]bool
	modules   []model.ShippedModule
	packages  map[string]*model.ImportedPackage
	manifests map[string]bool
	dynamic   []model.DynamicImport
	missing   []model.DynamicImport
}

func (w *walker) add(m module) {
	if m.source == "" || w.queued[m.source] {
		return
	}
	w.queued[m.source] = true
	w.queue = append(w.queue, m)
}

// preload adds a module that node loads before the program.
func (w *walker) preload(specifier string) {
	from := module{source: w.entry.Module, image: path.Join(w.entry.Workdir, "-"), built: false}
	w.follow(from, syntax.Import{Specifier: specifier, Kind: "require", Span: w.entry.ModuleSpan})
}

// visit reads a module's imports.
func (w *walker) visit(m module) {
	w.modules = append(w.modules, model.ShippedModule{Source: m.source, Image: m.image})
	if manifest := w.sources.Nearest(path.Dir(m.source)); manifest != nil {
		w.manifests[manifest.File] = true
	}
	if !nodepkg.IsModule(m.source) && path.Ext(m.source) != "" {
		return
	}
	text, err := w.tree.Read(m.source)
	if err != nil {
		return
	}
	imports, _ := syntax.ScanImports(m.source, text)
	computed := false
	for _, imported := range imports {
		switch {
		case imported.Kind == "type":
		case imported.Specifier == "":
			computed = true
		default:
			w.follow(m, imported)
		}
	}
	if computed || loadsFolders(text) {
		w.dynamically(m, text)
	}
}

// follow follows one import with a constant specifier.
func (w *walker) follow(from module, imported syntax.Import) {
	to, resolution := w.resolver.from(from, imported.Specifier)
	switch {
	case to.source != "":
		if shipsAs(to.source) {
			w.add(to)
		}
	case resolution.Package != "":
		w.imported(from, resolution.Package, imported.Span)
	case resolution.Builtin != "":
	case imported.Kind != "require.resolve" && !imported.Optional:
		w.missing = append(w.missing, model.DynamicImport{Text: imported.Specifier, Span: imported.Span})
	}
}

// shipsAs tells whether an imported file is part of the program: modules and JSON, but no styles, pictures or declarations.
func shipsAs(name string) bool {
	return nodepkg.IsModule(name) || path.Ext(name) == ".json" || path.Ext(name) == ".node" || path.Ext(name) == ".wasm"
}

// imported notes the import of a package.
func (w *walker) imported(from module, name string, span source.Span) {
	if strings.Contains(name, ":") {
		return
	}
	known := w.packages[name]
	if known == nil {
		known = &model.ImportedPackage{Name: name}
		w.packages[name] = known
	}
	if !slices.ContainsFunc(known.Spans, func(s source.Span) bool { return s.File == span.File }) {
		known.Spans = append(known.Spans, span)
	}
	for _, dir := range nodepkg.Ancestors(path.Dir(from.source)) {
		manifest := w.sources.Manifest(dir)
		if known.Range != "" || manifest == nil {
			continue
		}
		if dependency, ok := manifest.Dependency(name); ok {
			known.Range, known.Dev = dependency.Range, dependency.Kind == "devDependencies"
			known.Version = w.sources.Lock(dir).Version(dir, name, dependency.Range)
		}
	}
	if known.Version == "" {
		known.Version = w.sources.Lock(path.Dir(from.source)).Version(path.Dir(from.source), name, known.Range)
	}
}

// ship puts the result in order.
func (w *walker) ship(service *model.Service) *model.Ship {
	slices.SortFunc(w.modules, func(a, b model.ShippedModule) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Image, b.Image))
	})
	byPlace := func(a, b model.DynamicImport) int {
		return cmp.Or(source.Compare(a.Span, b.Span), cmp.Compare(a.Text, b.Text))
	}
	slices.SortFunc(w.dynamic, byPlace)
	slices.SortFunc(w.missing, byPlace)
	result := &model.Ship{
		Modules: w.modules, Manifests: slices.Sorted(maps.Keys(w.manifests)), Dynamic: slices.Compact(w.dynamic), Missing: slices.Compact(w.missing),
	}
	for _, name := range slices.Sorted(maps.Keys(w.packages)) {
		imported := w.packages[name]
		slices.SortFunc(imported.Spans, source.Compare)
		result.Packages = append(result.Packages, *imported)
	}
	result.LeftOut = w.leftOut(service)
	return result
}
