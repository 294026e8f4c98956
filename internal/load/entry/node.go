package entry

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/model"
)

// nodeValues are node's own options that take the next word as their value.
func nodeValues() []string {
	return []string{
		"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file",
		"--env-file-if-exists", "--title", "--icu-data-dir", "--dns-result-order", "--input-type", "--openssl-config",
		"--unhandled-rejections", "--disable-warning", "--watch-path", "--stack-trace-limit", "--max-old-space-size",
		"--max-http-header-size", "--diagnostic-dir", "--redirect-warnings", "--trace-event-categories", "--inspect-port",
		"--cpu-prof-dir", "-e", "--eval", "-p", "--print", "-pe", "--run",
	}
}

// runnerValues are the options with a value of programs that run a module in Node's place.
func runnerValues(name string) ([]string, bool) {
	switch name {
	case "ts-node", "ts-node-esm", "ts-node-script", "ts-node-transpile-only", "ts-node-cwd":
		return []string{"-r", "--require", "-P", "--project", "-O", "--compiler-options", "-I", "--ignore", "-C", "--compiler",
			"--cwd", "--dir", "-D", "--ignore-diagnostics", "-e", "--eval", "-p", "--print", "--loader"}, true
	case "ts-node-dev", "tsnd":
		return []string{"-r", "--require", "-P", "--project", "-O", "--compiler-options", "--ignore-watch", "--watch", "--interval",
			"--debounce", "--exec-args", "--ignore", "-C", "--compiler", "--dir"}, true
	case "tsx", "esno", "esr", "jiti", "sucrase-node", "esbuild-node", "esbuild-runner":
		return []string{"-r", "--require", "--import", "--loader", "--tsconfig", "--env-file", "--include", "--exclude", "--ignore", "-e", "--eval"}, true
	case "babel-node", "babel-watch":
		return []string{"-x", "--extensions", "--presets", "--plugins", "--config-file", "-r", "--require", "-e", "--eval", "--only",
			"--ignore", "--root-mode", "--env-name", "-w", "--watch", "-b"}, true
	case "swc-node", "node-dev", "vite-node", "coffee", "forever", "supervisor", "always", "esmo", "nodejs":
		return []string{"-r", "--require", "-w", "--watch", "-e", "--extensions", "-i", "--ignore", "-c", "--config", "--root", "-l", "-o",
			"-a", "--uid", "--minUptime", "--spinSleepTime", "--sourceDir", "--workingDir", "--options"}, true
	}
	return nil, false
}

// nodeProgram follows `node app.js` and the programs that stand in for node.
func (f *follower) nodeProgram(c command) (found, bool) {
	name := c.name()
	switch name {
	case "node", "nodejs":
		return f.node(c), true
	case "docker-entrypoint.sh":
		return f.imageEntrypoint(c), true
	case "nodemon":
		return f.nodemon(c), true
	case "bun":
		return f.bun(c)
	case "deno":
		return runs(c, "deno", "the program runs on Deno, which is not followed"), true
	}
	withValue, ok := runnerValues(name)
	if !ok {
		return found{}, false
	}
	args := c.args()
	if len(args) > 0 && (args[0] == "watch" && name == "tsx" || args[0] == "start" && name == "forever") {
		args = args[1:]
	}
	flags, rest := options(args, withValue...)
	if text := value(flags, "-e", "--eval", "-p", "--print"); text != "" && name != "supervisor" {
		return f.inlineProgram(c), true
	}
	if len(rest) == 0 {
		return lost(c, "%s is started without a module", name), true
	}
	if dir := value(flags, "--sourceDir", "--workingDir", "--cwd", "--dir"); dir != "" {
		c.dir = absolute(c.dir, dir)
	}
	return f.module(c, rest[0], rest[1:], nil, preloads(flags)).by(name), true
}

