package nodepkg

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// Resolver finds the modules that specifiers name, the way Node, TypeScript and bundlers do: relative paths, `imports` and
// `exports` of package.json, tsconfig paths, packages of the workspace. Installed packages are not looked into. It caches
// what it reads and is safe for concurrent use.
type Resolver struct {
	packages *Packages
	// roots are further directories that bare specifiers are looked up in (NODE_PATH).
	roots []string

	mu      sync.Mutex
	configs map[string]*TSConfig
}

// NewResolver makes a Resolver. roots are the directories of NODE_PATH.
func NewResolver(packages *Packages, roots ...string) *Resolver {
	return &Resolver{packages: packages, roots: roots, configs: map[string]*TSConfig{}}
}

// Resolution is what a specifier names. Exactly one field is set, or none when nothing is there.
type Resolution struct {
	// File is a module or another file of the FS.
	File string
	// Package is the name of a package that is installed from elsewhere.
	Package string
	// Builtin is a module of Node itself, with its node: prefix.
	Builtin string
}

// Resolve finds what specifier names in the module from.
func (r *Resolver) Resolve(from, specifier string) Resolution {
	specifier = withoutQuery(specifier)
	dir := path.Dir(from)
	switch {
	case specifier == "":
		return Resolution{}
	case strings.HasPrefix(specifier, "node:"):
		return Resolution{Builtin: specifier}
	case strings.HasPrefix(specifier, "./"), strings.HasPrefix(specifier, "../"), specifier == ".", specifier == "..":
		file, _ := r.file(path.Join(dir, specifier))
		return Resolution{File: file}
	case strings.HasPrefix(specifier, "file:///"):
		file, _ := r.file(strings.TrimPrefix(specifier, "file://"))
		return Resolution{File: file}
	case strings.HasPrefix(specifier, "/"):
		file, _ := r.file(path.Clean(specifier))
		return Resolution{File: file}
	case strings.Contains(specifier, ":"):
		// data:, http:, npm: and whatever bundlers make up.
		return Resolution{Package: specifier}
	case strings.HasPrefix(specifier, "#"):
		return r.internal(dir, specifier)
	}
	if file, ok := r.alias(dir, specifier); ok {
		return Resolution{File: file}
	}
	if IsBuiltin(specifier) {
		return Resolution{Builtin: "node:" + specifier}
	}
	if file, ok := r.workspace(dir, specifier); ok {
		return Resolution{File: file}
	}
	for _, root := range r.roots {
		if file, ok := r.packages.ResolveFile(path.Join(root, specifier)); ok {
			return Resolution{File: file}
		}
	}
	name, _ := SplitSpecifier(specifier)
	return Resolution{Package: name}
}

// withoutQuery takes off what bundlers add: `!raw-loader!./x`, `./x?raw`.
func withoutQuery(specifier string) string {
	if i := strings.LastIndex(specifier, "!"); i >= 0 {
		specifier = specifier[i+1:]
	}
	if i := strings.Index(specifier, "?"); i > 0 {
		specifier = specifier[:i]
	}
	return specifier
}

// Built finds the source behind a relative specifier that leads to a compiled file, which the FS does not hold itself.
func (r *Resolver) Built(from, specifier string) (string, bool) {
	name := path.Join(path.Dir(from), withoutQuery(specifier))
	if _, ok := r.packages.ResolveFile(name); ok {
		return "", false
	}
	return r.file(name)
}

// file finds a module by path. A path into a build's output, which is not in the repository, is its source.
func (r *Resolver) file(name string) (string, bool) {
	if file, ok := r.packages.ResolveFile(name); ok {
		return file, true
	}
	if manifest := r.packages.Nearest(path.Dir(name)); manifest != nil {
		rel, ok := strings.CutPrefix(name, strings.TrimSuffix(manifest.Dir, "/")+"/")
		if manifest.Dir == "." {
			rel, ok = name, true
		}
		if first, _, _ := strings.Cut(rel, "/"); ok && isOutput(first) {
			return r.packages.SourceOf(manifest.Dir, rel)
		}
	}
	return "", false
}

// config is the tsconfig.json or jsconfig.json in force for a directory.
func (r *Resolver) config(dir string) *TSConfig {
	r.mu.Lock()
	defer r.mu.Unlock()
	if config, known := r.configs[dir]; known {
		return config
	}
	config := r.findConfig(dir)
	r.configs[dir] = config
	return config
}

