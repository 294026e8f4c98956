package nodepkg

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"
)

// WorkspaceRoot is the closest directory at or above dir that declares workspaces (npm, yarn, bun, pnpm, lerna), or dir.
func (p *Packages) WorkspaceRoot(dir string) string {
	for _, at := range Ancestors(dir) {
		if globs := p.workspaceGlobs(at); len(globs) > 0 {
			return at
		}
	}
	return path.Clean(dir)
}

func (p *Packages) workspaceGlobs(dir string) []string {
	return kept(p, p.globs, dir, func() []string { return p.readGlobs(dir) })
}

func (p *Packages) readGlobs(dir string) []string {
	if manifest := p.Manifest(dir); manifest != nil && len(manifest.Workspaces) > 0 {
		return manifest.Workspaces
	}
	if text, err := p.Read(path.Join(dir, "pnpm-workspace.yaml")); err == nil {
		var file struct {
			Packages []string `yaml:"packages"`
		}
		if yaml.Unmarshal(text, &file) == nil && len(file.Packages) > 0 {
			return file.Packages
		}
	}
	if text, err := p.Read(path.Join(dir, "lerna.json")); err == nil {
		if root, err := ParseJSON("lerna.json", text); err == nil {
			return root.Get("packages").Strings()
		}
	}
	return nil
}

// maxMembers bounds the packages of one workspace, maxWorkspaceDepth how deep ** goes.
const (
	maxMembers        = 2000
	maxWorkspaceDepth = 6
)

// Members are the packages of a workspace, its root first, the others sorted by directory.
func (p *Packages) Members(root string) []*Manifest {
	return kept(p, p.members, path.Clean(root), func() []*Manifest { return p.findMembers(root) })
}

func (p *Packages) findMembers(root string) []*Manifest {
	var members []*Manifest
	if manifest := p.Manifest(root); manifest != nil {
		members = append(members, manifest)
	}
	var include, exclude []string
	for _, glob := range p.workspaceGlobs(root) {
		glob = strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/")
		if negated, ok := strings.CutPrefix(glob, "!"); ok {
			exclude = append(exclude, strings.TrimPrefix(negated, "./"))
		} else {
			include = append(include, glob)
		}
	}
	if len(include) == 0 {
		return members
	}
	var visit func(rel string, depth int)
	visit = func(rel string, depth int) {
		for _, name := range p.List(path.Join(root, rel)) {
			if name == "node_modules" || strings.HasPrefix(name, ".") || len(members) >= maxMembers {
				continue
			}
			inner := path.Join(rel, name)
			dir := path.Join(root, inner)
			if !p.IsDir(dir) || matches(exclude, inner) {
				continue
			}
			if matches(include, inner) {
				if manifest := p.Manifest(dir); manifest != nil {
					members = append(members, manifest)
				}
			}
			if depth < maxWorkspaceDepth && leads(include, inner) {
				visit(inner, depth+1)
			}
		}
	}
	visit("", 1)
	if len(members) > 1 {
		slices.SortStableFunc(members[1:], func(a, b *Manifest) int { return cmp.Compare(a.Dir, b.Dir) })
	}
	return members
}

func matches(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		matched, err := doublestar.Match(glob, name)
		return err == nil && matched
	})
}

// leads tells whether a directory may hold something that one of the globs names.
func leads(globs []string, dir string) bool {
	depth := strings.Count(dir, "/") + 1
	return slices.ContainsFunc(globs, func(glob string) bool {
		parts := strings.Split(glob, "/")
		for i, part := range parts {
			if part == "**" {
				return i <= depth
			}
			if i < depth {
				if matched, err := path.Match(part, strings.Split(dir, "/")[i]); err != nil || !matched {
					return false
				}
			}
		}
		return len(parts) > depth
	})
}
