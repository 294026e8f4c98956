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
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// lockFile is the name of the lock file in the output.
const lockFile = "dock2edge.json"

// writer puts artifacts into a directory. Everything is first written to a sibling directory and then renamed, file by
// file into an existing output, so that a failure leaves the old state behind.
type writer struct {
	tree *source.Tree
	dir  string
	// root is the absolute directory that was converted.
	root  string
	force bool
	// kept are files that are no longer generated but were changed by hand.
	kept []string
}

// write writes the artifacts with the lock file completed.
func (w *writer) write(artifacts []model.Artifact) error {
	old, err := readLock(w.dir)
	if err != nil {
		return err
	}
	if err := w.refuseForeign(old); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(w.dir)), 0o755); err != nil {
		return err
	}
	stage, err := os.MkdirTemp(filepath.Dir(filepath.Clean(w.dir)), ".dock2edge-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	sums, err := w.stage(stage, artifacts)
	if err != nil {
		return err
	}
	if err := w.checkEdits(old, sums); err != nil {
		return err
	}
	if err := w.finishLock(stage, sums); err != nil {
		return err
	}
	return w.move(stage, old, append(sortedNames(sums), lockFile))
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
	return &lock, nil
}

// stage writes all artifacts but the lock file and returns their sums.
func (w *writer) stage(dir string, artifacts []model.Artifact) (map[string]string, error) {
	sums := map[string]string{}
	for _, a := range artifacts {
		data, mode := a.Data, fs.FileMode(0o644)
		if a.Copy != "" {
			info, err := os.Stat(w.tree.Abs(a.Copy))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", a.Copy, errors.Unwrap(err))
			}
			if data, err = os.ReadFile(w.tree.Abs(a.Copy)); err != nil {
				return nil, err
			}
			mode |= info.Mode() & 0o111
		}
		if a.Executable {
			mode |= 0o111
		}
		name := filepath.Join(dir, filepath.FromSlash(a.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name, data, mode); err != nil {
			return nil, err
		}
		if a.Copy != "" {
			// The app may tell files by their time (Last-Modified), so a copy keeps it.
			if info, err := os.Stat(w.tree.Abs(a.Copy)); err == nil {
				_ = os.Chtimes(name, info.ModTime(), info.ModTime())
			}
		}
		if a.Path != lockFile {
			sums[a.Path] = sum(data)
		}
	}
	return sums, nil
}

// checkEdits finds files that would be overwritten though they were changed since they were written.
func (w *writer) checkEdits(old *model.Lock, sums map[string]string) error {
	if old == nil || w.force {
		return nil
	}
	var edited []string
	for _, name := range sortedNames(old.Files) {
		data, err := os.ReadFile(filepath.Join(w.dir, filepath.FromSlash(name)))
		if err != nil {
			continue
		}
		now := sum(data)
		if now == old.Files[name] || now == sums[name] {
			continue
		}
		switch generated, still := sums[name]; {
		case !still:
			w.kept = append(w.kept, name)
		case generated != old.Files[name]:
			edited = append(edited, name)
		}
	}
	if len(edited) > 0 {
		return fmt.Errorf("these files were changed by hand and would be generated differently now; nothing was written. Move the changes elsewhere, or use --force to lose them:\n  %s", strings.Join(edited, "\n  "))
	}
	return nil
}

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

// move renames the staged files into place and removes files of the old lock that are no longer generated.
func (w *writer) move(stage string, old *model.Lock, names []string) error {
	if _, err := os.Stat(w.dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.Chmod(stage, 0o755); err != nil {
			return err
		}
		return os.Rename(stage, w.dir)
	}
	for _, name := range names {
		target := filepath.Join(w.dir, filepath.FromSlash(name))
		if edited(old, w.dir, name) && !w.force {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(stage, filepath.FromSlash(name)), target); err != nil {
			return err
		}
	}
	if old == nil {
		return nil
	}
	for _, name := range sortedNames(old.Files) {
		if !slices.Contains(names, name) && !slices.Contains(w.kept, name) {
			_ = os.Remove(filepath.Join(w.dir, filepath.FromSlash(name)))
		}
	}
	return nil
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