func (r *Resolver) findConfig(dir string) *TSConfig {
	for _, at := range Ancestors(dir) {
		for _, name := range []string{"tsconfig.json", "jsconfig.json"} {
			if r.packages.IsFile(path.Join(at, name)) {
				return r.referenced(r.packages.TSConfig(path.Join(at, name)))
			}
		}
	}
	return nil
}

// referenced gives a configuration that only lists projects the aliases of those.
func (r *Resolver) referenced(config *TSConfig) *TSConfig {
	if config == nil || len(config.Paths) > 0 || config.BaseURL != "" {
		return config
	}
	for _, reference := range config.References {
		if other := r.packages.TSConfig(reference); other != nil {
			config.Paths = append(config.Paths, other.Paths...)
			if config.BaseURL == "" {
				config.BaseURL = other.BaseURL
			}
		}
	}
	return config
}

// alias finds a module by tsconfig's paths and baseUrl, or by _moduleAliases of package.json.
func (r *Resolver) alias(dir, specifier string) (string, bool) {
	if config := r.config(dir); config != nil {
		for _, target := range config.targets(specifier) {
			if file, ok := r.file(target); ok && !strings.HasSuffix(file, ".d.ts") {
				return file, true
			}
		}
		if config.BaseURL != "" {
			if file, ok := r.packages.ResolveFile(path.Join(config.BaseURL, specifier)); ok {
				return file, true
			}
		}
	}
	manifest := r.packages.Nearest(dir)
	if manifest == nil {
		return "", false
	}
	for _, field := range manifest.Aliases {
		if rest, ok := strings.CutPrefix(specifier+"/", field.Name+"/"); ok {
			if file, ok := r.file(path.Join(manifest.Dir, field.Value.Text(), rest)); ok {
				return file, true
			}
		}
	}
	return "", false
}

// targets are the paths that "paths" gives for a specifier: those of the exact name, else of the longest prefix.
func (c *TSConfig) targets(specifier string) []string {
	var best *PathAlias
	inside, length := "", -1
	for i := range c.Paths {
		alias := &c.Paths[i]
		prefix, suffix, wildcard := strings.Cut(alias.Pattern, "*")
		switch {
		case !wildcard && alias.Pattern == specifier:
			return alias.Targets
		case wildcard && len(prefix) > length && len(specifier) >= len(prefix)+len(suffix) &&
			strings.HasPrefix(specifier, prefix) && strings.HasSuffix(specifier, suffix):
			best, length = alias, len(prefix)
			inside = specifier[len(prefix) : len(specifier)-len(suffix)]
		}
	}
	if best == nil {
		return nil
	}
	var targets []string
	for _, target := range best.Targets {
		targets = append(targets, strings.Replace(target, "*", inside, 1))
	}
	return targets
}

// internal finds a specifier that begins with # by `imports` of package.json.
func (r *Resolver) internal(dir, specifier string) Resolution {
	manifest := r.packages.Nearest(dir)
	if manifest != nil {
		for _, target := range exportTargets(manifest.Imports, specifier) {
			if !strings.HasPrefix(target, ".") {
				return r.Resolve(path.Join(manifest.Dir, "package.json"), target)
			}
			if file, ok := r.inPackage(manifest, target); ok {
				return Resolution{File: file}
			}
		}
	}
	if file, ok := r.alias(dir, specifier); ok {
		return Resolution{File: file}
	}
	return Resolution{}
}

// workspace finds a module in a package of the workspace, in the package itself, or in one that a dependency names by path.
func (r *Resolver) workspace(dir, specifier string) (string, bool) {
	name, sub := SplitSpecifier(specifier)
	own := r.packages.Nearest(dir)
	if own != nil {
		if own.Name == name && own.Exports.Exists() {
			return r.export(own, sub)
		}
		if dependency, ok := own.Dependency(name); ok {
			for _, protocol := range []string{"file:", "link:", "portal:", "workspace:./", "workspace:../"} {
				if where, ok := strings.CutPrefix(dependency.Range, protocol); ok {
					if strings.HasPrefix(protocol, "workspace:") {
						where = strings.TrimPrefix(dependency.Range, "workspace:")
					}
					if manifest := r.packages.Manifest(path.Join(own.Dir, where)); manifest != nil {
						return r.export(manifest, sub)
					}
				}
			}
		}
	}
	for _, member := range r.packages.Members(r.packages.WorkspaceRoot(dir)) {
		if member.Name == name && (own == nil || member.Dir != own.Dir || sub == "") {
			return r.export(member, sub)
		}
	}
	return "", false
}

