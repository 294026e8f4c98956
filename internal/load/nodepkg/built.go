package nodepkg

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// SourceOf finds the source that a package's build compiles to rel, a path relative to the package's directory: by
// tsconfig, by the Nest CLI's settings, by the bundlers' commands in the scripts, by the usual names of output directories,
// and last by what the configuration files of bundlers name.
func (p *Packages) SourceOf(dir, rel string) (string, bool) {
	file := kept(p, p.built, builtFile{path.Clean(dir), path.Clean(rel)}, func() string { return p.findSource(dir, rel) })
	return file, file != ""
}

func (p *Packages) findSource(dir, rel string) string {
	if path.Ext(rel) == "" {
		// `node dist/server` and `node dist`: the extension or the index is left out.
		for _, name := range []string{rel + ".js", path.Join(rel, "index.js"), rel + ".mjs", rel + ".cjs", path.Join(rel, "main.js")} {
			if file := p.findSource(dir, name); file != "" {
				return file
			}
		}
		return ""
	}
	for _, find := range []func(string, string) (string, bool){p.byTSConfig, p.byNest, p.byNx, p.byScripts, p.byCustom, p.byBundler} {
		if file, ok := find(dir, rel); ok {
			return file
		}
	}
	return ""
}

// sourceAt finds the source of a compiled module that would stand at name.
func (p *Packages) sourceAt(name string) (string, bool) {
	ext := path.Ext(name)
	for _, other := range sourceExtensions(ext) {
		if file := strings.TrimSuffix(name, ext) + other; p.IsFile(file) {
			return file, true
		}
	}
	return "", false
}

// byTSConfig undoes what tsc does: outDir for rootDir. Without rootDir it is the common directory of all inputs, which
// depends on them; every candidate is tried.
func (p *Packages) byTSConfig(dir, rel string) (string, bool) {
	built := path.Join(dir, rel)
	for _, config := range p.TSConfigs(dir) {
		if config.OutDir == "" {
			continue
		}
		inside, ok := strings.CutPrefix(built, config.OutDir+"/")
		if config.OutDir == "." {
			inside, ok = built, true
		}
		if !ok {
			continue
		}
		roots := []string{config.RootDir}
		if config.RootDir == "" {
			roots = append(slices.Clone(config.Roots), config.Dir, path.Join(config.Dir, "src"), dir)
		}
		for _, root := range roots {
			if file, ok := p.sourceAt(path.Join(root, inside)); ok && root != config.OutDir {
				return file, true
			}
		}
	}
	return p.sourceAt(built)
}

// byNest reads nest-cli.json: a project's output is its entry file below its source root.
func (p *Packages) byNest(dir, rel string) (string, bool) {
	text, err := p.Read(path.Join(dir, "nest-cli.json"))
	if err != nil {
		return "", false
	}
	root, err := ParseJSON("nest-cli.json", text)
	if err != nil {
		return "", false
	}
	for _, project := range NestProjects(root) {
		if path.Base(rel) != project.Entry+".js" {
			continue
		}
		if project.Name == "" || strings.Contains("/"+rel, "/"+project.Root+"/") || strings.Contains("/"+rel, "/"+project.Name+"/") {
			if file, ok := p.sourceAt(path.Join(dir, project.SourceRoot, project.Entry+".js")); ok {
				return file, true
			}
		}
	}
	return "", false
}

// byNx reads the project.json files of an Nx workspace: a project's build writes its main module to its output path.
func (p *Packages) byNx(dir, rel string) (string, bool) {
	places := []string{dir}
	for _, group := range []string{"apps", "packages", "libs", "services"} {
		for _, name := range p.List(path.Join(dir, group)) {
			places = append(places, path.Join(dir, group, name))
		}
	}
	for _, place := range places {
		text, err := p.Read(path.Join(place, "project.json"))
		if err != nil {
			continue
		}
		root, err := ParseJSON("project.json", text)
		if err != nil {
			continue
		}
		options := root.Get("targets", "build", "options")
		output, main := options.Get("outputPath").Text(), options.Get("main").Text()
		if output == "" || main == "" || path.Clean(output) != path.Dir(rel) {
			continue
		}
		stem := strings.TrimSuffix(path.Base(main), path.Ext(main))
		if path.Base(rel) == stem+".js" || path.Base(rel) == "main.js" {
			if file := path.Join(dir, main); p.IsFile(file) {
				return file, true
			}
		}
	}
	return "", false
}

