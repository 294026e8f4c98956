package plan

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dock2edge/dock2edge/internal/model"
)

// systemCommands set up the base image's operating system (packages, users, certificates) or only print. An isolate has
// none of the one, and the build needs none of the other.
var systemCommands = []string{
	"apt-get", "apt", "apk", "yum", "dnf", "microdnf", "pacman", "zypper", "dpkg", "adduser", "addgroup", "useradd", "groupadd", "usermod", "groupmod",
	"userdel", "deluser", "chown", "chmod", "chgrp", "update-ca-certificates", "setcap", "locale-gen", "curl", "wget", "gpg", "corepack", "sysctl",
	"docker-php-ext-install", "pip", "pip3", "gem", "systemctl", "service", "update-alternatives", "install_packages", "echo", "printf", "cat", "set", "true",
	":", "id", "ls", "tini", "umask", "test", "[", "which", "git", "tar", "unzip", "make", "gcc", "ldconfig", "dos2unix", "npm-check-updates",
}

// systemDirs belong to the base image's operating system; appDirs are places below them that hold applications.
var (
	systemDirs = []string{"/var", "/tmp", "/root", "/usr", "/etc", "/run", "/lib", "/bin", "/sbin", "/dev", "/proc", "/sys"}
	appDirs    = []string{"/var/www", "/var/app", "/usr/src", "/usr/app", "/usr/share/nginx"}
)

// splitRun divides a RUN line. kept are the commands that make the app's files, as a shell text with image paths under
// $D2E_ROOT; left names the commands that only set up the operating system. Commands that the shell would run whatever the
// one before did stay so, unless the line sets errexit.
func splitRun(i model.Instruction) (kept string, left []string) {
	script := i.Script
	if len(i.Argv) > 0 {
		script = quoteAll(i.Argv)
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	if err != nil {
		return strings.TrimSpace(script), nil
	}
	s := splitter{env: i.Env}
	var keep []string
	separator := "; "
	for _, statement := range file.Stmts {
		if setsErrexit(statement) {
			separator = " && "
		}
		if commands := s.split(statement); len(commands) > 0 {
			keep = append(keep, strings.Join(commands, " && "))
		}
	}
	if s.works {
		kept = strings.Join(keep, separator)
	}
	return kept, s.left
}

// splitter divides the statements of one RUN line.
type splitter struct {
	// env are the variables in force, by which words such as $APP_HOME/x are known to be paths.
	env []model.EnvVar
	// left names what was left out, each once. works tells that something besides changes of directory was kept.
	left  []string
	works bool
}

// split returns the commands of a statement that are kept, in order.
func (s *splitter) split(statement *syntax.Stmt) []string {
	if binary, ok := statement.Cmd.(*syntax.BinaryCmd); ok && binary.Op == syntax.AndStmt && !statement.Negated && !statement.Background && len(statement.Redirs) == 0 {
		return append(s.split(binary.X), s.split(binary.Y)...)
	}
	if names, only := systemOnly(statement); only {
		for _, name := range names {
			if !slices.Contains(s.left, name) {
				s.left = append(s.left, name)
			}
		}
		return nil
	}
	call, ok := statement.Cmd.(*syntax.CallExpr)
	switch {
	case !ok || len(call.Args) == 0:
		s.works = true
	case call.Args[0].Lit() == "cd" || call.Args[0].Lit() == "rm" || call.Args[0].Lit() == "rmdir":
		// What is only entered or removed belongs to what was left out: a download, most often.
	case call.Args[0].Lit() == "mkdir":
		// The build makes a stage's working directory before its steps run, so the folder may be there already.
		s.works = true
		if !slices.ContainsFunc(call.Args, func(w *syntax.Word) bool { return strings.HasPrefix(w.Lit(), "-") && strings.Contains(w.Lit(), "p") }) {
			call.Args = slices.Insert(call.Args, 1, &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: "-p"}}})
		}
	default:
		s.works = true
	}
	s.rootPaths(statement)
	s.concealValues(statement)
	return []string{shellText(statement)}
}