// export finds what a package gives out under a subpath, "" for the package itself.
func (r *Resolver) export(manifest *Manifest, sub string) (string, bool) {
	if manifest.Exports.Exists() {
		key := "."
		if sub != "" {
			key = "./" + sub
		}
		for _, target := range exportTargets(manifest.Exports, key) {
			if file, ok := r.inPackage(manifest, target); ok {
				return file, true
			}
		}
	}
	if sub != "" {
		return r.inPackage(manifest, sub)
	}
	for _, main := range []string{manifest.Root.Get("source").Text(), manifest.Main, manifest.Module, "index.js", "src/index.js"} {
		if main == "" {
			continue
		}
		if file, ok := r.inPackage(manifest, main); ok {
			return file, true
		}
	}
	return "", false
}

// inPackage finds a file of a package by its path, or the source that is compiled to it.
func (r *Resolver) inPackage(manifest *Manifest, name string) (string, bool) {
	if strings.HasSuffix(name, ".d.ts") || strings.HasSuffix(name, ".d.mts") || strings.HasSuffix(name, ".d.cts") {
		return "", false
	}
	if file, ok := r.packages.ResolveFile(path.Join(manifest.Dir, name)); ok && path.Join(manifest.Dir, name) != path.Clean(manifest.Dir) {
		return file, true
	}
	return r.packages.SourceOf(manifest.Dir, path.Clean(name))
}

// exportTargets are the paths that `exports` or `imports` gives for a key, the likeliest condition first.
func exportTargets(exports JSON, key string) []string {
	if exports.IsString() || exports.IsArray() {
		if key != "." {
			return nil
		}
		return conditionTargets(exports)
	}
	var best JSON
	inside, length := "", -1
	subpaths := false
	for _, field := range exports.Fields() {
		if !strings.HasPrefix(field.Name, ".") && !strings.HasPrefix(field.Name, "#") {
			continue
		}
		subpaths = true
		prefix, suffix, wildcard := strings.Cut(field.Name, "*")
		switch {
		case field.Name == key:
			best, inside, length = field.Value, "", len(key)+1
		case wildcard && len(prefix) > length && len(key) >= len(prefix)+len(suffix) && strings.HasPrefix(key, prefix) && strings.HasSuffix(key, suffix):
			best, inside, length = field.Value, key[len(prefix):len(key)-len(suffix)], len(prefix)
		}
	}
	if !subpaths && key == "." {
		best = exports
	}
	var targets []string
	for _, target := range conditionTargets(best) {
		targets = append(targets, strings.ReplaceAll(target, "*", inside))
	}
	return targets
}

// conditionTargets are all paths below conditions: those for Node first, declarations of types last.
func conditionTargets(value JSON) []string {
	switch {
	case value.IsString():
		return []string{value.Text()}
	case value.IsArray():
		var list []string
		for _, item := range value.Items() {
			list = append(list, conditionTargets(item)...)
		}
		return list
	}
	fields := value.Fields()
	rank := func(name string) int {
		i := slices.Index([]string{"source", "node", "import", "require", "module", "default", "types"}, name)
		if i < 0 {
			return 5
		}
		return i
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return rank(a.Name) - rank(b.Name) })
	var list []string
	for _, field := range fields {
		list = append(list, conditionTargets(field.Value)...)
	}
	return list
}

// IsBuiltin tells of Node's own modules, by their name without node: prefix.
func IsBuiltin(name string) bool {
	if strings.Contains(name, "/") {
		return slices.Contains([]string{
			"assert/strict", "dns/promises", "fs/promises", "inspector/promises", "path/posix", "path/win32", "readline/promises",
			"stream/consumers", "stream/promises", "stream/web", "timers/promises", "util/types",
		}, name)
	}
	return slices.Contains([]string{
		"assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns",
		"domain", "events", "fs", "http", "http2", "https", "inspector", "module", "net", "os", "path", "perf_hooks", "process", "punycode",
		"querystring", "readline", "repl", "stream", "string_decoder", "sys", "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm",
		"wasi", "worker_threads", "zlib",
	}, name)
}
