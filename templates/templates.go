// Package templates holds what ends up in the user's repository: the runtime that stands around an app inside workerd and
// the tool that builds it. It is an npm workspace of its own, tested in workerd; this package only embeds it.
package templates

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

//go:embed tsconfig.json
//go:embed packages/runtime/package.json packages/runtime/tsconfig.json packages/runtime/src
//go:embed packages/build/package.json packages/build/tsconfig.json packages/build/adapters packages/build/bin packages/build/src
var files embed.FS

// File is one file of the emitted packages. Path is relative to the output directory.
type File struct {
	Path       string
	Data       []byte
	Executable bool
}

// Files lists the packages' files in lexical order. The bytes must not be changed.
func Files() ([]File, error) {
	var list []File
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		list = append(list, File{Path: name, Data: data, Executable: strings.HasPrefix(name, "packages/build/bin/") && path.Ext(name) == ".mjs"})
		return nil
	})
	return list, err
}