// setsErrexit tells of `set -e` in any of its spellings, alone or in front of other commands.
func setsErrexit(statement *syntax.Stmt) bool {
	switch command := statement.Cmd.(type) {
	case *syntax.BinaryCmd:
		return setsErrexit(command.X)
	case *syntax.CallExpr:
		words := literals(command)
		return len(words) > 1 && words[0] == "set" && slices.ContainsFunc(words[1:], func(w string) bool {
			return w == "errexit" || strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.Contains(w, "e")
		})
	}
	return false
}

// systemOnly tells whether every simple command of a statement sets up the system, and names them.
func systemOnly(statement *syntax.Stmt) (names []string, only bool) {
	only = true
	syntax.Walk(statement, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.CallExpr:
			if len(node.Args) == 0 {
				break
			}
			words := literals(node)
			names = append(names, commandName(words))
			only = only && systemCall(words)
		case *syntax.Redirect:
			only = only && !writesFile(node)
		}
		return true
	})
	return names, only && len(names) > 0
}

// writesFile tells of a redirection into a file that may be the app's.
func writesFile(r *syntax.Redirect) bool {
	switch r.Op {
	case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
		return !systemPath(r.Word.Lit())
	}
	return false
}

// commandName is how a report speaks of a command: its program, for package managers with the subcommand. Arguments may
// hold credentials and are left out.
func commandName(words []string) string {
	name := path.Base(words[0])
	switch {
	case words[0] == "":
		return "a computed command"
	case packageManager(name) && globalInstall(words):
		return name + " install -g"
	case packageManager(name) && len(words) > 1 && words[1] != "":
		return name + " " + words[1]
	}
	return name
}

func packageManager(name string) bool {
	return name == "npm" || name == "pnpm" || name == "yarn" || name == "bun"
}

func globalInstall(words []string) bool {
	return slices.Contains(words, "-g") || slices.Contains(words, "--global") || len(words) > 1 && words[1] == "global"
}

func systemCall(words []string) bool {
	name := path.Base(words[0])
	arguments := slices.DeleteFunc(slices.Clone(words[1:]), func(w string) bool { return strings.HasPrefix(w, "-") })
	switch {
	case slices.Contains(systemCommands, name):
		return true
	case packageManager(name):
		return globalInstall(words) || len(arguments) > 0 && slices.Contains([]string{"cache", "config", "set", "store"}, arguments[0])
	case name == "sh" || name == "bash" || name == "ash":
		// Without a script it reads one from a pipe: an installer of the system's.
		return len(arguments) == 0
	case name == "rm" || name == "mkdir" || name == "touch" || name == "ln":
		return len(arguments) > 0 && systemPath(arguments[len(arguments)-1]) && (name == "ln" || !slices.ContainsFunc(arguments, func(w string) bool { return !systemPath(w) }))
	}
	return false
}

// systemPath tells whether an absolute path is the operating system's.
func systemPath(name string) bool {
	below := func(dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") }
	return slices.ContainsFunc(systemDirs, below) && !slices.ContainsFunc(appDirs, below)
}

// rootPaths puts $D2E_ROOT in front of words that are absolute paths of the image, so that no command touches the machine
// that builds. Devices stay what they are, and programs of the system are looked up on PATH.
func (s *splitter) rootPaths(statement *syntax.Stmt) {
	syntax.Walk(statement, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.CallExpr:
			if len(node.Args) > 0 {
				program := node.Args[0].Lit()
				if strings.HasPrefix(program, "/") && systemPath(program) {
					node.Args[0].Parts = []syntax.WordPart{&syntax.Lit{Value: path.Base(program)}}
				}
				// What is printed is text, not a path.
				return path.Base(program) != "echo" && path.Base(program) != "printf"
			}
		case *syntax.Word:
			s.rootWord(node)
			return false
		}
		return true
	})
}

