package dockerfile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Options are what a build adds to the file.
type Options struct {
	// Args are the build arguments.
	Args map[string]string
	// Target names the stage to run, by name or number; empty for the last one.
	Target string
}

// Evaluate applies build arguments and follows what instructions set from stage to stage.
func (f *File) Evaluate(options Options) *Image {
	e := &evaluator{file: f, options: options, lex: shell.NewLex(f.escape), image: &Image{}}
	for _, name := range slices.Sorted(maps.Keys(platformArgs)) {
		e.global = append(e.global, Var{Name: name, Value: platformArgs[name], HasValue: true})
	}
	for _, n := range f.nodes {
		command, err := instruction(n)
		if err != nil {
			continue
		}
		switch c := command.(type) {
		case *instructions.Stage:
			e.from(c, n)
		case *instructions.ArgCommand:
			if e.stage == nil {
				e.globalArg(c, f.span(n.StartLine, n.EndLine))
				continue
			}
			e.run(n, command, f.span(n.StartLine, n.EndLine), false)
		default:
			if e.stage == nil {
				e.problem(f.span(n.StartLine, n.EndLine), "%s stands before the first FROM; it is not read", strings.ToUpper(n.Value))
				continue
			}
			e.run(n, command, f.span(n.StartLine, n.EndLine), false)
		}
	}
	for _, s := range e.image.Stages {
		s.Needs = e.needs(s)
	}
	e.target()
	return e.image
}

// platformArgs are what BuildKit defines for a build on and for linux/amd64.
var platformArgs = map[string]string{
	"BUILDPLATFORM": "linux/amd64", "BUILDOS": "linux", "BUILDARCH": "amd64", "BUILDVARIANT": "",
	"TARGETPLATFORM": "linux/amd64", "TARGETOS": "linux", "TARGETARCH": "amd64", "TARGETVARIANT": "",
}

type evaluator struct {
	file    *File
	options Options
	lex     *shell.Lex
	image   *Image
	// global are the arguments before the first FROM.
	global []Var
	stage  *Stage
	// cmdHere tells that the current stage has a CMD of its own: else its ENTRYPOINT clears the inherited one.
	cmdHere bool
}

// trigger is an ONBUILD instruction waiting for a stage built on this one.
type trigger struct {
	text string
	span source.Span
}

func (e *evaluator) problem(span source.Span, format string, args ...any) {
	e.image.Problems = append(e.image.Problems, Problem{Span: span, Message: fmt.Sprintf(format, args...)})
}

// getter looks variables up in environment, then arguments, and notes which were used.
type getter struct {
	lists [][]Var
	refs  *[]string
}

// Get implements shell.EnvGetter.
func (g getter) Get(name string) (string, bool) {
	if !slices.Contains(*g.refs, name) {
		*g.refs = append(*g.refs, name)
	}
	for _, list := range g.lists {
		if v := find(list, name); v != nil && v.HasValue {
			return v.Value, true
		}
	}
	return "", false
}

// Keys implements shell.EnvGetter.
func (g getter) Keys() []string {
	var names []string
	for _, list := range g.lists {
		for _, v := range list {
			names = append(names, v.Name)
		}
	}
	return names
}

