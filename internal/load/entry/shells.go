package entry

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/shell"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

func isShell(name string) bool {
	return slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"}, name)
}

// shellProgram follows `sh -c text`, `sh script` and `su -c text`.
func (f *follower) shellProgram(c command) (found, bool) {
	name := c.name()
	if name == "su" {
		flags, operands := scattered(c.args(), "-c", "-s", "--command", "--shell", "-g")
		if text := value(flags, "-c", "--command"); text != "" {
			if len(operands) > 0 {
				c.user = operands[0]
			}
			return f.shellText(c, text).launched(c, name), true
		}
		return prepared(c, "setup"), true
	}
	if !isShell(name) {
		return found{}, false
	}
	args := c.args()
	if name == "busybox" && len(args) > 0 {
		return f.follow(c.with(args...)), true
	}
	asText := false
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		if strings.HasPrefix(word, "--") {
			continue
		}
		asText = asText || word[0] == '-' && strings.Contains(word, "c")
		if strings.HasSuffix(word, "o") || strings.HasSuffix(word, "O") {
			args = args[min(1, len(args)):]
		}
	}
	switch {
	case len(args) == 0:
		return lost(c, "an interactive shell (%s) is all that the container runs", Quote(c.argv)), true
	case asText:
		return f.shellText(c, args[0], args[1:]...).through(c, "shell"), true
	default:
		file := absolute(c.dir, args[0])
		if !f.files.IsFile(file) {
			if found, ok := f.executable(c.with(args[0])); ok {
				file = found
			} else {
				return lost(c, "the script %s is not among the files that the image gets from the repository%s", file, f.notBuilt()), true
			}
		}
		return f.scriptFile(c, file, args[1:]), true
	}
}

// shellText follows the text of `sh -c`, or a package script. params are $0, $1, …
func (f *follower) shellText(c command, text string, params ...string) found {
	script := shell.Script{Text: text, Name: "sh", Dir: c.dir, Env: c.env, User: c.user}
	if len(params) > 0 {
		script.Name, script.Params = params[0], params[1:]
	}
	return f.shell(c, script, func(start, end int) source.Span {
		if whole, ok := f.anywhere(c, text); ok && start >= 0 {
			// The text stands somewhere as it is: positions in it are positions there.
			return f.part(whole, start, end)
		}
		if start >= 0 {
			return f.locate(c, text[start:end])
		}
		return c.place()
	})
}

// anywhere finds a text in any of the places of a command.
func (f *follower) anywhere(c command, text string) (source.Span, bool) {
	for _, place := range c.places {
		if span, ok := f.within(place, text); ok {
			return span, true
		}
	}
	return source.Span{}, false
}

// part is a stretch of a place, given as byte offsets in it.
func (f *follower) part(whole source.Span, start, end int) source.Span {
	data, from, to, ok := f.stretch(whole)
	if !ok || from+end > to {
		return whole
	}
	lines := source.NewLines(data)
	return source.Span{File: whole.File, Start: lines.Position(from + start), End: lines.Position(from + end)}
}

// scriptFile follows a shell script of the container.
func (f *follower) scriptFile(c command, file string, params []string) found {
	text, err := f.files.Read(file)
	if err != nil {
		return lost(c, "the script %s cannot be read: %v", file, err)
	}
	script := shell.Script{Text: string(text), File: file, Name: file, Params: params, Dir: c.dir, Env: c.env, User: c.user}
	return f.shell(c, script, nil).through(c, "script")
}

// shell follows the commands of a script and picks the program among them. placeOf gives the place of a stretch of a text
// that has no file.
func (f *follower) shell(c command, script shell.Script, placeOf func(start, end int) source.Span) found {
	commands, err := shell.Run(script, f.files)
	if err != nil && len(commands) == 0 {
		return lost(c, "%s: %v", Quote(c.argv), err)
	}
	var leaves []leaf
	for _, started := range commands {
		place := source.Span{}
		if started.File != "" {
			place = f.placeInFile(started)
		} else if placeOf != nil {
			place = placeOf(started.Start, started.End)
		}
		inner := c.with(started.Argv...)
		if !place.IsZero() {
			inner = inner.at(place)
		}
		inner.dir = started.Dir
		inner = inner.setting(started.Env, place)
		leaves = append(leaves, leaf{command: inner, found: f.follow(inner), started: started})
	}
	return pick(c, leaves)
}

