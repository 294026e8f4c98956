package entry

import (
	"bufio"
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/processfile"
	"github.com/dock2edge/dock2edge/internal/source"
)

// processManager follows programs that start several others.
func (f *follower) processManager(c command) (found, bool) {
	switch c.name() {
	case "pm2", "pm2-runtime", "pm2-docker", "pm2-dev":
		return f.pm2(c), true
	case "supervisord":
		return f.supervisord(c), true
	case "init", "s6-svscan", "runsvdir", "my_init", "runsvdir-start":
		return f.serviceFolders(c)
	case "foreman", "honcho", "goreman", "overmind", "hivemind", "forego", "nf", "shoreman", "strongloop", "slc":
		return f.procfile(c), true
	case "concurrently", "conc":
		return f.concurrently(c), true
	case "run-p", "run-s", "npm-run-all", "npm-run-all2":
		return f.runAll(c), true
	case "run-script-os":
		for _, system := range []string{"linux", "nix", "default"} {
			name := c.env["npm_lifecycle_event"] + ":" + system
			if _, ok := f.manifest(c.dir).Script(name); ok {
				return f.packageScript(c, c.dir, name, c.args()).launched(c, c.name()), true
			}
		}
		return found{}, false
	case "turbo", "nx", "lerna", "wsrun", "moon", "lage", "rush":
		return f.taskRunner(c), true
	}
	return found{}, false
}

// together is several commands started beside each other: the first program is the entry, the rest are its Others. With
// inOrder they run one after the other, like the lines of a script.
func (f *follower) together(c command, commands []command, inOrder bool) found {
	var leaves []leaf
	for _, inner := range commands {
		l := leaf{command: inner, found: f.follow(inner)}
		l.started.Background = !inOrder
		leaves = append(leaves, l)
	}
	return pick(c, leaves)
}

// text is a command that a shell would read, as one to follow.
func (f *follower) text(c command, text string, place source.Span) command {
	inner := c.with("sh", "-c", text)
	if !place.IsZero() {
		inner = inner.at(place)
	}
	return inner
}

// concurrently follows `concurrently "a" "b"`, npm:name shorthands included.
func (f *follower) concurrently(c command) found {
	flags, operands := scattered(c.args(), "-n", "--names", "-c", "--prefix-colors", "-p", "--prefix", "-s", "--success", "--max-processes", "-m",
		"--kill-others-on-fail-with", "--restart-tries", "--restart-after", "--default-input-target", "-l", "--prefix-length", "-t", "--timestamp-format", "--name-separator")
	names := strings.Split(value(flags, "-n", "--names"), ",")
	var commands []command
	add := func(inner command) {
		if len(commands) < len(names) && names[len(commands)] != "" {
			inner.label = names[len(commands)]
		}
		commands = append(commands, inner)
	}
	for _, text := range operands {
		for _, manager := range []string{"npm", "yarn", "pnpm", "bun"} {
			if script, ok := strings.CutPrefix(text, manager+":"); ok {
				for _, name := range f.scriptsNamed(c.dir, script) {
					words := strings.Fields(name)
					inner := c.with(append([]string{manager, "run"}, words...)...)
					inner.label = words[0]
					add(inner)
				}
				text = ""
			}
		}
		if text != "" {
			add(f.text(c, text, f.locate(c, text)))
		}
	}
	return f.together(c, commands, false).launched(c, "concurrently")
}

// scriptsNamed are the package scripts that a pattern of npm-run-all names.
func (f *follower) scriptsNamed(dir, pattern string) []string {
	name, args, _ := strings.Cut(pattern, " ")
	if !strings.Contains(name, "*") {
		return []string{pattern}
	}
	var names []string
	manifest := f.manifest(dir)
	if manifest == nil {
		return nil
	}
	for _, script := range manifest.Scripts {
		// ":" parts names as "/" parts paths.
		matched, err := path.Match(strings.ReplaceAll(name, ":", "/"), strings.ReplaceAll(script.Name, ":", "/"))
		if strings.HasSuffix(name, "**") {
			matched = strings.HasPrefix(script.Name, strings.TrimSuffix(name, "**"))
		}
		if err == nil && matched {
			names = append(names, strings.TrimSpace(script.Name+" "+args))
		}
	}
	return names
}

