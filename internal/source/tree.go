package source

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// MaxFileBytes is the largest file that Read returns. No source file is larger; dumps and media are.
const MaxFileBytes = 16 << 20

// ErrTooLarge is wrapped by Read for files over MaxFileBytes.
var ErrTooLarge = errors.New("file is too large to be source text")

// Tree is a directory of the user's, read through a cache: every file is read once and every directory listed once, whoever
// asks. Safe for concurrent use.
//
// Paths given to its methods are relative to the root with slashes; "../x" reaches outside of it, as Compose files may.
// Methods never write and never follow a path to a device or socket.
type Tree struct {
	root  string
	mu    sync.Mutex
	files map[string]*fileEntry
	dirs  map[string]*dirEntry
}

type fileEntry struct {
	once sync.Once
	data []byte
	err  error
}

// dirEntry is a directory that was listed.
type dirEntry struct {
	once    sync.Once
	entries []fs.DirEntry
	// modes are the entries' types by name.
	modes map[string]fs.FileMode
	// closed tells of a directory that exists but may not be listed.
	closed bool
}

// Open makes a Tree of a directory. When path names a file, the Tree is its directory and name the file in it.
func Open(dir string) (tree *Tree, name string, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, "", err
	}
	info, err := os.Stat(abs)
	if err != nil {
		return nil, "", err
	}
	if !info.IsDir() {
		return newTree(filepath.Dir(abs)), filepath.Base(abs), nil
	}
	return newTree(abs), "", nil
}

func newTree(root string) *Tree {
	return &Tree{root: root, files: map[string]*fileEntry{}, dirs: map[string]*dirEntry{}}
}

// Root is the absolute directory. It is for opening files only, never for output.
func (t *Tree) Root() string { return t.root }

// Abs is the absolute file name of a path of the tree.
func (t *Tree) Abs(name string) string { return filepath.Join(t.root, filepath.FromSlash(name)) }

// Rel turns an absolute file name, or one relative to the root, into a path of the tree.
func (t *Tree) Rel(name string) string {
	if !filepath.IsAbs(name) {
		return path.Clean(filepath.ToSlash(name))
	}
	rel, err := filepath.Rel(t.root, name)
	if err != nil {
		return filepath.ToSlash(name)
	}
	return filepath.ToSlash(rel)
}

// Read returns a file's bytes, which the caller must not change. A byte order mark is kept: positions count it.
func (t *Tree) Read(name string) ([]byte, error) {
	name = path.Clean(name)
	t.mu.Lock()
	entry := t.files[name]
	if entry == nil {
		entry = &fileEntry{}
		t.files[name] = entry
	}
	t.mu.Unlock()
	entry.once.Do(func() { entry.data, entry.err = t.read(name) })
	return entry.data, entry.err
}

func (t *Tree) read(name string) ([]byte, error) {
	mode, ok := t.mode(name)
	if !ok {
		_, err := os.Stat(t.Abs(name))
		return nil, t.relative(name, cmp.Or(err, fs.ErrNotExist))
	}
	if !mode.IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	file, err := os.Open(t.Abs(name))
	if err != nil {
		return nil, t.relative(name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, t.relative(name, err)
	}
	if info.Size() > MaxFileBytes {
		return nil, fmt.Errorf("%s: %w (%d bytes)", name, ErrTooLarge, info.Size())
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(file, data)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil // it became shorter
	}
	return data[:n], t.relative(name, err)
}

// relative takes the machine's own path out of an error.
func (t *Tree) relative(name string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return fmt.Errorf("%s: %w", name, pathError.Err)
	}
	return err
}

// IsFile tells whether name is a regular file.
func (t *Tree) IsFile(name string) bool {
	mode, ok := t.mode(name)
	return ok && mode.IsRegular()
}

// IsDir tells whether name is a directory.
func (t *Tree) IsDir(name string) bool {
	mode, ok := t.mode(name)
	return ok && mode.IsDir()
}

// mode is the type of what a name leads to. It is looked up in the listing of its directory: resolving imports asks for many
// names that do not exist, and a listing answers them all with one call of the system.
func (t *Tree) mode(name string) (fs.FileMode, bool) {
	name = path.Clean(name)
	dir, base := path.Split(name)
	if base == "." || base == ".." || base == "" {
		return t.stat(name)
	}
	listed := t.dir(path.Clean(dir))
	mode, ok := listed.modes[base]
	if ok && mode&fs.ModeSymlink != 0 || listed.closed {
		return t.stat(name)
	}
	return mode, ok
}

func (t *Tree) stat(name string) (fs.FileMode, bool) {
	info, err := os.Stat(t.Abs(name))
	if err != nil {
		return 0, false
	}
	return info.Mode(), true
}

// List returns a directory's entries sorted by name, which the caller must not change; nil when it cannot be read.
func (t *Tree) List(dir string) []fs.DirEntry { return t.dir(path.Clean(dir)).entries }

// dir lists a directory once.
func (t *Tree) dir(dir string) *dirEntry {
	t.mu.Lock()
	entry := t.dirs[dir]
	if entry == nil {
		entry = &dirEntry{}
		t.dirs[dir] = entry
	}
	t.mu.Unlock()
	entry.once.Do(func() {
		entries, err := os.ReadDir(t.Abs(dir))
		if err != nil {
			entry.closed = errors.Is(err, fs.ErrPermission)
			return
		}
		entry.entries, entry.modes = entries, make(map[string]fs.FileMode, len(entries))
		for _, e := range entries {
			entry.modes[e.Name()] = e.Type()
		}
	})
	return entry
}

// Walk calls visit for every regular file under dir in lexical order, with paths of the tree. Directories for which skip
// is true are not entered; .git never is. Symbolic links to files are visited, links to directories are not followed.
func (t *Tree) Walk(dir string, skip func(dir string) bool, visit func(file string)) {
	for _, entry := range t.List(dir) {
		name := path.Join(dir, entry.Name())
		switch {
		case entry.IsDir():
			if entry.Name() != ".git" && (skip == nil || !skip(name)) {
				t.Walk(name, skip, visit)
			}
		case entry.Type().IsRegular(), entry.Type()&fs.ModeSymlink != 0 && t.IsFile(name):
			visit(name)
		}
	}
}

// Join is path.Join for a reference found in a file of dir: absolute references are taken as they are.
func Join(dir, ref string) string {
	if strings.HasPrefix(ref, "/") {
		return path.Clean(ref)
	}
	return path.Join(dir, ref)
}

// Ignored are directories that no walk over a repository enters unless it is asked to: dependencies and version control.
func Ignored(dir string) bool {
	return slices.Contains([]string{"node_modules", ".git", ".hg", ".svn", ".wrangler"}, path.Base(dir))
}