// placeInFile is the place of a command in a script of the repository.
func (f *follower) placeInFile(started shell.Command) source.Span {
	file, ok := f.files.Lookup(started.File)
	if !ok {
		return source.Span{}
	}
	if !file.Made.IsZero() {
		// The text is put together by a RUN instruction; its own places mean nothing.
		return f.partOf(file.Made, started)
	}
	text, err := f.files.Read(started.File)
	if err != nil || started.Start < 0 {
		return source.Span{File: file.Source}
	}
	lines := source.NewLines(text)
	span := source.Span{File: file.Source, Start: lines.Position(started.Start), End: lines.Position(started.End)}
	if file.Inline {
		span.Start.Line += file.Line - 1
		span.End.Line += file.Line - 1
	}
	return span
}

// partOf is where a command stands in the instruction that writes its script, or the instruction.
func (f *follower) partOf(made source.Span, started shell.Command) source.Span {
	text, err := f.files.Read(started.File)
	if err == nil && started.Start >= 0 {
		if span, ok := f.within(made, string(text[started.Start:started.End])); ok {
			return span
		}
	}
	return made
}

// leaf is one command of a script with what it leads to.
type leaf struct {
	command command
	found   found
	started shell.Command
}

// pick chooses the program among the commands of a script: the last that the script waits for and that is no preparation;
// else the first in the background. Programs before it must end for it to start, so they are preparation; those in the
// background run beside it.
func pick(c command, leaves []leaf) found {
	main := choose(leaves)
	if main < 0 {
		return lost(c, "%s starts no program", Quote(c.argv))
	}
	result := leaves[main].found
	if result.role == setup {
		result.kind = strongest(leaves)
	}
	var before []model.TrailStep
	var others []model.Program
	for i, l := range leaves {
		switch {
		case i == main:
		case l.started.Filter:
		case l.found.role != setup && (l.started.Background || l.found.daemon):
			others = append(others, l.found.asProgram(l.command))
		case i < main:
			// What a preparing command runs first is part of running it.
			before = append(before, l.asStep())
		}
	}
	result.Before = append(before, result.Before...)
	if result.Kind == "static-server" && result.StaticBuild == "" {
		for _, early := range before {
			if early.Kind == "build" {
				result.StaticBuild = early.Text
			}
		}
	}
	result.Others = append(others, result.Others...)
	return result
}

// strongest is the kind of a script that only prepares: a migration or a build in it counts more than the rest.
func strongest(leaves []leaf) string {
	for _, kind := range []string{"build", "migration", "wait"} {
		if slices.ContainsFunc(leaves, func(l leaf) bool { return l.found.kind == kind && !l.started.Condition }) {
			return kind
		}
	}
	return "setup"
}

func choose(leaves []leaf) int {
	rank := func(l leaf) int {
		switch {
		case l.started.Condition || l.started.Filter || l.found.daemon:
			return 0
		case l.found.role == setup:
			return 1
		case l.started.Background:
			return 2
		case l.started.Exec:
			return 4
		default:
			return 3
		}
	}
	best, bestRank := -1, 0
	for i, l := range leaves {
		// In the background the first counts, elsewhere the last: what comes after it never starts, or it would have ended.
		if r := rank(l); r > bestRank || r == bestRank && r != 2 && r > 0 {
			best, bestRank = i, r
		}
	}
	return best
}

var migrates = regexp.MustCompile(`(?i)migrat|\bseed|schema|db[:-](push|setup|create|sync|init)`)

func (l leaf) asStep() model.TrailStep {
	kind := l.found.kind
	switch {
	case kind == "build":
	case l.started.Condition && (kind == "" || kind == "setup"):
		kind = "setup"
		if isProbe(l.command.name()) {
			kind = "wait"
		}
	case kind == "" || kind == "setup":
		kind = "setup"
		if migrates.MatchString(Quote(l.command.argv)) {
			kind = "migration"
		}
	}
	return step(l.command, kind)
}

// asProgram is one more program of the container.
func (f found) asProgram(c command) model.Program {
	argv, name := c.argv, c.label
	if f.argv != nil {
		argv = f.argv
	}
	if name == "" {
		name = path.Base(argv[0])
	}
	place := c.place()
	if len(f.Trail) > 0 {
		place = f.Trail[len(f.Trail)-1].Span
	}
	return model.Program{Name: name, Argv: slices.Clone(argv), Module: f.Module, ImageModule: f.ImageModule, Span: place}
}