// imageEntrypoint does what the script of the official image does: what is no program becomes node's arguments.
func (f *follower) imageEntrypoint(c command) found {
	args := c.args()
	runtime := "node"
	if strings.HasPrefix(Repository(f.base()), "oven/bun") {
		runtime = "bun"
	}
	if len(args) == 0 {
		return lost(c, "the image's entrypoint is started without a command")
	}
	_, onPath := f.executable(c.with(args[0]))
	if strings.HasPrefix(args[0], "-") || isModuleName(args[0]) && (!onPath || !strings.Contains(args[0], "/")) {
		return f.follow(c.with(append([]string{runtime}, args...)...))
	}
	return f.follow(c.with(args...))
}

func preloads(flags []flag) []string {
	return values(flags, "-r", "--require", "--import", "--loader", "--experimental-loader")
}

// node follows `node [options] module [arguments]`.
func (f *follower) node(c command) found {
	args := c.args()
	flags, rest := options(args, nodeValues()...)
	if script := value(flags, "--run"); script != "" {
		return f.packageScript(c, c.dir, script, rest).launched(c, "node --run")
	}
	if has(flags, "-e", "--eval", "-p", "--print", "-pe") {
		return f.inlineProgram(c)
	}
	if has(flags, "-v", "--version", "-h", "--help") {
		return prepared(c, "setup")
	}
	if len(rest) == 0 || rest[0] == "-" {
		return lost(c, "node is started without a module: it would wait for a program on its standard input")
	}
	own := slices.Clone(args[:len(args)-len(rest)])
	if rest[0] == "inspect" && len(rest) > 1 {
		rest = rest[1:]
	}
	if dir, ok := f.dependencyBin(c.dir, rest[0]); ok {
		// node ./node_modules/.bin/x, node --inspect node_modules/x/bin/x.js: the package's own program.
		return f.follow(c.with(append([]string{dir}, rest[1:]...)...)).through(c, "launcher")
	}
	result := f.module(c, rest[0], rest[1:], own, preloads(flags))
	if has(flags, "--watch") {
		result.Launchers = append([]string{"node --watch"}, result.Launchers...)
	}
	return result
}

// dependencyBin recognises a module inside node_modules as the program of a package, by its usual command name.
func (f *follower) dependencyBin(dir, module string) (name string, ok bool) {
	_, inside, ok := strings.Cut("/"+module, "/node_modules/")
	if !ok || f.files.IsFile(absolute(dir, module)) {
		return "", false
	}
	if bin, ok := strings.CutPrefix(inside, ".bin/"); ok {
		return bin, true
	}
	switch pkg, _ := nodepkg.SplitSpecifier(inside); pkg {
	case "@nestjs/cli":
		return "nest", true
	case "typescript":
		return "tsc", true
	case "@angular/cli":
		return "ng", true
	case "@vue/cli-service":
		return "vue-cli-service", true
	default:
		return path.Base(pkg), true
	}
}

// inlineProgram is `node -e text`: the program stands on the command line.
func (f *follower) inlineProgram(c command) found {
	result := runs(c, "node", "the program is text on the command line, which is not followed")
	result.role = setup
	result.kind = "setup"
	return result
}

// nodemonOptions splits nodemon's own options from what it passes on: the script, or options of the program behind --exec.
func nodemonOptions(args []string) (own []flag, rest []string) {
	withValue := []string{"-w", "--watch", "-e", "--ext", "-i", "--ignore", "-d", "--delay", "-x", "--exec", "--signal", "-s", "--config", "--cwd"}
	alone := []string{"-q", "--quiet", "-V", "--verbose", "-L", "--legacy-watch", "-I", "--no-stdin", "-C", "--on-change-only", "--dump", "--spawn",
		"--no-colors", "--polling-interval", "--no-update-notifier"}
	for len(args) > 0 {
		name, _, _ := strings.Cut(args[0], "=")
		switch {
		case args[0] == "--":
			return own, args[1:]
		case slices.Contains(withValue, name), slices.Contains(alone, name):
			flags, left := options(args[:min(2, len(args))], withValue...)
			own = append(own, flags[0])
			taken := min(2, len(args)) - len(left)
			if len(flags) > 1 {
				taken = 1
			}
			args = args[taken:]
		default:
			return own, args
		}
	}
	return own, nil
}

