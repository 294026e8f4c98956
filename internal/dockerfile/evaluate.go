package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

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
	for name, value := range platformArgs {
		e.global = append(e.global, Var{Name: name, Value: value, HasValue: true})
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

// run evaluates one instruction of a stage.
func (e *evaluator) run(n *parser.Node, command any, span source.Span, onBuild bool) {
	s := e.stage
	in := &Instruction{
		Op: strings.ToUpper(n.Value), Text: rest(n), Span: span, Flags: n.Flags, OnBuild: onBuild,
		Workdir: s.Workdir, User: s.User, Env: s.Env,
	}
	s.Instructions = append(s.Instructions, in)
	word := func(text string) string {
		text, _ = e.expand(text, span, s.Env, s.Args)
		return text
	}
	switch c := command.(type) {
	case *instructions.EnvCommand:
		env := s.Env
		for _, pair := range c.Env {
			value, refs := e.expand(pair.Value, span, s.Env, s.Args)
			env = set(env, Var{Name: word(pair.Key), Value: value, HasValue: true, Refs: refs, Span: span})
		}
		s.Env = env
	case *instructions.ArgCommand:
		for _, arg := range c.Args {
			v := e.arg(arg, span, s.Env, s.Args)
			if outer := find(e.global, v.Name); !v.HasValue && outer != nil {
				v.Value, v.HasValue = outer.Value, outer.HasValue
			}
			s.Args = set(s.Args, v)
		}
	case *instructions.LabelCommand:
		for _, pair := range c.Labels {
			s.Labels = set(s.Labels, Var{Name: word(pair.Key), Value: word(pair.Value), HasValue: true, Span: span})
		}
	case *instructions.WorkdirCommand:
		s.Workdir = absolute(s.Workdir, word(c.Path))
	case *instructions.UserCommand:
		s.User = word(c.User)
	case *instructions.StopSignalCommand:
		s.StopSignal = word(c.Signal)
	case *instructions.ShellCommand:
		s.Shell = c.Shell
	case *instructions.EntrypointCommand:
		s.Entrypoint = commandLine(s.Shell, c.ShellDependantCmdLine, span)
		if !e.cmdHere {
			s.Cmd = nil
		}
	case *instructions.CmdCommand:
		s.Cmd, e.cmdHere = commandLine(s.Shell, c.ShellDependantCmdLine, span), true
	case *instructions.ExposeCommand:
		e.expose(c, span)
	case *instructions.VolumeCommand:
		for _, v := range c.Volumes {
			s.Volumes = append(slices.Clone(s.Volumes), Volume{Path: path.Clean("/" + word(v)), Span: span})
		}
	case *instructions.HealthCheckCommand:
		s.Healthcheck = healthcheck(c, s.Shell, span)
	case *instructions.RunCommand:
		e.runScript(in, c)
	case *instructions.CopyCommand:
		in.Copy = &Copy{From: c.From, Chown: word(c.Chown), Chmod: word(c.Chmod), Exclude: c.ExcludePatterns, Parents: c.Parents}
		e.copy(in, c.SourcesAndDest, word)
	case *instructions.AddCommand:
		in.Copy = &Copy{Chown: word(c.Chown), Chmod: word(c.Chmod), Exclude: c.ExcludePatterns}
		e.copy(in, c.SourcesAndDest, word)
	case *instructions.OnbuildCommand:
		s.onBuild = append(s.onBuild, trigger{text: c.Expression, span: span})
	}
}

func (e *evaluator) runScript(in *Instruction, c *instructions.RunCommand) {
	in.Env = e.stage.Env
	for _, arg := range e.stage.Args {
		if v := find(e.stage.Env, arg.Name); arg.HasValue && v == nil {
			in.Env = set(in.Env, arg)
		}
	}
	for _, flag := range c.FlagsUsed {
		if flag == "mount" {
			in.Mounts = mounts(in.Flags)
		}
	}
	if !c.PrependShell {
		in.Argv = c.CmdLine
		return
	}
	in.Script = strings.Join(c.CmdLine, " ")
	for _, heredoc := range c.Files {
		if strings.TrimSpace(in.Script) == "<<"+heredoc.Name || strings.TrimSpace(in.Script) == "<<-"+heredoc.Name {
			// The heredoc alone is the script.
			in.Script = heredoc.Data
			continue
		}
		in.Script += "\n" + heredoc.Data + heredoc.Name
	}
}

func mounts(flags []string) []string {
	var list []string
	for _, flag := range flags {
		if value, ok := strings.CutPrefix(flag, "--mount="); ok {
			list = append(list, value)
		}
	}
	return list
}

func (e *evaluator) copy(in *Instruction, from instructions.SourcesAndDest, word func(string) string) {
	c, s := in.Copy, e.stage
	if c.From != "" {
		c.From, _ = e.expand(c.From, in.Span, e.global)
		c.FromStage = e.stageNamed(c.From)
		if n, err := strconv.Atoi(c.From); err == nil && n >= 0 && n < s.Index {
			c.FromStage = e.image.Stages[n]
		}
	}
	for _, text := range from.SourcePaths {
		text = word(text)
		switch {
		case strings.Contains(text, "://") || strings.HasPrefix(text, "git@"):
		case c.Parents:
			// With --parents a "/./" in the path says from where on it is kept.
			text = strings.TrimPrefix(text, "/")
		case c.From != "":
			text = path.Clean("/" + text)
		default:
			slash := strings.HasSuffix(text, "/") && text != "/"
			text = strings.TrimPrefix(path.Clean("/"+text), "/")
			if text == "" {
				text = "."
			} else if slash {
				text += "/"
			}
		}
		c.Sources = append(c.Sources, text)
	}
	for _, content := range from.SourceContents {
		if content.Expand {
			content.Data, _ = e.expandRaw(content.Data, in.Span, s.Env, s.Args)
		}
		c.Inline = append(c.Inline, InlineFile{Name: content.Path, Content: content.Data})
	}
	dest := word(from.DestPath)
	c.Dest = absolute(s.Workdir, dest)
	if directory := strings.HasSuffix(dest, "/") || dest == "." || dest == ".." || strings.HasSuffix(dest, "/."); directory && c.Dest != "/" {
		c.Dest += "/"
	}
}

// expandRaw expands the text of a heredoc, whose quotes are kept.
func (e *evaluator) expandRaw(text string, span source.Span, lists ...[]Var) (string, []string) {
	lex := shell.NewLex(e.file.escape)
	lex.RawQuotes, lex.RawEscapes = true, true
	raw := &evaluator{file: e.file, lex: lex, image: e.image}
	return raw.expand(text, span, lists...)
}

func absolute(workdir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(workdir, name)
}

func commandLine(shell []string, c instructions.ShellDependantCmdLine, span source.Span) *CommandLine {
	argv := slices.Clone(c.CmdLine)
	if c.PrependShell && len(argv) > 0 {
		argv = append(slices.Clone(shell), strings.Join(argv, " "))
	}
	return &CommandLine{Argv: argv, Shell: c.PrependShell, Span: span}
}

func (e *evaluator) expose(c *instructions.ExposeCommand, span source.Span) {
	s := e.stage
	for _, text := range c.Ports {
		expanded, _ := e.expand(text, span, s.Env, s.Args)
		for _, port := range strings.Fields(expanded) {
			ports, ok := portRange(port, span)
			if !ok {
				e.problem(span, "EXPOSE %s is not a port or a range of ports; it is not read", port)
				continue
			}
			s.Expose = append(slices.Clone(s.Expose), ports...)
		}
		if strings.TrimSpace(expanded) == "" {
			e.problem(span, "EXPOSE %s has no value; it is not read", text)
		}
	}
}

// portRange reads "3000", "3000/udp" and "3000-3010/tcp".
func portRange(text string, span source.Span) ([]Port, bool) {
	numbers, protocol, _ := strings.Cut(strings.ToLower(text), "/")
	if protocol == "" {
		protocol = "tcp"
	}
	// EXPOSE 8080:80 is a common mistake that Docker refuses; BuildKit's older versions read the container's port.
	if _, container, found := strings.Cut(numbers, ":"); found {
		numbers = container
	}
	from, to, isRange := strings.Cut(numbers, "-")
	first, err := strconv.Atoi(from)
	last := first
	if isRange && err == nil {
		last, err = strconv.Atoi(to)
	}
	if err != nil || first < 1 || last > 65535 || last < first {
		return nil, false
	}
	var ports []Port
	for n := first; n <= last; n++ {
		ports = append(ports, Port{Number: n, Protocol: protocol, Span: span})
	}
	return ports, true
}

func healthcheck(c *instructions.HealthCheckCommand, shell []string, span source.Span) *Healthcheck {
	text := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	h := c.Health
	return &Healthcheck{
		Test: h.Test, Interval: text(h.Interval), Timeout: text(h.Timeout), Start: text(h.StartPeriod), Retries: h.Retries, Span: span,
	}
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
