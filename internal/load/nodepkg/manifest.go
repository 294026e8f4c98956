package nodepkg

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Manifest is one package.json.
type Manifest struct {
	// File is its path, Dir the package's directory.
	File, Dir string
	Name      string
	// Main, Module and Type are the fields of those names.
	Main, Module, Type string
	// Bin are the package's commands by name, as paths relative to Dir.
	Bin []Bin
	// Scripts are in file order.
	Scripts []Script
	// Dependencies are all kinds of dependencies, sorted by name; a name stands once, the kind that production installs first.
	Dependencies []Dependency
	// Workspaces are the globs of a workspace root.
	Workspaces []string
	// Exports and Imports are the fields of those names, absent when not set.
	Exports, Imports JSON
	// Aliases are `_moduleAliases` of the package module-alias.
	Aliases []Field
	// Root is the whole object.
	Root JSON
}

// Bin is one command of a package.
type Bin struct{ Name, File string }

// Script is one entry of "scripts".
type Script struct {
	Name, Text string
	// Span is the text without its quotes. Exact tells that the text has no escapes, so that offsets in it are columns.
	Span  source.Span
	Exact bool
}

// Dependency is one entry of the dependency fields.
type Dependency struct {
	Name, Range string
	// Kind is the field: "dependencies", "optionalDependencies", "peerDependencies" or "devDependencies".
	Kind string
	Span source.Span
}

// Manifest reads the package.json of a directory; nil when there is none or it cannot be read.
func (p *Packages) Manifest(dir string) *Manifest {
	return kept(p, p.manifests, path.Clean(dir), func() *Manifest { return p.readManifest(dir) })
}

func (p *Packages) readManifest(dir string) *Manifest {
	file := path.Join(dir, "package.json")
	if !p.IsFile(file) {
		return nil
	}
	text, err := p.Read(file)
	if err != nil {
		return nil
	}
	root, err := ParseJSON(file, text)
	if err != nil || !root.IsObject() {
		return nil
	}
	manifest := &Manifest{
		File: file, Dir: dir, Root: root,
		Name: root.Get("name").Text(), Main: root.Get("main").Text(),
		Module: root.Get("module").Text(), Type: root.Get("type").Text(),
		Exports: root.Get("exports"), Imports: root.Get("imports"), Aliases: root.Get("_moduleAliases").Fields(),
	}
	manifest.Workspaces = root.Get("workspaces").Strings()
	if manifest.Workspaces == nil {
		manifest.Workspaces = root.Get("workspaces", "packages").Strings()
	}
	for _, field := range root.Get("scripts").Fields() {
		span := field.Value.Span()
		manifest.Scripts = append(manifest.Scripts, Script{
			Name: field.Name, Text: field.Value.Text(), Span: span,
			Exact: span.End.Column-span.Start.Column == len(field.Value.Text()),
		})
	}
	manifest.readBin(root.Get("bin"))
	manifest.readDependencies(root)
	return manifest
}

func (m *Manifest) readBin(bin JSON) {
	if bin.IsString() {
		m.Bin = []Bin{{Name: path.Base(m.Name), File: bin.Text()}}
	}
	for _, field := range bin.Fields() {
		m.Bin = append(m.Bin, Bin{Name: field.Name, File: field.Value.Text()})
	}
}

func (m *Manifest) readDependencies(root JSON) {
	seen := map[string]bool{}
	for _, kind := range []string{"dependencies", "optionalDependencies", "peerDependencies", "devDependencies"} {
		for _, field := range root.Get(kind).Fields() {
			if !seen[field.Name] {
				seen[field.Name] = true
				m.Dependencies = append(m.Dependencies, Dependency{
					Name: field.Name, Range: field.Value.Text(), Kind: kind, Span: field.Value.Span(),
				})
			}
		}
	}
	slices.SortFunc(m.Dependencies, func(a, b Dependency) int { return cmp.Compare(a.Name, b.Name) })
}

// Script returns the script of that name.
func (m *Manifest) Script(name string) (Script, bool) {
	if m == nil {
		return Script{}, false
	}
	for _, script := range slices.Backward(m.Scripts) {
		if script.Name == name {
			return script, true
		}
	}
	return Script{}, false
}

// Dependency returns the dependency of that name.
func (m *Manifest) Dependency(name string) (Dependency, bool) {
	if m == nil {
		return Dependency{}, false
	}
	i, found := slices.BinarySearchFunc(m.Dependencies, name, func(d Dependency, name string) int { return cmp.Compare(d.Name, name) })
	if !found {
		return Dependency{}, false
	}
	return m.Dependencies[i], true
}

// Nearest returns the manifest of the closest directory at or above dir.
func (p *Packages) Nearest(dir string) *Manifest {
	for _, at := range Ancestors(dir) {
		if manifest := p.Manifest(at); manifest != nil {
			return manifest
		}
	}
	return nil
}

// Ancestors are dir and the directories above it, up to the root ("." or "/").
func Ancestors(dir string) []string {
	dir = path.Clean(dir)
	list := []string{dir}
	for dir != "." && dir != "/" && !strings.HasSuffix(dir, "..") {
		dir = path.Dir(dir)
		list = append(list, dir)
	}
	return list
}
