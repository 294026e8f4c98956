package load

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// candidate is a folder with Compose files: one project.
type candidate struct {
	dir string
	// files in merge order.
	files    []string
	findings []note
	// chosen tells that the files do not have the names that Compose looks for.
	chosen bool
}

// note is a finding about how a candidate was chosen.
type note struct {
	rule    string
	span    source.Span
	message string
}

// discovery is what a walk over the tree found.
type discovery struct {
	projects []candidate
	// dockerfiles are all Dockerfiles, sorted.
	dockerfiles []string
	// unread are Compose files that belong to no project, and why.
	unread map[string]string
	// hidden are Compose files in hidden folders such as .devcontainer.
	hidden []string
}

// The names that Compose looks for, first ones first.
var (
	composeNames  = []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}
	overrideNames = []string{"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"}
)

var (
	composeLike  = regexp.MustCompile(`(?i)(compose|^docker-stack).*\.ya?ml$`)
	composeModel = regexp.MustCompile(`(?i)^(docker-)?compose\.ya?ml[.-](example|sample|dist|template|tmpl|tpl)$`)
	// dockerfileLike: Dockerfile, Dockerfile.prod, web.Dockerfile, api.dockerfile, Containerfile.
	dockerfileLike = regexp.MustCompile(`(?i)^(.+\.)?(dockerfile|containerfile)([.-][\w.-]+)?$`)
	hasServices    = regexp.MustCompile(`(?m)^\x{feff}?["']?services["']?[ \t]*:`)
)

// discover looks for Compose files and Dockerfiles.
func (l *loading) discover() *discovery {
	found := &discovery{unread: map[string]string{}}
	if name := l.options.File; name != "" {
		if isDockerfile(name) {
			found.dockerfiles = []string{name}
		} else {
			found.projects = []candidate{{dir: ".", files: []string{name}}}
		}
		return found
	}
	folders := map[string][]string{}
	l.walk(func(file string) {
		base := path.Base(file)
		switch {
		case composeLike.MatchString(base) || composeModel.MatchString(base):
			if hiddenFolder(file) {
				found.hidden = append(found.hidden, file)
			} else {
				folders[path.Dir(file)] = append(folders[path.Dir(file)], file)
			}
		case isDockerfile(base) && !hiddenFolder(file):
			found.dockerfiles = append(found.dockerfiles, file)
		}
	})
	l.chooseAll(found, folders)
	return found
}

// walk visits the files of the workspace that can be of its own project.
func (l *loading) walk(visit func(file string)) {
	git := l.tree.GitIgnore()
	skip := func(dir string) bool { return source.Ignored(dir) || vendored(l.tree, dir) || git.Ignores(dir, true) }
	l.tree.Walk(".", skip, visit)
}

// allDockerfiles are those of the workspace, also where only one file was asked for.
func (l *loading) allDockerfiles(found *discovery) []string {
	if l.options.File == "" {
		return found.dockerfiles
	}
	var list []string
	l.walk(func(file string) {
		if isDockerfile(path.Base(file)) && !hiddenFolder(file) {
			list = append(list, file)
		}
	})
	slices.Sort(list)
	return list
}

