package analysis

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Own are the rules that running itself reports. Run adds them to the languages it is given; whoever lists all rules adds
// them too.
func Own() *Language {
	return &Language{
		Name:    "dock2edge",
		Example: "app.js",
		Rules:   []*Rule{ignoreWithoutReason(), ignoreUnknownRule(), ignoreUnused(), moduleUnreadable()},
	}
}

// byRunning is the FoundBy of these rules.
const byRunning = "running the rules"

func ignoreWithoutReason() *Rule {
	return &Rule{
		Name: "ignore-without-reason", Category: model.CategoryLimits, Severity: model.Minor,
		Title:  "Ignore comment without a reason",
		What:   "A `dock2edge:ignore` comment that does not say why.",
		Why:    "Whoever reads the finding's absence later has to know whether it was judged or only silenced. A comment without a reason therefore silences nothing.",
		Remedy: "Write the reason after two dashes: `dock2edge:ignore fs-write -- the file is a cache`.",
		Bad: `const fs = require("fs");
// dock2edge:ignore ignore-unused
fs.existsSync("/etc/hosts");
`,
		Good: `const fs = require("fs");
fs.existsSync("/etc/hosts");
`,
		Since:   "2026-11-20",
		FoundBy: byRunning,
	}
}

func ignoreUnknownRule() *Rule {
	return &Rule{
		Name: "ignore-unknown-rule", Category: model.CategoryLimits, Severity: model.Minor,
		Title:  "Ignore comment that names no known rule",
		What:   "A `dock2edge:ignore` comment with the name of a rule that does not exist, or with none.",
		Why:    "It silences nothing. Most often the name is misspelt, and the finding it was meant for is still there.",
		Remedy: "Use the rule's name as the finding prints it; `dock2edge rules` lists them all.",
		Bad: `// dock2edge:ignore no-such-rule -- it does not matter here
console.log("ready");
`,
		Good: `console.log("ready");
`,
		Since:   "2026-11-20",
		FoundBy: byRunning,
	}
}

func ignoreUnused() *Rule {
	return &Rule{
		Name: "ignore-unused", Category: model.CategoryLimits, Severity: model.Info,
		Title:  "Ignore comment that silences nothing",
		What:   "A `dock2edge:ignore` comment on a line where the rule it names finds nothing.",
		Why:    "What it spoke of is gone. Left in place it would silence the next finding that appears there, which nobody has judged.",
		Remedy: "Remove the comment, or move it to the line of the finding or the one above.",
		Bad: `// dock2edge:ignore ignore-without-reason -- kept from an older version
console.log("ready");
`,
		Good: `console.log("ready");
`,
		Since:   "2026-11-20",
		FoundBy: byRunning,
	}
}

func moduleUnreadable() *Rule {
	return &Rule{
		Name: "module-unreadable", Category: model.CategoryLimits, Severity: model.Minor,
		Title:  "Source file that could not be read in full",
		What:   "A module with places that the parser cannot read, or one that cannot be read at all: larger than any source text, or refused by the system.",
		Why:    "What stands there was not judged, so the absence of findings about it says nothing. The rest of the module was judged all the same.",
		Remedy: "Run the project's own compiler or linter on the file. Syntax that no release of ECMAScript or TypeScript has needs its own build step first.",
		Bad: `const app = ;
console.log(app);
`,
		Good: `const app = 1;
console.log(app);
`,
		Since:   "2026-11-20",
		FoundBy: byRunning,
	}
}

// unreadableFinding says that a module could not be read. err names the file without the machine's own path.
func unreadableFinding(u *unit, file string, err error) model.Finding {
	f := ownFinding(moduleUnreadable(), u, source.Span{File: file}, fmt.Sprintf("The module cannot be read, so nothing in it was judged: %v", err))
	f.Severity = model.Major
	return f
}

// brokenFinding says that parts of a module could not be parsed.
func brokenFinding(u *unit, errors []source.Span) model.Finding {
	message := "The parser cannot read this place, so it was not judged"
	if len(errors) > 1 {
		message = fmt.Sprintf("The parser cannot read %d places from here on, so they were not judged", len(errors))
	}
	return ownFinding(moduleUnreadable(), u, errors[0], message)
}

func ownFinding(rule *Rule, u *unit, span source.Span, message string) model.Finding {
	return model.Finding{
		Rule: rule.Name, Category: rule.Category, Severity: rule.Severity, Project: u.project.Dir, Service: u.service.Name,
		Span: span, Message: message, Remedy: rule.Remedy,
	}
}
