package dockerfile

import (
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
	default:
		e.apply(command, span, word)
	}
}

// apply evaluates an instruction that only changes what is in force.
func (e *evaluator) apply(command any, span source.Span, word func(string) string) {
	s := e.stage
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
