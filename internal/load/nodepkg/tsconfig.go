package nodepkg

import (
	"path"
	"slices"
	"strings"
)

// TSConfig is what matters of a tsconfig.json or jsconfig.json, `extends` followed. Paths are those of the FS, not relative
// to the file.
type TSConfig struct {
	File, Dir string
	// OutDir and RootDir are empty when not set.
	OutDir, RootDir string
	// BaseURL is empty when not set; Paths are the aliases in file order.
	BaseURL string
	Paths   []PathAlias
	// Roots are the directories and files of "include" and "files", up to the first wildcard.
	Roots []string
	// References are the configurations of "references".
	References []string
}

// PathAlias is one entry of "paths": Pattern has at most one *.
type PathAlias struct {
	Pattern string
	Targets []string
}

// maxExtends bounds how many configurations extend each other.
const maxExtends = 10

// TSConfig reads a configuration file; nil when there is none or it cannot be read.
func (p *Packages) TSConfig(file string) *TSConfig { return p.readTSConfig(file, 0) }

func (p *Packages) readTSConfig(file string, depth int) *TSConfig {
	text, err := p.Read(file)
	if err != nil || depth > maxExtends {
		return nil
	}
	root, err := ParseJSON(file, text)
	if err != nil {
		return nil
	}
	dir := path.Dir(file)
	config := &TSConfig{File: file, Dir: dir}
	for _, base := range root.Get("extends").Strings() {
		if parent := p.readTSConfig(p.extended(dir, base), depth+1); parent != nil {
			config.OutDir, config.RootDir, config.BaseURL = parent.OutDir, parent.RootDir, parent.BaseURL
			config.Paths, config.Roots = parent.Paths, parent.Roots
		}
	}
	options := root.Get("compilerOptions")
	for name, field := range map[string]*string{"outDir": &config.OutDir, "rootDir": &config.RootDir, "baseUrl": &config.BaseURL} {
		if text := options.Get(name).Text(); text != "" {
			*field = path.Join(dir, strings.ReplaceAll(text, "${configDir}", "."))
		}
	}
	if paths := options.Get("paths"); paths.Exists() {
		config.Paths = aliases(paths, config, dir)
	}
	if root.Get("include").IsArray() || root.Get("files").IsArray() {
		config.Roots = nil
		for _, glob := range append(root.Get("include").Strings(), root.Get("files").Strings()...) {
			config.Roots = append(config.Roots, path.Join(dir, constantPart(glob)))
		}
	}
	for _, reference := range root.Get("references").Items() {
		target := path.Join(dir, reference.Get("path").Text())
		if path.Ext(target) != ".json" {
			target = path.Join(target, "tsconfig.json")
		}
		config.References = append(config.References, target)
	}
	return config
}

func aliases(paths JSON, config *TSConfig, dir string) []PathAlias {
	base := config.BaseURL
	if base == "" {
		base = dir
	}
	var list []PathAlias
	for _, field := range paths.Fields() {
		alias := PathAlias{Pattern: field.Name}
		for _, target := range field.Value.Strings() {
			alias.Targets = append(alias.Targets, path.Join(base, target))
		}
		list = append(list, alias)
	}
	return list
}

// extended is the file that "extends" names. Configurations of installed packages are not in the repository.
func (p *Packages) extended(dir, name string) string {
	if !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "/") {
		pkg, sub := SplitSpecifier(name)
		for _, member := range p.Members(p.WorkspaceRoot(dir)) {
			if member.Name == pkg {
				if sub == "" {
					sub = "tsconfig.json"
				}
				return p.withJSON(path.Join(member.Dir, sub))
			}
		}
		return ""
	}
	return p.withJSON(path.Join(dir, name))
}

func (p *Packages) withJSON(name string) string {
	switch {
	case p.IsFile(name):
		return name
	case p.IsFile(name + ".json"):
		return name + ".json"
	default:
		return path.Join(name, "tsconfig.json")
	}
}

// constantPart is a glob up to its first part with a wildcard.
func constantPart(glob string) string {
	var parts []string
	for _, part := range strings.Split(glob, "/") {
		if strings.ContainsAny(part, "*?{[") {
			break
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}

// TSConfigs are the configurations of a directory, those of production builds first.
func (p *Packages) TSConfigs(dir string) []*TSConfig {
	return kept(p, p.configs, path.Clean(dir), func() []*TSConfig { return p.findTSConfigs(dir) })
}

func (p *Packages) findTSConfigs(dir string) []*TSConfig {
	var names []string
	for _, name := range p.List(dir) {
		if strings.HasPrefix(name, "tsconfig") && path.Ext(name) == ".json" {
			names = append(names, name)
		}
	}
	rank := func(name string) int {
		preferred := []string{"tsconfig.build.json", "tsconfig.prod.json", "tsconfig.production.json", "tsconfig.server.json", "tsconfig.json"}
		if i := slices.Index(preferred, name); i >= 0 {
			return i
		}
		return len(preferred)
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	var configs []*TSConfig
	for _, name := range names {
		if config := p.TSConfig(path.Join(dir, name)); config != nil {
			configs = append(configs, config)
			for _, reference := range config.References {
				if path.Dir(reference) == path.Clean(dir) {
					continue
				}
				if referenced := p.TSConfig(reference); referenced != nil {
					configs = append(configs, referenced)
				}
			}
		}
	}
	return configs
}
