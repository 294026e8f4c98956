package nodepkg

import (
	"path"
	"slices"
	"strings"
)

// Extensions that a module's name may leave out, in the order of Node and of TypeScript's compilers.
func extensions() []string {
	return []string{".js", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".json", ".node"}
}

// sourceExtensions are what a compiled module's extension may have been in the source.
func sourceExtensions(ext string) []string {
	switch ext {
	case ".js":
		return []string{".ts", ".tsx", ".jsx", ".mts", ".cts", ".mjs", ".cjs", ".js"}
	case ".mjs":
		return []string{".mts", ".ts", ".mjs", ".js"}
	case ".cjs":
		return []string{".cts", ".ts", ".cjs", ".js"}
	case ".jsx":
		return []string{".tsx", ".jsx"}
	default:
		return nil
	}
}

// IsModule tells of files that hold a program for Node: by extension, type declarations left out.
func IsModule(name string) bool {
	if strings.HasSuffix(name, ".d.ts") || strings.HasSuffix(name, ".d.mts") || strings.HasSuffix(name, ".d.cts") {
		return false
	}
	return slices.Contains([]string{".js", ".cjs", ".mjs", ".jsx", ".ts", ".tsx", ".mts", ".cts"}, path.Ext(name))
}

// ResolveFile finds the module that a path names: the file itself, with an extension added, or what a directory's
// package.json and index name. Like TypeScript it finds x.ts behind x.js.
func (p *Packages) ResolveFile(name string) (string, bool) {
	if file, ok := p.resolveFile(name); ok {
		return file, true
	}
	return p.resolveDir(name, 0)
}

func (p *Packages) resolveFile(name string) (string, bool) {
	if p.IsFile(name) {
		return name, true
	}
	for _, ext := range extensions() {
		if p.IsFile(name + ext) {
			return name + ext, true
		}
	}
	ext := path.Ext(name)
	for _, other := range sourceExtensions(ext) {
		if file := strings.TrimSuffix(name, ext) + other; p.IsFile(file) {
			return file, true
		}
	}
	return "", false
}

// maxMains bounds how many directories may lead to each other by their package.json.
const maxMains = 4

func (p *Packages) resolveDir(dir string, depth int) (string, bool) {
	if !p.IsDir(dir) || depth > maxMains {
		return "", false
	}
	if manifest := p.Manifest(dir); manifest != nil && manifest.Main != "" {
		main := path.Join(dir, manifest.Main)
		if file, ok := p.resolveFile(main); ok {
			return file, true
		}
		if main != path.Clean(dir) {
			if file, ok := p.resolveDir(main, depth+1); ok {
				return file, true
			}
		}
	}
	for _, ext := range extensions() {
		if file := path.Join(dir, "index"+ext); p.IsFile(file) {
			return file, true
		}
	}
	return "", false
}

// SplitSpecifier splits "pkg/sub/path" and "@scope/pkg/sub" into the package's name and the path in it, "" for none.
func SplitSpecifier(specifier string) (name, sub string) {
	parts := strings.SplitN(specifier, "/", 3)
	if strings.HasPrefix(specifier, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1], strings.Join(parts[2:], "/")
	}
	name, sub, _ = strings.Cut(specifier, "/")
	return name, sub
}
