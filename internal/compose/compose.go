// Package compose reads Compose files: which services there are, what they are configured to, and where in which file each
// value stands.
//
// The meaning of a file (merge rules, short and long forms, types) is compose-go's. Its loader, though, stops at the first
// thing it does not like, forgets positions and reads the machine's environment; so the steps it is made of are driven from
// here, one key at a time: parse, interpolate, include, extend, canonicalise, merge, decode. A key that a step refuses becomes
// a Problem and is left out; everything else is still read.
package compose

import (
	"cmp"
	"path"
	"slices"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Options say what to read.
type Options struct {
	// Files are the Compose files in merge order, relative to the root of the tree.
	Files []string
	// Dir is the project directory: relative paths of the files start there.
	Dir string
	// Name is the project's name when neither COMPOSE_PROJECT_NAME nor a file sets it: the directory's.
	Name string
	// Environment is the caller's environment. Nothing else of the machine is looked at.
	Environment map[string]string
}

// Project is what the files of one Compose application say.
type Project struct {
	// Name is that of COMPOSE_PROJECT_NAME, `name:` or Options.Name, in Compose's normal form.
	Name string
	// Files are all files read, in the order they were first needed: merge order, then those of include and extends.
	Files []string
	// Services of all profiles, sorted by name.
	Services []*Service
	Volumes  []*Volume
	Networks []*Network
	Secrets  []*FileObject
	Configs  []*FileObject
	// Keys are the keys outside of services, flattened, in file order.
	Keys []Key
	// Problems are what could not be read, sorted by place.
	Problems []Problem
	// lookup resolves variables for `- NAME` entries of environment.
	vars *variables
}

// Lookup is the value that a variable has for interpolation: from the caller's environment, else from `.env`.
func (p *Project) Lookup(name string) (string, bool) {
	value, ok := p.vars.values[name]
	return value, ok
}

// Template is the value that the example of a missing `.env` has for a variable.
func (p *Project) Template(name string) (string, bool) {
	value, ok := p.vars.template[name]
	return value, ok
}

// Service is one service after includes, extends and overrides.
type Service struct {
	Name string
	// Span is the service's key in the last file that has it.
	Span source.Span
	// Config is the service as compose-go types it. Paths in it are relative to the root of the tree, environment holds only
	// `environment:` (see EnvFiles), and defaults are not filled in.
	Config types.ServiceConfig
	// EnvFiles are the env files in the order in which they apply, before `environment:`.
	EnvFiles []EnvFile
	// Keys are the service's keys, flattened, in file order; of an overridden key the one that holds.
	Keys []Key
	// refs are the variables used by each environment entry and build argument.
	refs  map[string][]string
	spans map[string]source.Span
}

// Key is one key of a file. Entries of `environment`, `labels`, `args`, `depends_on` and `networks` have the same path in their
// list and their map form: "environment.NODE_ENV".
type Key struct {
	// Path is relative to the service, or to the file for keys outside of services: "ports[0].target".
	Path string
	// Value is the scalar after interpolation; empty for maps and lists.
	Value string
	// Span is the key's position, for a list item the item's.
	Span source.Span
	// ValueSpan is the value's; zero for maps and lists.
	ValueSpan source.Span
}

// Volume is a top-level volume.
type Volume struct {
	Name   string
	Config types.VolumeConfig
	Span   source.Span
}

// Network is a top-level network.
type Network struct {
	Name   string
	Config types.NetworkConfig
	Span   source.Span
}

// FileObject is a top-level secret or config. Its file is relative to the root of the tree.
type FileObject struct {
	Name   string
	Config types.FileObjectConfig
	Span   source.Span
}

// Load reads Compose files. It never fails: what cannot be read is in Problems.
func Load(tree *source.Tree, options Options) *Project {
	project := &Project{}
	newReader(tree, options, project).load(options)
	return project
}

func newReader(tree *source.Tree, options Options, project *Project) *reader {
	l := &reader{
		tree: tree, problems: &problems{list: &project.Problems}, schema: newSchema(), parsed: map[string]*file{}, project: project,
	}
	project.vars = newVariables(tree, options.Dir, nil, options.Environment, l.problems)
	l.scopes = append(l.scopes, project.vars)
	return l
}

func (l *reader) load(options Options) {
	project := l.project
	project.Name = l.projectName(options)
	project.vars.values[projectNameVariable] = project.Name
	main := l.open(options.Files, options.Dir, project.vars, nil)
	for _, name := range main.names("services") {
		project.Services = append(project.Services, l.service(main, name))
	}
	if len(project.Services) == 0 && len(options.Files) > 0 {
		l.problems.add(NoServices, source.Span{File: options.Files[0]}, "no service could be read from this Compose file")
	}
	l.resources(main, project)
	l.references(project)
	l.variableProblems()
	slices.SortStableFunc(project.Problems, func(a, b Problem) int {
		return cmp.Or(source.Compare(a.Span, b.Span), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Message, b.Message))
	})
	project.Problems = slices.Compact(project.Problems)
}

// projectName is COMPOSE_PROJECT_NAME, or the last `name:`, or what the caller falls back to. Files may use it as a variable, so
// it is needed before they are read.
func (l *reader) projectName(options Options) string {
	vars := l.project.vars
	if name := vars.values[projectNameVariable]; name != "" {
		return loader.NormalizeProjectName(name)
	}
	name := options.Name
	for _, file := range options.Files {
		f := l.parse(file)
		if f == nil {
			continue
		}
		for _, doc := range f.docs {
			for i := 0; len(doc.Content) == 1 && i+1 < len(doc.Content[0].Content); i += 2 {
				key, value := doc.Content[0].Content[i], doc.Content[0].Content[i+1]
				if key.Value == "name" && value.Kind == yaml.ScalarNode && value.Value != "" {
					// What is wrong with it is reported when the whole file is read.
					name, _ = vars.expand(value.Value, f.span(value), &problems{list: &[]Problem{}})
				}
			}
		}
	}
	return loader.NormalizeProjectName(name)
}

const projectNameVariable = "COMPOSE_PROJECT_NAME"

// variableProblems reports, once per variable, what interpolation could not find.
func (l *reader) variableProblems() {
	for _, vars := range l.scopes {
		for _, name := range vars.order {
			l.problems.add(MissingVariable, vars.missing[name], "the variable %s has no value; as in Compose an empty one is taken", name)
		}
		if len(vars.templateNames) > 0 {
			slices.Sort(vars.templateNames)
			l.problems.add(EnvFileTemplate, vars.templateUse, "there is no %s; values of %s are taken from %s",
				path.Join(path.Dir(vars.templateFile), ".env"), listed(vars.templateNames), vars.templateFile)
		}
	}
}

// listed joins names for a sentence and cuts long lists.
func listed(names []string) string {
	const most = 5
	text := ""
	for i, name := range names {
		switch {
		case i == most:
			return text + ", …"
		case i > 0:
			text += ", "
		}
		text += name
	}
	return text
}