// runAll follows npm-run-all and its short forms.
func (f *follower) runAll(c command) found {
	parallel := c.name() == "run-p"
	var commands []command
	for _, word := range c.args() {
		switch word {
		case "-p", "--parallel":
			parallel = true
			continue
		case "-s", "--sequential", "--serial":
			continue
		}
		if strings.HasPrefix(word, "-") {
			continue
		}
		for _, name := range f.scriptsNamed(c.dir, word) {
			words := strings.Fields(name)
			inner := c.with(append([]string{"npm", "run"}, words...)...)
			inner.label = words[0]
			commands = append(commands, inner)
		}
	}
	return f.together(c, commands, !parallel).launched(c, c.name())
}

// taskRunner follows `turbo run start --filter=api` and its kind to the package scripts of the workspace.
func (f *follower) taskRunner(c command) found {
	flags, operands := scattered(c.args(), "--filter", "-F", "--scope", "--project", "-p", "--target", "-t", "--concurrency", "--configuration", "-c")
	task, names := "", values(flags, "--filter", "-F", "--scope", "--project", "-p")
	for _, operand := range operands {
		switch {
		case operand == "run" || operand == "exec" || operand == "run-many":
		case task == "":
			task = operand
		default:
			names = append(names, operand)
		}
	}
	if before, after, ok := strings.Cut(task, ":"); ok && c.name() == "nx" {
		names, task = append(names, before), strings.Split(after, ":")[0]
	}
	root := f.packages.WorkspaceRoot(c.dir)
	var commands []command
	for _, member := range f.packages.Members(root) {
		wanted := len(names) == 0 && member.Dir != root
		for _, name := range names {
			name = strings.Trim(strings.TrimSuffix(strings.TrimPrefix(name, "./"), "..."), "{}")
			wanted = wanted || member.Name == name || path.Base(member.Dir) == name || member.Dir == path.Join(root, name)
		}
		if _, ok := member.Script(task); ok && wanted {
			inner := c.with("npm", "run", task)
			inner.dir, inner.label = member.Dir, member.Name
			commands = append(commands, inner)
		}
	}
	if len(commands) == 0 {
		return lost(c, "no package of the workspace has a script %q for %s", task, Quote(c.argv))
	}
	return f.together(c, commands, false).launched(c, c.name())
}

// pm2 follows a script or an ecosystem file.
func (f *follower) pm2(c command) found {
	flags, operands := scattered(c.args(), "-n", "--name", "-i", "--instances", "--env", "--only", "--interpreter", "--node-args", "-o", "--output",
		"-e", "--error", "-l", "--log", "--max-memory-restart", "--cwd", "--raw-args", "--watch-delay", "--exp-backoff-restart-delay", "--max-restarts", "-u", "--user", "--secret", "--public", "--machine-name", "--port", "-p", "-c", "--cron")
	if len(operands) > 0 && slices.Contains([]string{"start", "startOrRestart", "reload", "restart", "startOrReload"}, operands[0]) {
		operands = operands[1:]
	} else if len(operands) > 0 && slices.Contains([]string{"install", "logs", "delete", "stop", "kill", "save", "link", "set", "flush", "update", "ls", "list", "monit", "startup", "plus", "install"}, operands[0]) {
		return prepared(c, "setup")
	}
	if len(operands) == 0 {
		operands = []string{"ecosystem.config.js"}
	}
	word := operands[0]
	var result found
	switch ext := path.Ext(word); {
	case strings.HasSuffix(word, ".config.js") || strings.HasSuffix(word, ".config.cjs") || strings.HasSuffix(word, ".config.mjs") ||
		ext == ".json" || ext == ".yml" || ext == ".yaml" || f.isEcosystem(absolute(c.dir, word)):
		result = f.ecosystem(c, word, flags)
	case word == "npm" || word == "yarn" || word == "pnpm":
		args, _ := afterDashes(c.args())
		result = f.follow(c.with(append([]string{word}, args...)...))
	default:
		args, _ := afterDashes(c.args())
		own := strings.Fields(value(flags, "--node-args"))
		if interpreter := value(flags, "--interpreter"); interpreter != "" && interpreter != "node" {
			result = f.follow(c.with(slices.Concat([]string{interpreter, word}, args)...))
		} else {
			result = f.module(c, word, args, own, nil)
		}
	}
	result = result.launched(c, c.name())
	if c.name() == "pm2" && !has(flags, "--no-daemon", "--attach") {
		result.daemon = true
	}
	return result
}

