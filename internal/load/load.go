// Package load turns a directory into a model.Workspace: which projects it holds, which services they have, how each is
// configured, what image it runs and what code ships with it.
//
// Loading is tolerant: it stops only when the directory itself cannot be read. Everything that cannot be understood, is missing
// or had to be assumed becomes a finding of the rules in rules.go, and the rest is loaded.
package load

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/loader"

	"github.com/dock2edge/dock2edge/internal/compose"
	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Options say what to load.
type Options struct {
	// File is the one Compose file or Dockerfile to load, in the root of the tree; empty to look for them.
	File string
	// Environment is the caller's environment for interpolation and COMPOSE_FILE. Loading looks at no other variable.
	Environment map[string]string
}

// Load loads the projects under the tree's root. A workspace without projects and findings means that there is nothing to load.
func Load(tree *source.Tree, options Options) (*model.Workspace, error) {
	l := &loading{
		tree: tree, options: options, workspace: &model.Workspace{Root: tree.Root()},
		contexts: map[string]*contextFiles{},
	}
	l.outside = reporter{list: &l.workspace.Findings}
	found := l.discover()
	l.composeProjects(found)
	l.ownImages(found)
	l.dockerfileProjects(found)
	named := &mentioned{tree: tree, hosts: map[string]map[string]source.Position{}}
	sources := nodepkg.InTree(tree)
	for _, p := range l.workspace.Projects {
		for _, s := range p.Services {
			follow(tree, sources, p, s)
			s.MountFiles = mountFiles(tree, p, s)
			s.WebServer = webServer(tree, p, s, reporter{project: p.Dir, list: &p.Findings})
			s.Settings = settings(tree, p, s)
			s.Mentions = named.mentions(p, s)
		}
		p.Findings = model.SortFindings(p.Findings)
	}
	l.workspace.Findings = model.SortFindings(l.workspace.Findings)
	slices.SortStableFunc(l.workspace.Projects, func(a, b *model.Project) int {
		return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Name, b.Name))
	})
	return l.workspace, nil
}

// loading is the state of one Load.
type loading struct {
	tree      *source.Tree
	options   Options
	workspace *model.Workspace
	// outside reports findings about no project.
	outside reporter
	// contexts are the build contexts walked so far, by directory and ignore file.
	contexts map[string]*contextFiles
	// built are the Dockerfiles that services build.
	built map[string]bool
}

// composeProjects loads the Compose projects that were found. A folder whose files are only included or extended by another
// project is no project of its own.
func (l *loading) composeProjects(found *discovery) {
	type loaded struct {
		candidate
		project *compose.Project
	}
	var all []loaded
	usedBy := map[string]string{}
	for _, c := range found.projects {
		p := compose.Load(l.tree, compose.Options{Files: c.files, Dir: c.dir, Name: l.nameOf(c.dir), Environment: l.options.Environment})
		if c.chosen && len(found.projects) > 1 && isFragment(p) {
			found.unread[c.files[0]] = "the file only adds to services of another Compose file; it is not read"
			continue
		}
		all = append(all, loaded{c, p})
		for _, file := range p.Files {
			if !slices.Contains(c.files, file) {
				usedBy[file] = c.dir
			}
		}
	}
	used := map[string]bool{}
	for _, p := range all {
		if by, ok := usedBy[p.files[0]]; ok && by != p.dir {
			continue
		}
		for _, file := range p.project.Files {
			used[file] = true
		}
		project := l.project(p.candidate, p.project)
		l.workspace.Projects = append(l.workspace.Projects, project)
	}
	l.reportUnread(found, used)
}

// isFragment tells whether a Compose file only adds to another: it has services without an image and without a build, or uses
// what it does not define.
func isFragment(p *compose.Project) bool {
	undefined := func(problem compose.Problem) bool { return problem.Code == compose.UndefinedReference }
	return slices.ContainsFunc(p.Problems, undefined) || slices.ContainsFunc(p.Services, func(s *compose.Service) bool {
		return s.Config.Image == "" && s.Config.Build == nil && s.Config.Provider == nil
	})
}

// project turns one Compose project into the model's.
func (l *loading) project(c candidate, from *compose.Project) *model.Project {
	p := &model.Project{
		Name: cmp.Or(from.Name, "project"), Dir: c.dir, ComposeFiles: from.Files,
		Keys: topLevelKeys(from.Keys),
	}
	report := reporter{project: c.dir, list: &p.Findings}
	for _, f := range c.findings {
		report.add(f.rule, "", f.span, "%s", f.message)
	}
	for _, problem := range from.Problems {
		report.problem(problem)
	}
	b := &builder{loading: l, from: from, project: p, report: report}
	for _, s := range from.Services {
		p.Services = append(p.Services, b.service(s))
	}
	b.shareVolumes()
	b.resources()
	return p
}

// nameOf is the name Compose gives a project without `name:`.
func (l *loading) nameOf(dir string) string {
	base := path.Base(dir)
	if dir == "." {
		base = filepath.Base(l.tree.Root())
	}
	return cmp.Or(loader.NormalizeProjectName(base), "project")
}
