package ship

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// loadsFolders is a cheap look for code that loads whole folders of modules by a library or a list of its own.
func loadsFolders(text []byte) bool {
	for _, word := range []string{
		"readdir", "glob'", "glob\"", "globSync", "utoload", "utoLoad", "require-all", "requireAll", "require-dir", "requireDir", "entities:",
		"migrations:", "worker_threads", "fork(", "piscina", "workerpool", "new Worker(", ".process(", "consign", "express-load", "loadSchema", "loadFiles",
	} {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}

// dynamically follows imports by computed names: the files that a template can name, and the modules in folders that the
// module lists or gives to a loader.
func (w *walker) dynamically(m module, text []byte) {
	parsed := syntax.Parse(m.source, text, syntax.ParseOptions{ImagePath: m.image, Workdir: w.entry.Workdir})
	computed := 0
	for _, imported := range parsed.Imports {
		if imported.Specifier != "" || imported.Kind == "type" {
			continue
		}
		computed++
		w.dynamic = append(w.dynamic, model.DynamicImport{Text: stretchOf(text, imported), Span: imported.Span})
		switch constant, _, computed := strings.Cut(imported.Pattern, "*"); {
		case !computed && imported.Pattern != "":
			w.started(m, syntax.Value{Kind: syntax.Path, Text: imported.Pattern})
		case strings.Contains(constant, "/"), strings.HasPrefix(constant, "."):
			w.pattern(m, imported.Pattern)
		}
	}
	for _, call := range parsed.Calls {
		if startsModule(call.Callee, call.Method) {
			for _, value := range call.Args {
				w.started(m, value)
			}
		}
		loader := isLoader(call.Callee, call.Method) || slices.ContainsFunc(call.Args, func(v syntax.Value) bool {
			// A plugin that is registered: app.register(autoload, {dir}).
			return v.Kind == syntax.Ref && isLoader(v.Text, "")
		})
		if !loader && (computed == 0 || !isLister(call.Callee, call.Method)) {
			continue
		}
		found := false
		for _, value := range call.Args {
			found = w.folder(m, value, loader) || found
		}
		if found && loader && computed == 0 {
			w.dynamic = append(w.dynamic, model.DynamicImport{Text: call.Text, Span: call.Span})
		}
	}
}

// startsModule tells of functions whose argument is the path of a module: workers, forked processes, processors of queues,
// and imports of a path that is put together.
func startsModule(callee, method string) bool {
	switch callee {
	case "require", "import", "require.resolve", "node:worker_threads.Worker", "Worker", "node:child_process.fork",
		"node:cluster.setupPrimary", "node:cluster.setupMaster", "piscina", "piscina.Piscina", "workerpool.pool", "tinypool", "threads.Worker":
		return true
	}
	return method == "process" || strings.HasSuffix(callee, ".Worker")
}

// started ships the module that a path names.
func (w *walker) started(m module, value syntax.Value) {
	for _, field := range value.Fields {
		w.started(m, field)
	}
	name := value.Text
	isPath := value.Kind == syntax.Path || value.Kind == syntax.String && strings.HasPrefix(name, "./")
	if !isPath || strings.Contains(name, "*") {
		return
	}
	if path.IsAbs(name) {
		rel, ok := relative(path.Dir(m.image), name)
		if !ok || m.image == "" {
			return
		}
		name = rel
	}
	name = "./" + strings.TrimPrefix(strings.TrimPrefix(name, "<dir>"), "/")
	if to, _ := w.resolver.from(m, name); to.source != "" && nodepkg.IsModule(to.source) {
		w.add(to)
	}
}

// isLoader tells of functions that load the modules of a folder themselves.
func isLoader(callee, method string) bool {
	name := strings.ToLower(callee + "." + method)
	for _, word := range []string{"autoload", "require-all", "requireall", "require-dir", "requiredir", "consign", "express-load", "datasource", "typeorm", "createconnection", "forroot", "loadfiles", "loadschema", "importall", "umzug"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// isLister tells of functions that list a folder, whose files a computed import then loads.
func isLister(callee, method string) bool {
	name := strings.ToLower(callee + "." + method)
	for _, word := range []string{"readdir", "glob", "opendir", "walk", "klaw", "recursive-readdir", "listfiles", "find-files"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// stretchOf is the import as written, shortened.
func stretchOf(text []byte, imported syntax.Import) string {
	lines := bytes.Split(text, []byte("\n"))
	start, end := imported.Span.Start, imported.Span.End
	if start.Line < 1 || start.Line > len(lines) {
		return imported.Kind
	}
	line := lines[start.Line-1]
	stop := len(line)
	if end.Line == start.Line && end.Column-1 <= len(line) {
		stop = end.Column - 1
	}
	if start.Column-1 > stop {
		return imported.Kind
	}
	const longest = 80
	return string(line[start.Column-1 : min(stop, start.Column-1+longest)])
}

// pattern ships the modules that a template such as `./routes/*.js` can name.
func (w *walker) pattern(m module, pattern string) {
	glob := strings.TrimPrefix(strings.TrimPrefix(pattern, "<dir>"), "/")
	if path.IsAbs(pattern) {
		rel, ok := relative(path.Dir(m.image), pattern)
		if !ok || m.image == "" {
			return
		}
		glob = rel
	}
	if path.Ext(glob) == "" || strings.HasSuffix(glob, "*") {
		glob += "*"
	}
	w.expand(m, path.Dir(m.source), path.Dir(m.image), strings.ReplaceAll(glob, "**", "*"))
}

// folder ships the modules of the folders and globs that a value names.
func (w *walker) folder(m module, value syntax.Value, loader bool) (found bool) {
	switch value.Kind {
	case syntax.Object:
		for _, field := range value.Fields {
			found = w.folder(m, field, loader) || found
		}
	case syntax.Array:
		for _, item := range value.Items {
			found = w.folder(m, item, loader) || found
		}
	case syntax.Path, syntax.Template, syntax.String:
		name := value.Text
		if value.Kind == syntax.String && !strings.ContainsAny(name, "/*") {
			return false
		}
		return w.expandPath(m, name, loader)
	}
	return found
}

// expandPath ships what a path of the running program names: a folder of modules, or a glob over them.
func (w *walker) expandPath(m module, name string, loader bool) bool {
	sourceDir, imageDir := path.Dir(m.source), path.Dir(m.image)
	switch {
	case strings.HasPrefix(name, "<dir>"):
		name = strings.TrimPrefix(strings.TrimPrefix(name, "<dir>"), "/")
	case strings.HasPrefix(name, "<cwd>"):
		return false
	case path.IsAbs(name) && m.image != "":
		rel, ok := relative(imageDir, name)
		if !ok {
			return false
		}
		name = rel
	case path.IsAbs(name):
		return false
	case strings.HasPrefix(name, "./"), strings.HasPrefix(name, "../"), strings.ContainsAny(name, "*"):
	default:
		return false
	}
	if !strings.ContainsAny(name, "*{") {
		name = path.Join(name, "**/*")
	} else if strings.HasSuffix(name, "/*") && !loader {
		name += "*"
	}
	return w.expand(m, sourceDir, imageDir, name)
}

// relative is name seen from a directory of the image.
func relative(dir, name string) (string, bool) {
	up := ""
	for at := dir; ; at = path.Dir(at) {
		if at == name {
			return path.Join(".", up), true
		}
		if rest, ok := strings.CutPrefix(name, strings.TrimSuffix(at, "/")+"/"); ok {
			return path.Join(up, rest), at != "/" || dir == "/"
		}
		if at == "/" || at == "." {
			return "", false
		}
		up = path.Join(up, "..")
	}
}

// maxExpanded bounds the modules that one computed name ships.
const maxExpanded = 5000

// expand ships the modules that a glob names, seen from a directory of the repository or of the image.
func (w *walker) expand(m module, sourceDir, imageDir, glob string) bool {
	root, pattern := doublestar.SplitPattern(path.Clean(glob))
	found := 0
	base := path.Join(sourceDir, root)
	if !w.inPackage(m, base) {
		return false
	}
	visit := func(to module, rel string) {
		matched := doublestar.MatchUnvalidated(pattern, rel)
		if ext := path.Ext(rel); !matched && ext != "" {
			// The glob is written for the compiled form.
			matched = doublestar.MatchUnvalidated(pattern, strings.TrimSuffix(rel, ext)+".js")
		}
		if matched && nodepkg.IsModule(to.source) && !isTest(to.source) && found < maxExpanded {
			found++
			w.add(to)
		}
	}
	if !m.built && m.image != "" {
		w.walkImage(path.Join(imageDir, root), "", func(image, rel string) {
			if file, ok := w.files.Lookup(image); ok && !file.Inline {
				visit(module{source: file.Source, image: image}, rel)
			}
		})
	}
	if found == 0 {
		w.tree.Walk(base, source.Ignored, func(file string) {
			if rel, ok := strings.CutPrefix(file, strings.TrimSuffix(base, "/")+"/"); ok || base == "." {
				if base == "." {
					rel = file
				}
				visit(w.resolver.place(m, file), rel)
			}
		})
	}
	return found > 0
}

// inPackage tells whether a folder lies in the package of a module. A loader means a folder of its own code; a path that
// leads out of it was folded from parts that were not known.
func (w *walker) inPackage(m module, dir string) bool {
	manifest := w.sources.Nearest(path.Dir(m.source))
	if manifest == nil {
		return !strings.HasPrefix(dir, "..")
	}
	return manifest.Dir == "." && !strings.HasPrefix(dir, "..") && dir != "." || strings.HasPrefix(dir, manifest.Dir+"/")
}

func (w *walker) walkImage(dir, rel string, visit func(image, rel string)) {
	for _, name := range w.files.List(dir) {
		image, inner := path.Join(dir, name), path.Join(rel, name)
		switch {
		case name == "node_modules" || name == ".git":
		case w.files.IsDir(image):
			w.walkImage(image, inner, visit)
		default:
			visit(image, inner)
		}
	}
}

// isTest tells of modules that test others; no loader means them.
func isTest(file string) bool {
	base := path.Base(file)
	return strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") ||
		slices.ContainsFunc(strings.Split(path.Dir(file), "/"), func(dir string) bool { return dir == "__tests__" || dir == "__mocks__" })
}
