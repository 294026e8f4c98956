package report

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/dock2edge/dock2edge/internal/model"
)

// UseColor decides whether text written to out may hold escape sequences: NO_COLOR forbids it, FORCE_COLOR asks for it
// (unless it is "0"), else out has to be a terminal that is not dumb. getenv is os.Getenv.
func UseColor(out io.Writer, getenv func(string) string) bool {
	if getenv("NO_COLOR") != "" {
		return false
	}
	if force := getenv("FORCE_COLOR"); force != "" {
		return force != "0"
	}
	file, ok := out.(*os.File)
	return ok && getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}

// palette puts escape sequences around text, or does not.
type palette struct{ on bool }

func (p palette) wrap(code, text string) string {
	if !p.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p palette) bold(text string) string { return p.wrap("1", text) }
func (p palette) dim(text string) string  { return p.wrap("2", text) }

// severity colours text as the severity's name is.
func (p palette) severity(s model.Severity, text string) string {
	switch s {
	case model.Blocker:
		return p.wrap("1;31", text)
	case model.Major:
		return p.wrap("31", text)
	case model.Minor:
		return p.wrap("33", text)
	}
	return p.wrap("36", text)
}