// isEcosystem tells of modules that list apps.
func (f *follower) isEcosystem(name string) bool {
	if !strings.Contains(path.Base(name), "ecosystem") && !strings.Contains(path.Base(name), "pm2") && !strings.Contains(path.Base(name), "process") {
		return false
	}
	text, err := f.files.Read(name)
	return err == nil && bytes.Contains(text, []byte("apps"))
}

// ecosystem follows the apps of an ecosystem file.
func (f *follower) ecosystem(c command, word string, flags []flag) found {
	name := absolute(c.dir, word)
	file, ok := f.files.Lookup(name)
	if !ok {
		return lost(c, "pm2 reads %s, which is not among the files that the image gets from the repository", name)
	}
	text, err := f.files.Read(name)
	if err != nil {
		return lost(c, "pm2 reads %s: %v", name, err)
	}
	apps, problem := processfile.Ecosystem(file.Source, text)
	if problem != "" {
		return lost(c, "pm2 reads %s: %s", file.Source, problem)
	}
	only := strings.Split(value(flags, "--only"), ",")
	var commands []command
	for _, app := range apps {
		app.Script = strings.ReplaceAll(app.Script, processfile.Dirname, path.Dir(name))
		if only[0] != "" && !slices.Contains(only, app.Name) {
			continue
		}
		inner := c.with(slices.Concat(appCommand(app), app.Args)...).at(app.Span)
		inner.label = app.Name
		if app.Cwd != "" {
			inner.dir = absolute(c.dir, strings.ReplaceAll(app.Cwd, processfile.Dirname, path.Dir(name)))
		}
		commands = append(commands, inner.setting(app.Env, app.Span))
	}
	if len(commands) == 0 {
		return lost(c, "%s names no app", file.Source)
	}
	return f.together(c, commands, false)
}

// appCommand is the command that pm2 starts for an app.
func appCommand(app processfile.App) []string {
	words := strings.Fields(app.Script)
	if app.Interpreter != "" && app.Interpreter != "node" && app.Interpreter != "none" {
		return append([]string{app.Interpreter}, words...)
	}
	if len(words) == 0 || !isModuleName(words[0]) && (!strings.Contains(words[0], "/") || path.Ext(words[0]) != "" || strings.Contains(words[0], "node_modules")) {
		return words
	}
	return slices.Concat([]string{"node"}, app.NodeArgs, words)
}

// supervisord follows the programs of its configuration.
func (f *follower) supervisord(c command) found {
	flags, _ := scattered(c.args(), "-c", "--configuration", "-u", "-d", "-l", "-e", "-j")
	candidates := []string{value(flags, "-c", "--configuration")}
	if candidates[0] == "" {
		candidates = []string{"/etc/supervisord.conf", "/etc/supervisor/supervisord.conf", "supervisord.conf", "etc/supervisord.conf"}
	}
	var commands []command
	for _, candidate := range candidates {
		commands = append(commands, f.supervisorFile(c, absolute(c.dir, candidate), 0)...)
	}
	if len(commands) == 0 && !slices.ContainsFunc(candidates, func(name string) bool { return f.files.IsFile(absolute(c.dir, name)) }) {
		// The distribution's own file includes these.
		for _, dir := range []string{"/etc/supervisor/conf.d", "/etc/supervisor.d"} {
			for _, name := range f.files.List(dir) {
				commands = append(commands, f.supervisorFile(c, path.Join(dir, name), 0)...)
			}
		}
	}
	if len(commands) == 0 {
		return lost(c, "supervisord's programs are not in the repository (looked for %s)", strings.Join(candidates, ", "))
	}
	return f.together(c, commands, false).launched(c, "supervisord")
}