// chooseAll makes a project of each folder. A folder that only has files for tests or overrides is one only where there is no
// other.
func (l *loading) chooseAll(found *discovery, folders map[string][]string) {
	var all, forTests []candidate
	for _, dir := range sortedKeys(folders) {
		c, ok := l.choose(dir, folders[dir])
		switch {
		case !ok:
		case variantRank(path.Base(c.files[len(c.files)-1])) >= testRank && len(c.files) == 1:
			forTests = append(forTests, c)
		default:
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		all, forTests = forTests, nil
	}
	for _, c := range forTests {
		found.unread[c.files[0]] = "the file is for tests or adds to another one; it is not read"
	}
	found.projects = all
	for _, c := range all {
		for _, file := range folders[c.dir] {
			if !slices.Contains(c.files, file) && l.looksLikeCompose(file) {
				found.unread[file] = fmt.Sprintf("%s is read instead; this Compose file is not", c.files[0])
			}
		}
	}
}

func isDockerfile(name string) bool {
	return dockerfileLike.MatchString(name) && !strings.HasSuffix(strings.ToLower(name), ".dockerignore")
}

// vendored tells whether a directory holds other people's code: Go's and PHP's vendor folders.
func vendored(tree *source.Tree, dir string) bool {
	return path.Base(dir) == "vendor" && (tree.IsFile(path.Join(dir, "modules.txt")) || tree.IsFile(path.Join(dir, "autoload.php")))
}

func hiddenFolder(file string) bool {
	for part := range strings.SplitSeq(path.Dir(file), "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// choose decides which files of a folder make its project: those of COMPOSE_FILE, else the standard name with its override, else
// the file whose name speaks most of production.
func (l *loading) choose(dir string, files []string) (candidate, bool) {
	c := candidate{dir: dir}
	if l.fromComposeFile(&c) {
		return c, true
	}
	var standard []string
	for _, name := range composeNames {
		if file := path.Join(dir, name); slices.Contains(files, file) {
			standard = append(standard, file)
		}
	}
	if len(standard) > 0 {
		c.files = standard[:1]
		for _, other := range standard[1:] {
			c.note("compose-ambiguous-files", other, "%s stands beside this file and is the one that Compose reads; this one is not read", path.Base(standard[0]))
		}
		var overrides []string
		for _, name := range overrideNames {
			if file := path.Join(dir, name); slices.Contains(files, file) {
				overrides = append(overrides, file)
			}
		}
		if len(overrides) > 0 {
			c.files = append(c.files, overrides[0])
			for _, other := range overrides[1:] {
				c.note("compose-ambiguous-files", other, "of several override files Compose reads %s; this one is not read", path.Base(overrides[0]))
			}
		}
		return c, true
	}
	return c, l.chooseOther(&c, files)
}

func (c *candidate) note(rule, file, format string, args ...any) {
	c.findings = append(c.findings, note{rule: rule, span: source.Span{File: file}, message: fmt.Sprintf(format, args...)})
}

// fromComposeFile takes the files that COMPOSE_FILE lists, in the caller's environment (for the root) or the folder's .env.
func (l *loading) fromComposeFile(c *candidate) bool {
	list, separator, where := "", "", ""
	if c.dir == "." {
		list, separator = l.options.Environment["COMPOSE_FILE"], l.options.Environment["COMPOSE_PATH_SEPARATOR"]
	}
	if data, err := l.tree.Read(path.Join(c.dir, ".env")); err == nil {
		where = path.Join(c.dir, ".env")
		list = cmp.Or(list, envLine(data, "COMPOSE_FILE"))
		separator = cmp.Or(separator, envLine(data, "COMPOSE_PATH_SEPARATOR"))
	}
	if list == "" {
		return false
	}
	for name := range strings.SplitSeq(list, cmp.Or(separator, ":")) {
		if name == "" {
			continue
		}
		file := source.Join(c.dir, name)
		if !l.tree.IsFile(file) {
			c.note("compose-file-missing", where, "COMPOSE_FILE names %s, which does not exist", file)
			continue
		}
		c.files = append(c.files, file)
	}
	return len(c.files) > 0
}

// envLine is the value of a simple line NAME=value.
func envLine(data []byte, name string) string {
	value := ""
	for line := range strings.Lines(string(data)) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			value = strings.Trim(text, `"'`)
		}
	}
	return value
}

// testRank is the rank of files for tests; those behind it only add to others.
const testRank = 6

// The words in file names by which one of several is chosen: the lowest rank is the one closest to production.
var variantRanks = []struct {
	words *regexp.Regexp
	rank  int
}{
	{regexp.MustCompile(`(?i)(^|[._-])(override|overrides)([._-]|$)`), 9},
	{regexp.MustCompile(`(?i)(^|[._-])(test|tests|testing|ci|e2e|debug|bench|lint)([._-]|$)`), testRank},
	{regexp.MustCompile(`(?i)(^|[._-])(dev|devel|development|local)([._-]|$)`), 5},
	{regexp.MustCompile(`(?i)(^|[._-])(stage|staging|qa|demo)([._-]|$)`), 4},
	{regexp.MustCompile(`(?i)(^|[._-])(example|sample|dist|template|tmpl|tpl)([._-]|$)`), 3},
	{regexp.MustCompile(`(?i)(^|[._-])(base|common|shared)([._-]|$)`), 2},
	{regexp.MustCompile(`(?i)(^|[._-])(prod|production|release|deploy|live)([._-]|$)`), 0},
}

func variantRank(name string) int {
	for _, v := range variantRanks {
		if v.words.MatchString(name) {
			return v.rank
		}
	}
	return 1
}

// byVariant sorts file names with the one closest to production first.
func byVariant(files []string) {
	slices.SortFunc(files, func(a, b string) int {
		return cmp.Or(cmp.Compare(variantRank(path.Base(a)), variantRank(path.Base(b))), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

// chooseOther chooses among files of non-standard names. A base file (docker-compose.base.yml) is read first unless the chosen
// one refers to it itself.
func (l *loading) chooseOther(c *candidate, files []string) bool {
	files = slices.DeleteFunc(slices.Clone(files), func(f string) bool { return !l.looksLikeCompose(f) })
	if len(files) == 0 {
		return false
	}
	byVariant(files)
	chosen := files[0]
	c.files, c.chosen = []string{chosen}, true
	for _, f := range files[1:] {
		if data, err := l.tree.Read(chosen); variantRank(path.Base(f)) == 2 && err == nil && !strings.Contains(string(data), path.Base(f)) {
			c.files = []string{f, chosen}
			break
		}
	}
	why := "it is the only Compose file of its folder"
	switch {
	case len(files) > len(c.files):
		why = fmt.Sprintf("it is chosen among %d by its name", len(files))
	case len(c.files) > 1:
		why = fmt.Sprintf("it is read over %s", path.Base(c.files[0]))
	}
	c.note("compose-ambiguous-files", chosen, "this file is read although Compose would need `-f` to find it: %s", why)
	return true
}

// looksLikeCompose tells files such as docker-compose.dev.yml from other YAML whose name contains "compose".
func (l *loading) looksLikeCompose(file string) bool {
	base := path.Base(file)
	if slices.Contains(composeNames, base) || slices.Contains(overrideNames, base) {
		return true
	}
	data, err := l.tree.Read(file)
	return err == nil && hasServices.Match(data)
}

// reportUnread says which Compose files were found and not read.
func (l *loading) reportUnread(found *discovery, used map[string]bool) {
	for _, file := range sortedKeys(found.unread) {
		if !used[file] && !slices.ContainsFunc(l.workspace.Projects, func(p *model.Project) bool { return noted(p.Findings, file) }) {
			l.outside.add("compose-ambiguous-files", "", source.Span{File: file}, "%s", found.unread[file])
		}
	}
	for _, file := range found.hidden {
		if !used[file] {
			l.outside.add("compose-ambiguous-files", "", source.Span{File: file}, "the file stands in a hidden folder, which is for tools; it is not read")
		}
	}
}

// noted tells whether a finding about the whole of a file is there already.
func noted(findings []model.Finding, file string) bool {
	return slices.ContainsFunc(findings, func(f model.Finding) bool {
		return f.Rule == "compose-ambiguous-files" && f.Span.File == file
	})
}
