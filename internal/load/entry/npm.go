package entry

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// manifest is the package.json in force for a directory of the container.
func (f *follower) manifest(dir string) *nodepkg.Manifest { return f.packages.Nearest(dir) }

// fromSource gives a span of a container's file the name of the file behind it.
func (f *follower) fromSource(span source.Span) source.Span {
	if file, ok := f.files.Lookup(span.File); ok {
		span.File = file.Source
	}
	return span
}

// managerValues are options of package managers with a value.
func managerValues() []string {
	return []string{
		"--prefix", "-C", "--dir", "--cwd", "-w", "--workspace", "--filter", "-F", "--loglevel", "--userconfig", "--registry",
		"--cache", "-p", "--package", "-c", "--call", "--env", "--mutex", "--network-timeout", "--use-yarnrc",
	}
}

// packageManager follows npm, yarn, pnpm, bun and npx.
func (f *follower) packageManager(c command) (found, bool) {
	name := c.name()
	switch name {
	case "npm", "yarn", "pnpm", "bun", "cnpm", "yarnpkg":
		return f.manage(c, name), true
	case "npx", "pnpx", "bunx", "yarn-dlx":
		return f.runBin(c, name, c.args()), true
	case "corepack":
		if len(c.args()) > 0 && c.args()[0] != "enable" && c.args()[0] != "prepare" {
			return f.follow(c.with(c.args()...)).through(c, "launcher"), true
		}
		return prepared(c, "setup"), true
	}
	return found{}, false
}

// manage follows one command of a package manager.
func (f *follower) manage(c command, name string) found {
	flags, rest := options(c.args(), managerValues()...)
	if len(rest) == 0 {
		return prepared(c, "setup")
	}
	verb, rest := rest[0], rest[1:]
	dir := c.dir
	if prefix := value(flags, "--prefix", "-C", "--dir", "--cwd"); prefix != "" {
		dir = absolute(dir, prefix)
	}
	if verb == "workspace" && name == "yarn" && len(rest) > 1 {
		return f.manage(f.inWorkspace(c, dir, rest[0]).with(append([]string{name}, rest[1:]...)...), name).through(c, "launcher")
	}
	if verb == "workspaces" && len(rest) > 1 && rest[0] == "foreach" || name == "yarn" && verb == "workspaces" {
		return lost(c, "%s starts a script in several workspaces at once", Quote(c.argv))
	}
	if slices.Contains([]string{"exec", "x", "dlx"}, verb) {
		c.dir = dir
		return f.runBin(c, name, rest)
	}
	script := verb
	switch verb {
	case "run", "run-script", "rum", "urn":
		more, words := options(rest, managerValues()...)
		flags, rest = append(flags, more...), words
		if len(rest) == 0 {
			return prepared(c, "setup")
		}
		script, rest = rest[0], rest[1:]
	case "start", "test", "stop", "restart":
	case "t":
		script = "test"
	default:
		_, isScript := f.manifest(dir).Script(verb)
		switch {
		case isScript && name != "npm":
		case name == "yarn" || name == "bun" || name == "pnpm":
			if !isManagerVerb(verb) {
				return f.runBin(c, name, append([]string{verb}, rest...))
			}
			return prepared(c, "setup")
		default:
			return prepared(c, "setup")
		}
	}
	return f.managedScript(c, name, dir, script, flags, rest)
}

// managedScript runs a package script, in the workspace that the options name.
func (f *follower) managedScript(c command, name, dir, script string, flags []flag, args []string) found {
	// Options may also follow the script's name; npm passes on only what stands behind "--".
	if name == "npm" || name == "cnpm" {
		own, passed := args, []string(nil)
		if i := slices.Index(args, "--"); i >= 0 {
			own, passed = args[:i], args[i+1:]
		}
		more, operands := scattered(own, managerValues()...)
		flags = append(flags, more...)
		args = append(operands, passed...)
	} else if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if prefix := value(flags, "--prefix"); prefix != "" {
		dir = absolute(c.dir, prefix)
	}
	c.dir = dir
	if workspace := value(flags, "-w", "--workspace", "--filter", "-F"); workspace != "" {
		c = f.inWorkspace(c, dir, workspace)
	}
	return f.packageScript(c, c.dir, script, args).through(c, "launcher")
}