// maxIncludes bounds how many supervisor files include each other.
const maxIncludes = 4

func (f *follower) supervisorFile(c command, name string, depth int) []command {
	text, err := f.files.Read(name)
	if err != nil || depth > maxIncludes {
		return nil
	}
	file, _ := f.files.Lookup(name)
	var commands []command
	for _, section := range processfile.INI(file.Source, text) {
		if section.Name == "include" {
			for _, glob := range strings.Fields(section.Value("files")) {
				glob = absolute(path.Dir(name), glob)
				for _, entry := range f.files.List(path.Dir(glob)) {
					if matched, err := path.Match(path.Base(glob), entry); err == nil && matched {
						commands = append(commands, f.supervisorFile(c, path.Join(path.Dir(glob), entry), depth+1)...)
					}
				}
			}
		}
		if !strings.HasPrefix(section.Name, "program:") || section.Value("command") == "" || section.Value("autostart") == "false" {
			continue
		}
		inner := f.text(c, section.Value("command"), section.Span("command"))
		inner.label = strings.TrimPrefix(section.Name, "program:")
		if dir := section.Value("directory"); dir != "" {
			inner.dir = absolute(c.dir, dir)
		}
		commands = append(commands, inner)
	}
	return commands
}

// serviceFolders follows s6 and runit: every folder of services holds a script named run.
func (f *follower) serviceFolders(c command) (found, bool) {
	var commands []command
	for _, dir := range append(slices.Clone(c.args()), "/etc/services.d", "/etc/s6-overlay/s6-rc.d", "/etc/service", "/service", "/etc/s6") {
		if !path.IsAbs(dir) {
			continue
		}
		for _, name := range f.files.List(dir) {
			if run := path.Join(dir, name, "run"); f.files.IsFile(run) {
				inner := c.with(run)
				inner.label = name
				commands = append(commands, inner)
			}
		}
		if len(commands) > 0 {
			break
		}
	}
	if len(commands) == 0 {
		if args := c.args(); len(args) > 0 && c.name() == "init" {
			// The init of s6-overlay also runs a command of its own.
			return f.follow(c.with(args...)).launched(c, c.name()), true
		}
		return found{}, false
	}
	return f.together(c, commands, false).launched(c, c.name()), true
}

// procfile follows the lines of a Procfile.
func (f *follower) procfile(c command) found {
	flags, operands := scattered(c.args(), "-f", "--procfile", "-e", "--env", "-p", "--port", "-m", "--formation", "-d", "-r")
	if len(operands) > 0 && operands[0] == "run" && len(operands) > 1 {
		return f.follow(c.with(operands[1:]...)).launched(c, c.name())
	}
	name := value(flags, "-f", "--procfile")
	if name == "" {
		name = "Procfile"
	}
	name = absolute(c.dir, name)
	text, err := f.files.Read(name)
	if err != nil {
		return lost(c, "%s reads %s, which is not among the files that the image gets from the repository", c.name(), name)
	}
	file, _ := f.files.Lookup(name)
	wanted := operands
	if len(wanted) > 0 && wanted[0] == "start" {
		wanted = wanted[1:]
	}
	var commands []command
	scanner := bufio.NewScanner(bytes.NewReader(text))
	for line := 1; scanner.Scan(); line++ {
		process, command, ok := strings.Cut(scanner.Text(), ":")
		if !ok || strings.HasPrefix(strings.TrimSpace(process), "#") || len(wanted) > 0 && !slices.Contains(wanted, process) {
			continue
		}
		column := len(scanner.Text()) - len(strings.TrimLeft(command, " \t")) + 1
		place := source.Span{File: file.Source, Start: source.Position{Line: line, Column: column}, End: source.Position{Line: line, Column: len(scanner.Text()) + 1}}
		inner := f.text(c, strings.TrimSpace(command), place)
		inner.label = process
		commands = append(commands, inner)
	}
	if len(commands) == 0 {
		return lost(c, "%s names no process", file.Source)
	}
	return f.together(c, commands, false).launched(c, c.name())
}
