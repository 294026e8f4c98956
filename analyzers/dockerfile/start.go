package dockerfile

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
)

// before reports the steps of one kind that run before the program.
func before(p *analysis.ServicePass, kind, message, remedy string) {
	entry := p.Service.Entry
	if entry == nil || !becomesWorker(p.Service) {
		return
	}
	for _, step := range entry.Before {
		if step.Kind == kind && !step.Span.IsZero() && !silent(step.Text) {
			p.Report(step.Span, fmt.Sprintf(message, shorten(step.Text)), remedy)
		}
	}
}

// silent are commands of scripts that change nothing that the program could miss.
func silent(text string) bool {
	name, _, _ := strings.Cut(text, " ")
	switch name {
	case "set", "echo", "printf", ":", "true", "date", "cd", "ulimit", "trap", "shift", "test", "[", "sleep", "exit", "return", "pwd", "ls", "id", "whoami", "env", "umask":
		return true
	}
	return false
}
