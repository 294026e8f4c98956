// Package nodepkg reads what Node projects say about themselves: package.json, workspaces, lock files, tsconfig and the
// settings of build tools. From these it finds the module that a specifier names, and the source that a compiled file was
// made from.
//
// Nothing here looks into node_modules: installed packages are named, not read.
package nodepkg

import (
	"sync"

	"github.com/dock2edge/dock2edge/internal/source"
)

// FS is what is read: the repository, or a container's files.
type FS interface {
	IsFile(name string) bool
	IsDir(name string) bool
	Read(name string) ([]byte, error)
	// List returns the names in a directory, sorted.
	List(dir string) []string
}

// Packages are the packages of an FS. What was read once is kept. It is safe for concurrent use.
type Packages struct {
	FS
	mu        sync.Mutex
	manifests map[string]*Manifest
	globs     map[string][]string
	members   map[string][]*Manifest
	configs   map[string][]*TSConfig
	built     map[builtFile]string
	locks     map[string]*Lock
}

// builtFile is a compiled file: a package's directory and a path in it.
type builtFile struct{ dir, rel string }

// New makes the Packages of an FS.
func New(fs FS) *Packages {
	return &Packages{
		FS: fs, manifests: map[string]*Manifest{}, globs: map[string][]string{}, members: map[string][]*Manifest{},
		configs: map[string][]*TSConfig{}, built: map[builtFile]string{}, locks: map[string]*Lock{},
	}
}

// InTree makes the Packages of the repository.
func InTree(tree *source.Tree) *Packages { return New(treeFS{tree}) }

type treeFS struct{ *source.Tree }

func (t treeFS) List(dir string) []string {
	var names []string
	for _, entry := range t.Tree.List(dir) {
		names = append(names, entry.Name())
	}
	return names
}

// kept returns what is kept under a key, or makes it. Two callers may make the same at once; both results are equal.
func kept[K comparable, V any](p *Packages, cache map[K]V, key K, make func() V) V {
	p.mu.Lock()
	value, known := cache[key]
	p.mu.Unlock()
	if known {
		return value
	}
	value = make()
	p.mu.Lock()
	cache[key] = value
	p.mu.Unlock()
	return value
}