// NestProject is one application of a nest-cli.json. Name and Root are empty for the only one of a standard project.
type NestProject struct {
	Name, Root, SourceRoot string
	// Entry is the entry file's name without extension.
	Entry string
	// Default tells that `nest start` without a name starts it.
	Default bool
}

// NestProjects are the applications that a nest-cli.json declares, libraries left out.
func NestProjects(root JSON) []NestProject {
	base := NestProject{SourceRoot: orElse(root.Get("sourceRoot").Text(), "src"), Entry: orElse(root.Get("entryFile").Text(), "main"), Default: true}
	base.Entry = strings.TrimSuffix(path.Base(base.Entry), ".js")
	projects := root.Get("projects").Fields()
	if len(projects) == 0 {
		return []NestProject{base}
	}
	var list []NestProject
	for _, field := range projects {
		if field.Value.Get("type").Text() == "library" {
			continue
		}
		project := NestProject{
			Name: field.Name, Root: orElse(field.Value.Get("root").Text(), "apps/"+field.Name),
			Entry: orElse(field.Value.Get("entryFile").Text(), "main"),
		}
		project.SourceRoot = orElse(field.Value.Get("sourceRoot").Text(), path.Join(project.Root, "src"))
		project.Default = project.SourceRoot == base.SourceRoot || project.Root == root.Get("root").Text()
		list = append(list, project)
	}
	return list
}