func (s *splitter) rootWord(word *syntax.Word) {
	if len(word.Parts) == 0 {
		return
	}
	root := &syntax.DblQuoted{Parts: []syntax.WordPart{&syntax.ParamExp{Short: true, Param: &syntax.Lit{Value: "D2E_ROOT"}}}}
	first := word.Parts[0]
	if literal, ok := first.(*syntax.Lit); ok && strings.HasPrefix(literal.Value, "-") {
		// --prefix=/app
		if option, value, ok := strings.Cut(literal.Value, "="); ok && imagePath(value) {
			rest := append([]syntax.WordPart{&syntax.Lit{Value: option + "="}, root, &syntax.Lit{Value: value}}, word.Parts[1:]...)
			word.Parts = rest
		}
		return
	}
	if quoted, ok := first.(*syntax.DblQuoted); ok && len(quoted.Parts) > 0 {
		first = quoted.Parts[0]
	}
	if s.beginsPath(first) {
		word.Parts = append([]syntax.WordPart{root}, word.Parts...)
	}
}

// beginsPath tells whether a word that begins with part is an absolute path.
func (s *splitter) beginsPath(part syntax.WordPart) bool {
	switch part := part.(type) {
	case *syntax.Lit:
		return imagePath(part.Value)
	case *syntax.ParamExp:
		if part.Length || part.Exp != nil || part.Repl != nil || part.Slice != nil {
			return false
		}
		return slices.ContainsFunc(s.env, func(e model.EnvVar) bool { return e.Name == part.Param.Value && e.Name != "PATH" && imagePath(e.Value) })
	}
	return false
}

// concealValues puts variables in the place of their values where these are credentials: build.json holds none, and the
// build takes them from its environment.
func (s *splitter) concealValues(statement *syntax.Stmt) {
	syntax.Walk(statement, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.Word:
			node.Parts = s.concealParts(node.Parts, false)
		case *syntax.DblQuoted:
			node.Parts = s.concealParts(node.Parts, true)
		}
		return true
	})
}

func (s *splitter) concealParts(parts []syntax.WordPart, quoted bool) []syntax.WordPart {
	var out []syntax.WordPart
	for _, part := range parts {
		text, literal, single := "", func(text string) syntax.WordPart { return &syntax.Lit{Value: text} }, false
		switch part := part.(type) {
		case *syntax.Lit:
			text = part.Value
		case *syntax.SglQuoted:
			text, single = part.Value, true
			literal = func(text string) syntax.WordPart { return &syntax.SglQuoted{Value: text} }
		}
		before, name, after, found := s.credential(text)
		if !found {
			out = append(out, part)
			continue
		}
		var variable syntax.WordPart = &syntax.ParamExp{Param: &syntax.Lit{Value: name}}
		if single || !quoted {
			variable = &syntax.DblQuoted{Parts: []syntax.WordPart{variable}}
		}
		if before != "" {
			out = append(out, literal(before))
		}
		out = append(out, variable)
		if after != "" {
			out = append(out, s.concealParts([]syntax.WordPart{literal(after)}, quoted)...)
		}
	}
	return out
}

// credential finds the first value of a secret variable in a text.
func (s *splitter) credential(text string) (before, name, after string, found bool) {
	for _, e := range s.env {
		if e.Secret && len(e.Value) >= 4 {
			if before, after, found := strings.Cut(text, e.Value); found {
				return before, e.Name, after, true
			}
		}
	}
	return "", "", "", false
}

func imagePath(text string) bool {
	return strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") && !strings.HasPrefix(text, "/dev/") && !strings.HasPrefix(text, "/proc/")
}

func literals(call *syntax.CallExpr) []string {
	var words []string
	for _, word := range call.Args {
		words = append(words, word.Lit())
	}
	return words
}

// shellText prints a parsed statement on one line; heredocs keep their lines.
func shellText(node syntax.Node) string {
	var out strings.Builder
	if err := syntax.NewPrinter(syntax.SingleLine(true)).Print(&out, node); err != nil {
		return ""
	}
	return strings.TrimSpace(out.String())
}

func quoteAll(argv []string) string {
	var words []string
	for _, word := range argv {
		quoted, err := syntax.Quote(word, syntax.LangBash)
		if err != nil {
			quoted = "''"
		}
		words = append(words, quoted)
	}
	return strings.Join(words, " ")
}
