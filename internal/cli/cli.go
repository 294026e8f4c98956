// Package cli is the command line: one file per command, exit codes, and the only writer to disk and terminal. The way
// from a directory to a plan is one function, analyse; open it first.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes. The output format never changes them.
const (
	// ExitClean: no finding at or above the threshold, every check passed.
	ExitClean = 0
	// ExitFindings: findings at or above the threshold, or a failed check.
	ExitFindings = 1
	// ExitUsage: wrong flags or arguments.
	ExitUsage = 2
	// ExitUnfinished: the run could not finish; the error says why.
	ExitUnfinished = 3
	// ExitNothing: there is nothing to do: no Compose file and no Dockerfile.
	ExitNothing = 4
)

// exit is an error that carries an exit code. A nil err exits silently: the output already said why.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &exit{code: ExitUsage, err: fmt.Errorf(format, args...)}
}

func unfinished(err error) error { return &exit{code: ExitUnfinished, err: err} }

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Main runs the program and returns its exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	// A run is short and what it parses stays in use until the end: collecting less often saves a fifth of its time.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := command(&streams{in: in, out: out, err: errOut})
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ExitClean
	}
	var e *exit
	if !errors.As(err, &e) {
		// What cobra itself refuses is a wrong command line.
		e = &exit{code: ExitUsage, err: err}
	}
	if e.err != nil {
		fmt.Fprintln(errOut, "dock2edge:", e.err)
	}
	return e.code
}

func command(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "dock2edge",
		Short: "Move Docker and Compose apps to Cloudflare Workers",
		Long: `dock2edge reads Dockerfiles and Compose files, says what of the app will not work on Workers and where, converts the
stack into a workspace of Workers with the app's own source unmodified wherever that can run, and verifies the result in
workerd against the original.

Exit status: 0 clean, 1 findings at or above the threshold or a failed check, 2 wrong usage, 3 could not finish,
4 nothing to do.`,
		Version:       Version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(auditCommand(s), convertCommand(s), planCommand(s), verifyCommand(s), recordCommand(s), rulesCommand(s), explainCommand(s), docsCommand(s))
	return root
}

// Version is the module's version from the build, or its commit.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dock2edge (unknown version)"
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "devel"
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version += "-" + s.Value[:min(len(s.Value), 12)]
			}
		}
	}
	return strings.TrimSpace(version)
}
