// Package entry follows what a container runs (ENTRYPOINT and CMD with Compose's overrides) through shells, scripts,
// launchers and package scripts to the program, and maps that program back to the repository's source.
package entry

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/container"
	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Follow returns what the service's container runs. It is never nil; Problem says why no program was found.
func Follow(tree *source.Tree, sources *nodepkg.Packages, service *model.Service, files *container.Files) *model.Entry {
	f := &follower{tree: tree, sources: sources, packages: nodepkg.New(files), service: service, files: files}
	start := f.start()
	found := f.follow(start)
	entry := &found.Entry
	entry.Argv = start.argv
	if found.role == setup {
		entry.Kind = "script"
	}
	entry.Span = start.place()
	if entry.Workdir == "" {
		entry.Workdir = start.dir
	}
	return entry
}

// follower follows the commands of one service.
type follower struct {
	tree    *source.Tree
	service *model.Service
	files   *container.Files
	// packages are those of the container, sources those of the repository.
	packages, sources *nodepkg.Packages
}

// command is one command on the way to the program.
type command struct {
	argv []string
	dir  string
	// env is the whole environment, set what the trail added to the container's own.
	env map[string]string
	set []model.EnvVar
	// places are where the words of argv stand, the innermost first: the line of a script, then the line that started it.
	places []source.Span
	// label is the name that a process manager gives it.
	label string
	// user is the user it runs as; empty means root.
	user string
	// chain are the commands that led here, to notice one that starts itself.
	chain []string
}

// maxDepth bounds how many commands lead to a program.
const maxDepth = 40

// entered notes that the command is being followed; again tells that it was before, by the same user in the same place.
func (c command) entered() (inner command, again bool) {
	key := strings.Join(append([]string{c.user, c.dir}, c.argv...), "\x00")
	again = slices.Contains(c.chain, key) || len(c.chain) > maxDepth
	c.chain = append(slices.Clone(c.chain), key)
	return c, again
}

func (c command) place() source.Span {
	for _, place := range c.places {
		if !place.IsZero() {
			return place
		}
	}
	return source.Span{}
}

// with is the command that c starts: other words in the same place.
func (c command) with(argv ...string) command {
	c.argv = argv
	return c
}

// at is c with a narrower place in front.
func (c command) at(place source.Span) command {
	c.places = append([]source.Span{place}, c.places...)
	return c
}

// setting is c with variables that the trail sets.
func (c command) setting(vars map[string]string, place source.Span) command {
	c.env = maps.Clone(c.env)
	c.set = slices.Clone(c.set)
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		c.env[name] = vars[name]
		c.set = slices.DeleteFunc(c.set, func(v model.EnvVar) bool { return v.Name == name })
		c.set = append(c.set, model.EnvVar{Name: name, Value: vars[name], HasValue: true, Origin: "command", Span: place})
	}
	return c
}

func (c command) name() string {
	if len(c.argv) == 0 {
		return ""
	}
	return strings.TrimSuffix(path.Base(c.argv[0]), ".cmd")
}

func (c command) args() []string {
	if len(c.argv) == 0 {
		return nil
	}
	return c.argv[1:]
}

// role is what a command is to the container.
type role int

const (
	// unknown commands may be the program.
	unknown role = iota
	// setup commands end and prepare something: waits, migrations, mkdir.
	setup
	// program commands are what the container is for.
	program
)

// found is what following a command led to.
type found struct {
	model.Entry
	role role
	// argv is the command that starts the program itself.
	argv []string
	// daemon tells that it goes to the background by itself.
	daemon bool
	// kind is the kind of a setup step: "wait", "migration", "build" or "setup".
	kind string
}

// through puts a step in front of what it led to.
func (f found) through(c command, kind string) found {
	f.Trail = append([]model.TrailStep{step(c, kind)}, f.Trail...)
	return f
}

// by is what a program that stands in for node led to: its own step is the program's.
func (f found) by(name string) found {
	f.Launchers = append([]string{name}, f.Launchers...)
	return f
}

// launched is through for a launcher, whose name is kept.
func (f found) launched(c command, name string) found {
	f.Launchers = append([]string{name}, f.Launchers...)
	return f.through(c, "launcher")
}

func step(c command, kind string) model.TrailStep {
	return model.TrailStep{Text: Quote(c.argv), Kind: kind, Span: c.place()}
}

// prepared is a setup command.
func prepared(c command, kind string) found {
	return found{Entry: model.Entry{Kind: "unknown", Trail: []model.TrailStep{step(c, kind)}}, role: setup, kind: kind}
}

// runs is a program that is no Node program.
func runs(c command, kind, problem string) found {
	return found{role: program, argv: c.argv, Entry: model.Entry{
		Kind: kind, Trail: []model.TrailStep{step(c, "program")}, Args: slices.Clone(c.args()), Workdir: c.dir, Env: c.set, Problem: problem,
	}}
}

// lost is a command that leads to nothing known.
func lost(c command, format string, args ...any) found {
	return found{Entry: model.Entry{
		Kind: "unknown", Trail: []model.TrailStep{step(c, "program")}, Workdir: c.dir, Env: c.set, Problem: fmt.Sprintf(format, args...),
	}}
}

// Quote joins words the way one would type them.
func Quote(argv []string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		if word == "" || strings.ContainsAny(word, " \t\n\"'\\$&|;<>()*?`#!") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words[i] = word
	}
	return strings.Join(words, " ")
}