// nodemon follows its --exec, its configuration and its script.
func (f *follower) nodemon(c command) found {
	flags, rest := nodemonOptions(c.args())
	exec := value(flags, "-x", "--exec")
	config := f.nodemonConfig(c.dir, value(flags, "--config"))
	if exec == "" && len(rest) == 0 {
		exec = config.Get("exec").Text()
	}
	if exec == "" && len(rest) > 0 {
		exec = config.Get("execMap", strings.TrimPrefix(path.Ext(rest[0]), ".")).Text()
		if exec == "" {
			exec = config.Get("exec").Text()
		}
	}
	if len(rest) == 0 && config.Get("script").IsString() {
		rest = []string{config.Get("script").Text()}
		c = c.at(config.Get("script").Span())
	}
	if exec != "" {
		if config.Exists() && value(flags, "-x", "--exec") == "" {
			c = c.at(config.Get("exec").Span())
		}
		return f.shellText(c, strings.TrimSpace(exec+" "+Quote(rest))).launched(c, "nodemon")
	}
	if len(rest) == 0 {
		rest = []string{"."}
	}
	runner := "node"
	if slices.ContainsFunc(rest, func(word string) bool {
		return slices.Contains([]string{".ts", ".tsx", ".mts", ".cts"}, path.Ext(word))
	}) {
		runner = "ts-node"
	}
	return f.follow(c.with(append([]string{runner}, rest...)...)).launched(c, "nodemon")
}

// nodemonConfig is nodemon.json, or nodemonConfig of package.json.
func (f *follower) nodemonConfig(dir, named string) nodepkg.JSON {
	name := named
	if name == "" {
		name = "nodemon.json"
	}
	if config := f.readJSON(absolute(dir, name)); config.Exists() {
		return config
	}
	if manifest := f.manifest(dir); manifest != nil {
		return manifest.Root.Get("nodemonConfig")
	}
	return nodepkg.JSON{}
}

// readJSON reads a JSON file of the container; its spans name the source file.
func (f *follower) readJSON(name string) nodepkg.JSON {
	file, ok := f.files.Lookup(name)
	if !ok {
		return nodepkg.JSON{}
	}
	text, err := f.files.Read(name)
	if err != nil {
		return nodepkg.JSON{}
	}
	root, err := nodepkg.ParseJSON(file.Source, text)
	if err != nil {
		return nodepkg.JSON{}
	}
	return root
}

// bun follows `bun app.ts`, `bun run script` and `bun start`.
func (f *follower) bun(c command) (found, bool) {
	flags, rest := options(c.args(), "-r", "--preload", "--env-file", "--cwd", "--filter", "-F", "-c", "--config", "--tsconfig-override", "--port")
	if dir := value(flags, "--cwd"); dir != "" {
		c.dir = absolute(c.dir, dir)
	}
	if len(rest) > 0 && isModuleName(rest[0]) {
		return f.module(c, rest[0], rest[1:], nil, values(flags, "-r", "--preload")).by("bun"), true
	}
	if len(rest) > 1 && rest[0] == "run" {
		inner, operands := options(rest[1:], "--env-file", "--cwd", "-c", "--config")
		if len(operands) > 0 && (isModuleName(operands[0]) || f.files.IsFile(absolute(c.dir, operands[0]))) {
			return f.module(c, operands[0], operands[1:], nil, values(inner, "-r", "--preload")).by("bun"), true
		}
	}
	return found{}, false
}

// module is a Node program whose entry module is word, as node resolves it from the working directory.
func (f *follower) module(c command, word string, args, own, preload []string) found {
	result := found{role: program, argv: c.argv, Entry: model.Entry{
		Kind: "node", Trail: []model.TrailStep{step(c, "program")}, ModuleSpan: f.locate(c, word),
		NodeArgs: own, Preload: preload, Args: slices.Clone(args), Workdir: c.dir, Env: c.set,
	}}
	target := f.resolve(c.dir, word)
	result.ImageModule, result.Module, result.Built = target.image, target.source, target.built
	result.Problem = target.problem
	if target.framework {
		result.Kind = "framework"
	}
	return result
}
