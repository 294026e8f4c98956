package source

import (
	"bytes"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// DockerIgnore says which files of a build context Docker sends to the builder.
type DockerIgnore struct {
	// File is the ignore file relative to the root; empty when the context has none.
	File string
	// Patterns are its lines in Docker's normal form, `!` for re-inclusion first.
	Patterns []string

	matcher *patternmatcher.PatternMatcher
	again   bool
}

// DockerIgnore reads the ignore file of a context. One named after the Dockerfile (`web.Dockerfile.dockerignore`) comes before
// `.dockerignore`. Patterns that cannot be understood are left out, as a wrong pattern must not hide the whole context.
func (t *Tree) DockerIgnore(context, dockerfile string) *DockerIgnore {
	list := &DockerIgnore{}
	for _, name := range []string{dockerfile + ".dockerignore", path.Join(context, ".dockerignore")} {
		data, err := t.Read(name)
		if err != nil {
			continue
		}
		list.File = name
		patterns, err := ignorefile.ReadAll(bytes.NewReader(data))
		if err != nil {
			break
		}
		for _, p := range patterns {
			if _, err := patternmatcher.New([]string{p}); err == nil && p != "!" {
				list.Patterns = append(list.Patterns, p)
			}
		}
		break
	}
	list.matcher, _ = patternmatcher.New(list.Patterns)
	if list.matcher != nil {
		list.again = list.matcher.Exclusions()
	}
	return list
}

// Ignores tells whether a file or directory, relative to the context, is left out of the context.
func (d *DockerIgnore) Ignores(name string) bool {
	if d.matcher == nil || len(d.Patterns) == 0 || name == "." {
		return false
	}
	ignored, err := d.matcher.MatchesOrParentMatches(name)
	return err == nil && ignored
}

// SkipDir tells whether nothing below a directory can be in the context, so that walking it is no use.
func (d *DockerIgnore) SkipDir(name string) bool { return !d.again && d.Ignores(name) }

// GitIgnore is the .gitignore files of a repository as far as a walk has met them.
type GitIgnore struct {
	tree  *Tree
	rules map[string][]gitRule
}

type gitRule struct {
	pattern string
	negate  bool
	dirOnly bool
}

// GitIgnore returns the tree's .gitignore files, each read when a path below it is first asked for.
func (t *Tree) GitIgnore() *GitIgnore { return &GitIgnore{tree: t, rules: map[string][]gitRule{}} }

// Ignores tells whether git ignores a path of the tree. It does not look at the directories above name: a walk asks for those
// first and does not enter them.
func (g *GitIgnore) Ignores(name string, isDir bool) bool {
	ignored := false
	dir := "."
	rest := name
	for {
		for _, rule := range g.in(dir) {
			if rule.dirOnly && !isDir {
				continue
			}
			if ok, err := doublestar.Match(rule.pattern, rest); err == nil && ok {
				ignored = !rule.negate
			}
		}
		first, below, found := strings.Cut(rest, "/")
		if !found || first == ".." {
			return ignored
		}
		dir, rest = path.Join(dir, first), below
	}
}

// in reads the rules of one directory. Patterns are relative to it: one without a slash inside matches at any depth.
func (g *GitIgnore) in(dir string) []gitRule {
	rules, known := g.rules[dir]
	if known {
		return rules
	}
	data, err := g.tree.Read(path.Join(dir, ".gitignore"))
	if err == nil {
		for line := range strings.Lines(string(data)) {
			if rule, ok := parseGitRule(strings.TrimRight(line, "\r\n")); ok {
				rules = append(rules, rule)
			}
		}
	}
	g.rules[dir] = rules
	return rules
}

func parseGitRule(line string) (gitRule, bool) {
	line = strings.TrimPrefix(line, "\ufeff")
	if !strings.HasSuffix(line, `\ `) {
		line = strings.TrimRight(line, " \t")
	}
	if line == "" || line[0] == '#' {
		return gitRule{}, false
	}
	rule := gitRule{}
	line, rule.negate = strings.CutPrefix(line, "!")
	line, rule.dirOnly = strings.CutSuffix(line, "/")
	if !strings.Contains(line, "/") {
		line = "**/" + line
	}
	rule.pattern = strings.TrimPrefix(line, "/")
	return rule, rule.pattern != ""
}