func find(list []Var, name string) *Var {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

// set returns list with v in place of the variable of that name. The list itself, which instructions before this one hold, is
// not changed.
func set(list []Var, v Var) []Var {
	list = slices.DeleteFunc(slices.Clone(list), func(old Var) bool { return old.Name == v.Name })
	return append(list, v)
}

// expand replaces the variables of a word. What cannot be expanded stays as written and is reported.
func (e *evaluator) expand(word string, span source.Span, lists ...[]Var) (string, []string) {
	var refs []string
	result, err := e.process(word, getter{lists, &refs})
	if err != nil {
		e.problem(span, "%s", message(err))
		return word, refs
	}
	return result, refs
}

func (e *evaluator) process(word string, env shell.EnvGetter) (result string, err error) {
	defer guard(&err)
	result, _, err = e.lex.ProcessWord(word, env)
	return result, err
}

func (e *evaluator) globalArg(c *instructions.ArgCommand, span source.Span) {
	for _, arg := range c.Args {
		e.global = set(e.global, e.arg(arg, span, e.global))
	}
}

// arg is the value of an ARG: the build's, else the file's.
func (e *evaluator) arg(arg instructions.KeyValuePairOptional, span source.Span, lists ...[]Var) Var {
	v := Var{Name: arg.Key, Span: span}
	if value, ok := e.options.Args[arg.Key]; ok {
		v.Value, v.HasValue = value, true
		return v
	}
	if arg.Value != nil {
		v.Value, v.Refs = e.expand(*arg.Value, span, lists...)
		v.HasValue = true
	}
	return v
}

// from begins a stage.
func (e *evaluator) from(c *instructions.Stage, n *parser.Node) {
	span := e.file.span(n.StartLine, n.EndLine)
	s := &Stage{Index: len(e.image.Stages), Name: strings.ToLower(c.Name), Span: span}
	s.Base, _ = e.expand(c.BaseName, span, e.global)
	s.Platform, _ = e.expand(c.Platform, span, e.global)
	if s.Base == "" {
		e.problem(span, "FROM %s has no value; give the build argument or a default", c.BaseName)
	}
	s.Workdir, s.Shell = "/", []string{"/bin/sh", "-c"}
	if base := e.stageNamed(s.Base); base != nil {
		s.BaseStage, s.Base, s.State = base, base.ID(), base.State
		s.Args = nil
	}
	e.image.Stages = append(e.image.Stages, s)
	e.stage, e.cmdHere = s, false
	s.Instructions = append(s.Instructions, &Instruction{
		Op: "FROM", Text: rest(n), Span: span, Flags: n.Flags, Workdir: s.Workdir, User: s.User, Env: s.Env,
	})
	if s.BaseStage != nil {
		for _, t := range s.BaseStage.onBuild {
			e.trigger(t)
		}
	}
}

// stageNamed is the last stage of that name before the current one.
func (e *evaluator) stageNamed(name string) *Stage {
	for _, s := range slices.Backward(e.image.Stages) {
		if s.Name != "" && s.Name == strings.ToLower(name) {
			return s
		}
	}
	return nil
}

// trigger runs an ONBUILD instruction of the base stage.
func (e *evaluator) trigger(t trigger) {
	result, err := parse([][]byte{[]byte(t.text)})
	if err != nil {
		e.problem(t.span, "%s", message(err))
		return
	}
	for _, n := range result.AST.Children {
		command, err := instruction(n)
		if err != nil {
			e.problem(t.span, "%s", message(err))
			continue
		}
		e.run(n, command, t.span, true)
	}
}

// rest is an instruction's line without its name.
func rest(n *parser.Node) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(n.Original), n.Value))
}

// needs are the stages that s takes files from or is built on, transitively.
func (e *evaluator) needs(s *Stage) []*Stage {
	seen := map[*Stage]bool{}
	var visit func(*Stage)
	add := func(needed *Stage) {
		if needed != nil && needed != s && !seen[needed] {
			seen[needed] = true
			visit(needed)
		}
	}
	visit = func(from *Stage) {
		add(from.BaseStage)
		for _, in := range from.Instructions {
			if in.Copy != nil {
				add(in.Copy.FromStage)
			}
			for _, m := range in.Mounts {
				add(e.mountStage(m, from))
			}
		}
	}
	visit(s)
	var list []*Stage
	for _, stage := range e.image.Stages {
		if seen[stage] {
			list = append(list, stage)
		}
	}
	return list
}

// mountStage is the stage that `RUN --mount=from=…` reads.
func (e *evaluator) mountStage(mount string, before *Stage) *Stage {
	for option := range strings.SplitSeq(mount, ",") {
		name, ok := strings.CutPrefix(option, "from=")
		if !ok {
			continue
		}
		for _, s := range e.image.Stages[:before.Index] {
			if strings.EqualFold(s.ID(), name) || strconv.Itoa(s.Index) == name {
				return s
			}
		}
	}
	return nil
}

func (e *evaluator) target() {
	stages := e.image.Stages
	if len(stages) == 0 {
		return
	}
	if e.options.Target == "" {
		e.image.Target = stages[len(stages)-1]
		return
	}
	e.image.Target = e.stageNamed(e.options.Target)
	if n, err := strconv.Atoi(e.options.Target); err == nil && n >= 0 && n < len(stages) {
		e.image.Target = stages[n]
	}
}
