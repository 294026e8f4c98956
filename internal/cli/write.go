package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// lockFile is the name of the lock file in the output.
const lockFile = "dock2edge.json"

// writer puts the artifacts of one project into a directory: prepare writes them to a sibling directory and finds out
// whether they may be moved into place, commit moves them and leaves the old state behind when it cannot.
type writer struct {
	tree *source.Tree
	dir  string
	// root is the absolute directory that was converted.
	root  string
	force bool
	// kept are files that are no longer generated but were changed by hand.
	kept []string
	// staging is the sibling directory, old the lock file that is there already, names are the staged files.
	staging string
	old     *model.Lock
	names   []string
}

// prepare stages the artifacts with the lock file completed. It changes nothing in the directory itself.
func (w *writer) prepare(artifacts []model.Artifact) error {
	var err error
	if w.old, err = readLock(w.dir); err != nil {
		return err
	}
	if err := w.refuseForeign(w.old); err != nil {
		return err
	}
	parent := filepath.Dir(filepath.Clean(w.dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	if w.staging, err = os.MkdirTemp(parent, ".dock2edge-*"); err != nil {
		return err
	}
	sums, err := w.stage(w.staging, artifacts)
	if err != nil {
		return err
	}
	if err := w.checkEdits(w.old, sums); err != nil {
		return err
	}
	w.names = append(sortedNames(sums), lockFile)
	return w.finishLock(w.staging, sums)
}

// discard removes what prepare has staged.
func (w *writer) discard() {
	if w.staging != "" {
		_ = os.RemoveAll(w.staging)
	}
}

// refuseForeign keeps convert out of directories that hold something else.
func (w *writer) refuseForeign(old *model.Lock) error {
	if old != nil || w.force {
		return nil
	}
	entries, err := os.ReadDir(w.dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s is not empty and was not written by convert; name another directory or use --force", w.dir)
}

func readLock(dir string) (*model.Lock, error) {
	data, err := os.ReadFile(filepath.Join(dir, lockFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var lock model.Lock
	if err := json.Unmarshal(data, &lock); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, lockFile), err)
	}
	for name := range lock.Files {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, fmt.Errorf("%s: %q leads out of the directory", filepath.Join(dir, lockFile), name)
		}
	}
	return &lock, nil
}

// stage writes all artifacts and returns the sums of all but the lock file. Making many small files takes most of the time
// of a conversion, and much of that is the system's, so they are made in parallel.
func (w *writer) stage(dir string, artifacts []model.Artifact) (map[string]string, error) {
	made := map[string]bool{}
	for _, a := range artifacts {
		if folder := filepath.Dir(filepath.Join(dir, filepath.FromSlash(a.Path))); !made[folder] {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return nil, err
			}
			made[folder] = true
		}
	}
	sums := make([]string, len(artifacts))
	var group errgroup.Group
	workers := runtime.GOMAXPROCS(0)
	for worker := range workers {
		group.Go(func() error {
			for i := worker; i < len(artifacts); i += workers {
				var err error
				if sums[i], err = w.stageFile(dir, artifacts[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	byName := make(map[string]string, len(artifacts))
	for i, a := range artifacts {
		if a.Path != lockFile {
			byName[a.Path] = sums[i]
		}
	}
	return byName, nil
}

// stageFile writes one artifact and returns its sum.
func (w *writer) stageFile(dir string, a model.Artifact) (string, error) {
	data, mode := a.Data, fs.FileMode(0o644)
	name := filepath.Join(dir, filepath.FromSlash(a.Path))
	var original fs.FileInfo
	if a.Copy != "" {
		var err error
		if original, err = os.Stat(w.tree.Abs(a.Copy)); err != nil {
			return "", fmt.Errorf("%s: %w", a.Copy, errors.Unwrap(err))
		}
		if data, err = os.ReadFile(w.tree.Abs(a.Copy)); err != nil {
			return "", err
		}
		mode |= original.Mode() & 0o111
	}
	if a.Executable {
		mode |= 0o111
	}
	if err := os.WriteFile(name, data, mode); err != nil {
		return "", err
	}
	if original != nil {
		// The app may tell files by their time (Last-Modified), so a copy keeps it.
		_ = os.Chtimes(name, original.ModTime(), original.ModTime())
	}
	return sum(data), nil
}

// checkEdits finds files that would be overwritten though they were changed since they were written, or were never written
// by convert.
func (w *writer) checkEdits(old *model.Lock, sums map[string]string) error {
	if old == nil || w.force {
		return nil
	}
	var edited []string
	for _, name := range sortedNames(sums) {
		before, written := old.Files[name]
		now, there := w.sumOf(name)
		if there && now != sums[name] && now != before && (!written || sums[name] != before) {
			edited = append(edited, name)
		}
	}
	for _, name := range sortedNames(old.Files) {
		_, still := sums[name]
		if now, there := w.sumOf(name); there && !still && now != old.Files[name] {
			w.kept = append(w.kept, name)
		}
	}
	if len(edited) > 0 {
		return fmt.Errorf("these files were changed by hand and would be generated differently now; nothing was written. Move the changes elsewhere, or use --force to lose them:\n  %s", strings.Join(edited, "\n  "))
	}
	return nil
}

// sumOf is the sum of a file of the directory, and whether it is there.
func (w *writer) sumOf(name string) (string, bool) {
	data, err := os.ReadFile(filepath.Join(w.dir, filepath.FromSlash(name)))
	return sum(data), err == nil
}

// finishLock writes the sums and the way back to the source into the staged lock file.
func (w *writer) finishLock(stage string, sums map[string]string) error {
	name := filepath.Join(stage, lockFile)
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var lock model.Lock
	if err := json.Unmarshal(data, &lock); err != nil {
		return err
	}
	lock.Files = sums
	if abs, err := filepath.Abs(w.dir); err == nil {
		if rel, err := filepath.Rel(abs, w.root); err == nil {
			lock.Source = filepath.ToSlash(rel)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(lock); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}

// commit renames the staged files into place and takes away files of the old lock that are no longer generated. When one of
// them cannot be moved, all are put back.
func (w *writer) commit() error {
	if _, err := os.Stat(w.dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.Chmod(w.staging, 0o755); err != nil {
			return err
		}
		return os.Rename(w.staging, w.dir)
	}
	backup, err := os.MkdirTemp(filepath.Dir(filepath.Clean(w.dir)), ".dock2edge-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(backup)
	var done moves
	if err := w.exchange(&done, backup); err != nil {
		return errors.Join(err, done.undo())
	}
	return nil
}

// exchange moves old files to backup and new ones into place.
func (w *writer) exchange(done *moves, backup string) error {
	for _, name := range w.names {
		if edited(w.old, w.dir, name) && !w.force {
			continue
		}
		target := filepath.Join(w.dir, filepath.FromSlash(name))
		if err := done.setAside(target, filepath.Join(backup, filepath.FromSlash(name))); err != nil {
			return err
		}
		if err := done.move(filepath.Join(w.staging, filepath.FromSlash(name)), target); err != nil {
			return err
		}
	}
	if w.old == nil {
		return nil
	}
	for _, name := range sortedNames(w.old.Files) {
		if slices.Contains(w.names, name) || slices.Contains(w.kept, name) {
			continue
		}
		target := filepath.Join(w.dir, filepath.FromSlash(name))
		if err := done.setAside(target, filepath.Join(backup, filepath.FromSlash(name))); err != nil {
			return err
		}
		// A folder that held nothing else goes too; one that holds something refuses.
		_ = os.Remove(filepath.Dir(target))
	}
	return nil
}

// moves are the renames done so far, oldest first.
type moves [][2]string

func (m *moves) move(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	*m = append(*m, [2]string{from, to})
	return nil
}

// setAside moves a file out of the way, if it is there. A folder in its place is the user's and is an error.
func (m *moves) setAside(name, backup string) error {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder; a file has to be written there", name)
	}
	return m.move(name, backup)
}

// undo puts everything back, last move first.
func (m *moves) undo() error {
	var problems []error
	for _, move := range slices.Backward(*m) {
		if err := os.MkdirAll(filepath.Dir(move[0]), 0o755); err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, os.Rename(move[1], move[0]))
	}
	return errors.Join(problems...)
}

// edited tells whether a file differs from what the old lock says was written. checkEdits has made sure that such a file
// would be generated just as before, so the user's text stays.
func edited(old *model.Lock, dir, name string) bool {
	if old == nil || old.Files[name] == "" {
		return false
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	return err == nil && sum(data) != old.Files[name]
}

func sum(data []byte) string {
	hash := sha256.Sum256(data)
	return hex.EncodeToString(hash[:])
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