func isManagerVerb(verb string) bool {
	return slices.Contains([]string{
		"install", "i", "ci", "add", "remove", "upgrade", "up", "update", "link", "cache", "config", "set", "prune", "rebuild", "audit",
		"dedupe", "fetch", "import", "pm", "init", "create", "deploy", "store", "approve-builds", "clean-install", "publish", "pack", "why",
	}, verb)
}

// inWorkspace moves a command to the directory of a workspace, named by its package's name, its folder or a filter.
func (f *follower) inWorkspace(c command, dir, name string) command {
	name = strings.TrimSuffix(strings.TrimSuffix(strings.Trim(name, "{}"), "..."), "^")
	root := f.packages.WorkspaceRoot(dir)
	if direct := absolute(dir, name); f.packages.Manifest(direct) != nil {
		c.dir = direct
		return c
	}
	for _, member := range f.packages.Members(root) {
		if member.Name == name || path.Base(member.Dir) == name || path.Base(member.Name) == name {
			c.dir = member.Dir
			return c
		}
	}
	return c
}

// packageScript follows a script of package.json with its pre and post scripts.
func (f *follower) packageScript(c command, dir, name string, args []string) found {
	manifest := f.manifest(dir)
	if manifest == nil {
		for _, at := range nodepkg.Ancestors(dir) {
			file := path.Join(at, "package.json")
			if text, err := f.files.Read(file); err == nil {
				_, err := nodepkg.ParseJSON(file, text)
				return lost(c, "%s cannot be read: %v", f.sourceName(file), err)
			}
		}
		return lost(c, "no package.json is among the files that the image gets from the repository for %s%s", dir, f.notBuilt())
	}
	script, ok := manifest.Script(name)
	if !ok {
		if name == "start" && f.files.IsFile(path.Join(manifest.Dir, "server.js")) {
			// npm's own default.
			c.dir = manifest.Dir
			return f.follow(c.with("node", "server.js"))
		}
		return lost(c, "%s has no script %q", f.sourceName(manifest.File), name)
	}
	c.dir = manifest.Dir
	c.env = maps.Clone(c.env)
	c.env["npm_lifecycle_event"] = name
	result := f.script(c, script, args)
	if before, ok := manifest.Script("pre" + name); ok {
		early := f.script(c, before, nil)
		kind := early.kind
		if early.role != setup {
			kind = "setup"
		}
		if kind == "setup" && migrates.MatchString(before.Text) {
			kind = "migration"
		}
		own := step(c.with(before.Text).at(f.fromSource(before.Span)), kind)
		own.Text = before.Text
		result.Before = append([]model.TrailStep{own}, result.Before...)
	}
	return result
}

// script follows the text of one package script with arguments added, as package managers do.
func (f *follower) script(c command, script nodepkg.Script, args []string) found {
	place := f.fromSource(script.Span)
	text := script.Text
	if len(args) > 0 {
		text += " " + Quote(args)
	}
	inner := c.with(c.argv...).at(place)
	result := f.shellText(inner, text)
	own := step(inner, "package-script")
	own.Text = script.Text
	result.Trail = append([]model.TrailStep{own}, result.Trail...)
	return result
}

// sourceName is the name of a container's file in the repository.
func (f *follower) sourceName(name string) string {
	if file, ok := f.files.Lookup(name); ok {
		return file.Source
	}
	return name
}

// runBin follows `npx program`: a command of a dependency.
func (f *follower) runBin(c command, name string, args []string) found {
	flags, rest := options(args, managerValues()...)
	if text := value(flags, "-c", "--call"); text != "" {
		return f.shellText(c, text).through(c, "launcher")
	}
	if workspace := value(flags, "-w", "--workspace", "--filter"); workspace != "" {
		c = f.inWorkspace(c, c.dir, workspace)
	}
	if len(rest) == 0 {
		return prepared(c, "setup")
	}
	// A version may be given: npx serve@14.
	if i := strings.LastIndex(rest[0], "@"); i > 0 {
		rest = append([]string{rest[0][:i]}, rest[1:]...)
	}
	return f.follow(c.with(rest...)).through(c, "launcher")
}
