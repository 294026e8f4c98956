package dockerfile

import (
	"strconv"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Image is a Dockerfile evaluated for given build arguments.
type Image struct {
	// Stages are all stages in file order.
	Stages []*Stage
	// Target is the stage to run; nil when the file has none of that name, or no stage at all.
	Target *Stage
	// Problems are what evaluation could not do, in file order.
	Problems []Problem
}

// Stage is one FROM and what follows it.
type Stage struct {
	Index int
	// Name is in lower case; empty when unnamed.
	Name string
	// Base is the base image after expansion, or the name of an earlier stage, which BaseStage then is.
	Base         string
	BaseStage    *Stage
	Platform     string
	Instructions []*Instruction
	Span         source.Span
	// State is what is in force at the end of the stage, its base stages included.
	State
	// Needs are the stages it takes files from or is built on, transitively, in file order.
	Needs []*Stage

	onBuild []trigger
}

// ID is the stage's name, or its number as text.
func (s *Stage) ID() string {
	if s.Name != "" {
		return s.Name
	}
	return strconv.Itoa(s.Index)
}

// State is what instructions set for those after them and for the container.
type State struct {
	Workdir     string
	User        string
	Env         []Var
	Args        []Var
	Entrypoint  *CommandLine
	Cmd         *CommandLine
	Expose      []Port
	Volumes     []Volume
	Healthcheck *Healthcheck
	StopSignal  string
	Shell       []string
	Labels      []Var
}

// Instruction is one instruction with its variables expanded.
type Instruction struct {
	// Op is in upper case.
	Op string
	// Text is the line as written without the instruction's name, continuation lines joined.
	Text string
	Span source.Span
	// Flags are as written: "--from=build".
	Flags []string
	// OnBuild tells that it came from an ONBUILD of the base stage; Span is then that line.
	OnBuild bool

	// Workdir, User and Env are in force when it runs; for RUN Env includes the build arguments.
	Workdir, User string
	Env           []Var

	// Argv is the exec form of RUN, Script the shell form with its heredocs.
	Argv   []string
	Script string
	// Mounts are the values of `--mount`.
	Mounts []string

	// Copy is set for COPY and ADD.
	Copy *Copy
}

// Copy is what COPY or ADD say.
type Copy struct {
	// Sources are relative to the context, absolute with From. URLs and git references of ADD are as written.
	Sources []string
	// Dest is absolute; a trailing slash is kept.
	Dest string
	// From is the value of `--from`; FromStage the stage it names, nil for an image or a named context.
	From         string
	FromStage    *Stage
	Chown, Chmod string
	Exclude      []string
	Parents      bool
	Inline       []InlineFile
}

// InlineFile is a heredoc of COPY or ADD.
type InlineFile struct{ Name, Content string }

// Var is a variable, build argument or label. HasValue is false for an ARG that nothing gives a value.
type Var struct {
	Name, Value string
	HasValue    bool
	// Refs are the variables its value uses.
	Refs []string
	Span source.Span
}

// CommandLine is an ENTRYPOINT or CMD. In shell form Argv begins with the shell.
type CommandLine struct {
	Argv  []string
	Shell bool
	Span  source.Span
}

// Port is an exposed port.
type Port struct {
	Number   int
	Protocol string
	Span     source.Span
}

// Volume is a path of VOLUME.
type Volume struct {
	Path string
	Span source.Span
}

// Healthcheck is HEALTHCHECK; intervals are Go durations, empty when not set.
type Healthcheck struct {
	Test                     []string
	Interval, Timeout, Start string
	Retries                  int
	Span                     source.Span
}