func orElse(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// byScripts reads the commands of package scripts: `esbuild src/a.ts --outfile=dist/b.js`, `babel src -d dist`.
func (p *Packages) byScripts(dir, rel string) (string, bool) {
	manifest := p.Manifest(dir)
	if manifest == nil {
		return "", false
	}
	for _, script := range manifest.Scripts {
		for _, text := range regexp.MustCompile(`&&|\|\||;|\||&`).Split(script.Text, -1) {
			if file, ok := p.byCommand(dir, rel, strings.Fields(text)); ok {
				return file, true
			}
		}
	}
	return "", false
}

// byCommand reads one command of a compiler or bundler.
func (p *Packages) byCommand(dir, rel string, words []string) (string, bool) {
	if !slices.ContainsFunc(words, isBundler) {
		return "", false
	}
	outFile, outDir := "", ""
	var inputs []string
	for i := 0; i < len(words); i++ {
		name, value, inline := strings.Cut(strings.Trim(words[i], `"'`), "=")
		switch name {
		case "--outfile", "--out-file", "--outFile", "-o", "--output", "-d", "--out-dir", "--outdir", "--outDir", "--dist-dir", "--output-path":
			if !inline && i+1 < len(words) {
				i++
				value = strings.Trim(words[i], `"'`)
			}
			if path.Ext(value) != "" {
				outFile = path.Clean(value)
			} else {
				outDir = path.Clean(value)
			}
		default:
			if !strings.HasPrefix(name, "-") && !inline {
				inputs = append(inputs, path.Clean(name))
			} else if inline && strings.HasPrefix(name, "--entry") || name == "--input" {
				inputs = append(inputs, path.Clean(value))
			}
		}
	}
	return p.bundled(dir, rel, outFile, outDir, inputs)
}

func isBundler(word string) bool {
	return slices.Contains([]string{
		"esbuild", "tsup", "tsdown", "ncc", "swc", "babel", "rollup", "webpack", "webpack-cli", "parcel", "bun", "vite", "pkgroll", "rspack",
		"unbuild", "microbundle", "spack", "sucrase", "esbuild-runner", "bunchee", "tsc", "tsc-alias", "ttsc", "tspc", "coffee", "flow-remove-types",
	}, path.Base(strings.Trim(word, `"'`)))
}

// bundled finds which of a command's inputs becomes rel.
func (p *Packages) bundled(dir, rel, outFile, outDir string, inputs []string) (string, bool) {
	rel = path.Clean(rel)
	var modules []string
	for _, input := range inputs {
		name := path.Join(dir, input)
		if p.IsFile(name) && IsModule(name) {
			modules = append(modules, name)
		}
		inside, ok := strings.CutPrefix(rel, outDir+"/")
		if ok && outDir != "" && p.IsDir(name) {
			if file, ok := p.sourceAt(path.Join(name, inside)); ok {
				return file, true
			}
		}
	}
	if outFile != "" && outFile != rel {
		return "", false
	}
	if outFile == rel && len(modules) > 0 {
		return modules[0], true
	}
	return entryFor(rel, modules)
}

// entryFor chooses the entry module of a bundle: the one of its name, else the only one.
func entryFor(rel string, modules []string) (string, bool) {
	stem := func(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }
	for _, module := range modules {
		if stem(module) == stem(rel) {
			return module, true
		}
	}
	if len(modules) == 1 {
		return modules[0], true
	}
	return "", false
}

var (
	bundlerConfig = regexp.MustCompile(`^(webpack|rollup|vite|tsup|tsdown|esbuild|rspack|build|bundle|rolldown)([.-][\w.-]*)?\.(js|cjs|mjs|ts|cts|mts)$`)
	quoted        = regexp.MustCompile("[\"'`]([^\"'`\n]{1,200})[\"'`]")
)

// byBundler reads the literals of a bundler's configuration file that name modules of the package.
func (p *Packages) byBundler(dir, rel string) (string, bool) {
	if first, _, _ := strings.Cut(path.Clean(rel), "/"); !isOutput(first) {
		return "", false
	}
	for _, where := range []string{dir, path.Join(dir, "scripts"), path.Join(dir, "config")} {
		for _, name := range p.List(where) {
			if !bundlerConfig.MatchString(name) {
				continue
			}
			text, err := p.Read(path.Join(where, name))
			if err != nil {
				continue
			}
			if file, ok := entryFor(rel, p.modulesNamedIn(dir, text)); ok {
				return file, true
			}
		}
	}
	return "", false
}

func (p *Packages) modulesNamedIn(dir string, text []byte) []string {
	var modules []string
	for _, match := range quoted.FindAllSubmatch(text, -1) {
		word := string(match[1])
		if !strings.Contains(word, "/") && !IsModule(word) {
			continue
		}
		name := path.Join(dir, word)
		file, ok := name, p.IsFile(name)
		if !ok {
			file, ok = p.resolveFile(name)
		}
		if ok && IsModule(file) && !bundlerConfig.MatchString(path.Base(file)) && !strings.Contains(path.Base(file), ".config.") && !slices.Contains(modules, file) {
			modules = append(modules, file)
		}
	}
	return modules
}

// byCustom goes by the usual names: an output directory for src, or for nothing; and `dist/apps/api/main.js` for
// `apps/api/src/main.ts`.
func (p *Packages) byCustom(dir, rel string) (string, bool) {
	first, inside, ok := strings.Cut(path.Clean(rel), "/")
	if !ok || !isOutput(first) {
		// The build may also put its output right into the image's directory.
		inside = path.Clean(rel)
	}
	for _, root := range []string{"src", "", "source", "app", "server", "lib", "ts"} {
		if root == first && ok {
			continue
		}
		if file, found := p.sourceAt(path.Join(dir, root, inside)); found && !strings.HasPrefix(file, path.Join(dir, first)+"/") {
			return file, true
		}
	}
	if next, _, nested := strings.Cut(inside, "/"); ok && nested && isOutput(first) && isOutput(next) {
		// The output was put into another output: `cp -r dist build`.
		return p.SourceOf(dir, inside)
	}
	parts := strings.Split(inside, "/")
	for i := len(parts) - 1; i > 0; i-- {
		name := path.Join(dir, path.Join(parts[:i]...), "src", path.Join(parts[i:]...))
		if file, found := p.sourceAt(name); found {
			return file, true
		}
	}
	return "", false
}

func isOutput(name string) bool {
	return slices.Contains([]string{
		"dist", "build", "out", "lib", "output", "compiled", "bin", "target", "prod", "built", ".build", ".dist", "release", "js", "tmp",
		"bundle", "public", "cjs", "esm", "server-dist", "dist-server", "build-server", "dist-src", ".output",
	}, name)
}
