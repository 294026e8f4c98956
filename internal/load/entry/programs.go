package entry

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// follow returns what a command leads to.
func (f *follower) follow(c command) found {
	if len(c.argv) == 0 {
		return f.nothing(c)
	}
	if c.argv[0] == "" {
		return lost(c, "the command begins with an empty word: %s", Quote(c.argv))
	}
	c, again := c.entered()
	if again {
		return lost(c, "%s starts itself again and again", Quote(c.argv))
	}
	if result, ok := f.wrapper(c); ok {
		return result
	}
	if result, ok := f.ownFile(c); ok {
		return result
	}
	for _, handler := range []func(command) (found, bool){
		f.shellProgram, f.nodeProgram, f.packageManager, f.processManager, f.framework, f.server, f.preparation, f.language, f.workspaceBin,
	} {
		if result, ok := handler(c); ok {
			return result
		}
	}
	return f.foreign(c)
}

// foreign is a program that nobody knows: one that the image's build compiles, or one that its base image holds.
func (f *follower) foreign(c command) found {
	if strings.HasPrefix(c.argv[0], "-") {
		return lost(c, "what the image %q runs with the arguments %s is not known here", f.base(), Quote(c.argv))
	}
	if image := f.service.Image; image != nil {
		for _, language := range []struct{ kind, title, command string }{
			{"rust", "Rust", "cargo build"}, {"rust", "Rust", "cargo install"}, {"go", "Go", "go build"}, {"go", "Go", "go install"},
			{"dotnet", ".NET", "dotnet publish"}, {"elixir", "Elixir", "mix release"}, {"java", "Java", "native-image"},
			{"binary", "Swift", "swift build"}, {"binary", "Zig", "zig build"}, {"binary", "Haskell", "stack build"},
			{"binary", "C or C++", "cmake"}, {"binary", "C or C++", "make"},
		} {
			if (language.kind == "binary" && !strings.Contains(c.argv[0], "/")) || path.Ext(c.argv[0]) == ".sh" {
				continue
			}
			if slices.ContainsFunc(image.Stages, func(stage *model.Stage) bool { return stageRuns(stage, language.command) }) {
				return runs(c, language.kind, fmt.Sprintf("%s is compiled from %s (%s); only Node programs are followed", Quote(c.argv[:1]), language.title, language.command))
			}
		}
	}
	if f.installedGlobally(c.name()) {
		return runs(c, "node", fmt.Sprintf("%s is a program of a package that the image installs, not of the repository", c.name()))
	}
	return lost(c, "%s is a program that is not in the repository and not known here", Quote(c.argv[:1]))
}

// installedGlobally tells of programs that `npm install -g` brings.
func (f *follower) installedGlobally(name string) bool {
	global := regexp.MustCompile(`\b(npm|pnpm|yarn|bun)\b[^\n;&|]*\s(-g|--global|global)\b[^\n;&|]*[\s/]` + regexp.QuoteMeta(name) + `(@|\s|$)`)
	return f.imageRuns(global.MatchString)
}

// stageRuns tells whether a stage runs a command, given by its first words.
func stageRuns(stage *model.Stage, command string) bool {
	starts := regexp.MustCompile(`(^|[\s;&|/])` + regexp.QuoteMeta(command) + `(\s|$)`)
	return slices.ContainsFunc(stage.Instructions, func(in model.Instruction) bool {
		return in.Op == "RUN" && starts.MatchString(in.Script+strings.Join(in.Argv, " "))
	})
}

// nothing is a container whose command nobody names here.
func (f *follower) nothing(c command) found {
	c.argv = nil
	base := f.base()
	result := lost(c, "neither the Dockerfile nor Compose names a program, and what the image %q runs is not known here", base)
	switch {
	case defaultsOf(base).service:
		result = runs(c, "service-image", "")
	case base == "":
		result = lost(c, "no image, Dockerfile or command that could be read names a program")
	}
	result.Trail = nil
	return result
}

// ownFile follows a file of the repository that is run as a program: a script with its interpreter in the first line.
func (f *follower) ownFile(c command) (found, bool) {
	file, ok := f.executable(c)
	if !ok {
		return found{}, false
	}
	text, err := f.files.Read(file)
	if err != nil {
		return lost(c, "%s cannot be read: %v", file, err), true
	}
	interpreter := shebang(text)
	switch {
	case len(interpreter) > 0 && isShell(path.Base(interpreter[0])), len(interpreter) == 0 && !isModuleName(file):
		return f.scriptFile(c, file, c.args()), true
	case len(interpreter) > 0:
		return f.follow(c.with(slices.Concat(interpreter, []string{file}, c.args())...)).through(c, "script"), true
	default:
		return f.follow(c.with(slices.Concat([]string{"node", file}, c.args())...)), true
	}
}

// executable finds the file of the container that argv[0] names, by path or along PATH.
func (f *follower) executable(c command) (string, bool) {
	name := c.argv[0]
	if strings.Contains(name, "/") {
		file := absolute(c.dir, name)
		return file, f.files.IsFile(file)
	}
	dirs := strings.Split(c.env["PATH"], ":")
	dirs = append(dirs, "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
	for _, dir := range dirs {
		if file := path.Join(dir, name); path.IsAbs(dir) && f.files.IsFile(file) {
			return file, true
		}
	}
	return "", false
}

// shebang returns the interpreter's words of a script's first line, `env` taken off.
func shebang(text []byte) []string {
	line, ok := strings.CutPrefix(string(text[:min(len(text), 256)]), "#!")
	if !ok {
		return nil
	}
	line, _, _ = strings.Cut(line, "\n")
	words := strings.Fields(line)
	if len(words) > 0 && path.Base(words[0]) == "env" {
		words = words[1:]
		for len(words) > 0 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
	}
	return words
}

func absolute(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}

// isModuleName tells of names that Node runs.
func isModuleName(name string) bool {
	return slices.Contains([]string{".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".jsx", ".tsx"}, path.Ext(name))
}
