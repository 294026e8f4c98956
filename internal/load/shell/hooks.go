package shell

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// run is one interpretation: the hooks of the interpreter and what they noted. The interpreter may call them from several
// goroutines, therefore the lock.
type run struct {
	script Script
	files  Files
	cancel context.CancelFunc

	mu       sync.Mutex
	commands []Command
	calls    int
	rounds   map[syntax.Pos]int
	// background, filter and condition count the markers around the current command.
	background, filter, condition int
	// execNext is set between the builtin `exec` and the program it starts.
	execNext bool
	// sites are the simple commands of each file read.
	sites []site
	// written are files that the script wrote, entered the directories it changed to.
	written map[string][]byte
	entered []string
	// building is set for the script of a build, whose copies count.
	building bool
	copies   map[string]string
}

// site is a simple command in a file's text.
type site struct {
	file       string
	start, end int
	// word is the first word when it is literal.
	word string
}

// note remembers where the simple commands of a tree stand.
func (r *run) note(file string, tree *syntax.File) {
	syntax.Walk(tree, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			r.sites = append(r.sites, site{
				file: file, start: int(call.Args[0].Pos().Offset()), end: int(call.End().Offset()), word: call.Args[0].Lit(),
			})
		}
		return true
	})
}

// find returns the place of a command that runs at an offset of some file read so far, the script's own first.
func (r *run) find(offset int, name string, exec bool) site {
	for _, s := range r.sites {
		if s.start == offset && (s.word == "" || s.word == name || s.word == "command" || exec && s.word == "exec") {
			return s
		}
	}
	return site{file: r.script.File, start: -1, end: -1}
}

func (r *run) environ() []string {
	env := maps.Clone(r.script.Env)
	if env == nil {
		env = map[string]string{}
	}
	for name, value := range map[string]string{
		"HOME": "/root", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"UID": "0", "EUID": "0", "GID": "0", "TMPDIR": "/tmp", "HOSTNAME": "container",
	} {
		if _, set := env[name]; !set {
			env[name] = value
		}
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	return list
}

// call sees every simple command before it runs, builtins and functions too, and may put another in its place.
func (r *run) call(ctx context.Context, args []string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	hc := interp.HandlerCtx(ctx)
	if r.calls++; r.calls > maxCalls {
		r.cancel()
		return []string{"false"}, nil
	}
	for len(args) > 1 && (args[0] == "builtin" || args[0] == "command" && !strings.HasPrefix(args[1], "-")) {
		args = args[1:]
	}
	return r.replace(hc, args)
}

// replace is the command that runs in place of args.
func (r *run) replace(hc interp.HandlerContext, args []string) ([]string, error) {
	switch args[0] {
	case markRound:
		if r.rounds[hc.Pos]++; r.rounds[hc.Pos] > maxRounds {
			return []string{"break"}, nil
		}
		return []string{"true"}, nil
	case markSize:
		if size(hc.Env) > maxSize {
			r.calls = maxCalls + 1
			r.cancel()
		}
		return []string{"true"}, nil
	case "cd", "pushd":
		if len(args) > 1 {
			r.entered = append(r.entered, absolute(hc.Dir, args[len(args)-1]))
		}
	case "exec":
		return r.callExec(args), nil
	case "command", "type", "hash", "which":
		return callCommand(args), nil
	case ".", "source":
		return r.callSource(hc, args)
	case "eval":
		return callEval(strings.Join(args[1:], " "))
	case "printf":
		if len(args) > 1 && wide.MatchString(args[1]) {
			return []string{"true"}, nil
		}
	case "set":
		return callSet(args), nil
	case "exit":
		if len(args) > 1 && args[1] != "0" {
			// The script gives up: a variable is missing, a check failed. What runs in a container that works is asked here.
			return []string{"true"}, nil
		}
	case "kill", "ulimit", "wait", "jobs", "disown", "fg", "bg", "times", "newgrp", "history", "bind", "enable", "suspend",
		"logout", "complete", "compgen", "compopt", "caller", "trap", "builtin":
		return []string{"true"}, nil
	}
	return args, nil
}

// wide are formats that would print megabytes of padding.
var wide = regexp.MustCompile(`%[^a-zA-Z%]*\d{5,}`)

// maxSize bounds the bytes of all variables: scripts that double a text in a loop stop there.
const maxSize = 1 << 20

func size(env expand.Environ) int {
	total := 0
	env.Each(func(_ string, value expand.Variable) bool {
		total += len(value.Str)
		for _, item := range value.List {
			total += len(item)
		}
		return true
	})
	return total
}

// callEval lets `eval text` run with its jobs and loops rewritten.
func callEval(text string) ([]string, error) {
	tree, err := parse(text)
	if err != nil {
		return []string{"true"}, nil
	}
	rewrite(tree)
	var rewritten bytes.Buffer
	if err := syntax.NewPrinter().Print(&rewritten, tree); err != nil {
		return []string{"true"}, nil
	}
	return []string{"eval", rewritten.String()}, nil
}

// callExec takes the flags off `exec -a name program`.
func (r *run) callExec(args []string) []string {
	rest := args[1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		if strings.HasSuffix(rest[0], "a") && len(rest) > 1 {
			rest = rest[1:]
		}
		rest = rest[1:]
	}
	r.execNext = len(rest) > 0
	return append([]string{"exec"}, rest...)
}

// callCommand answers `command -v name` with a path: what the image holds beside the repository's files is not known,
// and scripts ask for programs that they mean to use.
func callCommand(args []string) []string {
	name := args[len(args)-1]
	asks := args[0] != "command"
	for _, arg := range args[1:] {
		asks = asks || arg == "-v" || arg == "-V"
	}
	switch {
	case !asks:
		return args
	case len(args) == 1 || name == "" || strings.HasPrefix(name, "-"):
		return []string{"false"}
	default:
		return []string{"echo", path.Join("/usr/bin", path.Base(name))}
	}
}

// callSet takes the options off `set` that end a script early, for the same reason that `exit 1` is passed over.
func callSet(args []string) []string {
	kept := []string{"set"}
	for i := 1; i < len(args); i++ {
		arg := args[i]
		if arg == "--" || len(arg) < 2 || arg[0] != '-' && arg[0] != '+' {
			return append(kept, args[i:]...)
		}
		flags := strings.Map(func(c rune) rune {
			if strings.ContainsRune("euxn", c) {
				return -1
			}
			return c
		}, arg[1:])
		if strings.HasSuffix(arg, "o") && i+1 < len(args) {
			i++
			flags = strings.TrimSuffix(flags, "o")
		}
		if flags != "" {
			kept = append(kept, arg[:1]+flags)
		}
	}
	if len(kept) == 1 {
		return []string{"true"}
	}
	return kept
}

// callSource lets `. file` run a file of the container. A file whose jobs or loops had to be rewritten runs as text.
func (r *run) callSource(hc interp.HandlerContext, args []string) ([]string, error) {
	if len(args) < 2 {
		return []string{"true"}, nil
	}
	name := absolute(hc.Dir, args[1])
	text, ok := r.read(name)
	if !ok {
		return []string{"true"}, nil
	}
	tree, err := parse(string(text))
	if err != nil {
		return []string{"true"}, nil
	}
	r.note(name, tree)
	if !rewrite(tree) {
		return append([]string{args[0], name}, args[2:]...), nil
	}
	return callEval(string(text))
}

// exec is called where a program would start.
func (r *run) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	if handled, err := r.mark(hc, args[0]); handled {
		return err
	}
	if output, status, ok := r.emulate(hc, args); ok {
		io.WriteString(hc.Stdout, output)
		if status != 0 {
			return interp.ExitStatus(status)
		}
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	exec := r.execNext
	r.execNext = false
	at := r.find(int(hc.Pos.Offset()), args[0], exec)
	command := Command{
		Argv: slices.Clone(args), Dir: hc.Dir, Env: r.exported(hc.Env), File: at.file, Start: at.start, End: at.end,
		Background: r.background > 0, Filter: r.filter > 0, Condition: r.condition > 0, Exec: exec,
	}
	if !slices.ContainsFunc(r.commands, func(c Command) bool { return c.Start == at.start && c.File == at.file && slices.Equal(c.Argv, args) }) {
		r.commands = append(r.commands, command)
	}
	return nil
}

// mark keeps the counts of the markers. Those that end something keep the status they find.
func (r *run) mark(hc interp.HandlerContext, name string) (handled bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := func() error {
		if hc.LastExitStatus != 0 {
			return interp.ExitStatus(hc.LastExitStatus)
		}
		return nil
	}
	switch name {
	case markBackground:
		r.background++
	case markBackgroundEnd:
		r.background--
	case markFilter:
		r.filter++
	case markFilterEnd:
		r.filter--
		return true, last()
	case markCondition:
		r.condition++
	case markConditionEnd:
		r.condition--
		return true, last()
	default:
		return false, nil
	}
	return true, nil
}

// exported returns the variables that differ from those the script started with.
func (r *run) exported(env expand.Environ) map[string]string {
	changed := map[string]string{}
	env.Each(func(name string, value expand.Variable) bool {
		before, had := r.script.Env[name]
		switch {
		case !value.Exported || value.Kind != expand.String:
		case had && before == value.Str:
			delete(changed, name)
		case had || !slices.Contains([]string{"HOME", "PATH", "UID", "EUID", "GID", "TMPDIR", "HOSTNAME", "PWD", "OLDPWD", "IFS", "OPTIND"}, name):
			changed[name] = value.Str
		}
		return true
	})
	if len(changed) == 0 {
		return nil
	}
	return changed
}

// read returns a file the script wrote, or one of the container. The lock must be held.
func (r *run) read(name string) ([]byte, bool) {
	if text, ok := r.written[name]; ok {
		return text, true
	}
	text, err := r.files.Read(name)
	return text, err == nil
}

func (r *run) open(ctx context.Context, name string, flag int, _ os.FileMode) (io.ReadWriteCloser, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name = absolute(interp.HandlerCtx(ctx).Dir, name)
	if flag&(os.O_WRONLY|os.O_RDWR) != 0 {
		file := &writtenFile{run: r, name: name}
		if flag&os.O_APPEND != 0 {
			before, _ := r.read(name)
			file.text = slices.Clone(before)
		}
		return file, nil
	}
	text, ok := r.read(name)
	if !ok && !strings.HasPrefix(name, "/dev/") {
		return nil, &os.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &writtenFile{reader: bytes.NewReader(text)}, nil
}

// writtenFile is an open file: of the container to read, or in memory to write.
type writtenFile struct {
	run    *run
	name   string
	text   []byte
	reader *bytes.Reader
}

func (f *writtenFile) Read(buffer []byte) (int, error) {
	if f.reader == nil {
		return 0, io.EOF
	}
	return f.reader.Read(buffer)
}

func (f *writtenFile) Write(text []byte) (int, error) {
	f.text = append(f.text, text...)
	return len(text), nil
}

func (f *writtenFile) Close() error {
	if f.run != nil && !strings.HasPrefix(f.name, "/dev/") && !strings.HasPrefix(f.name, "/proc/") {
		f.run.mu.Lock()
		f.run.written[f.name] = f.text
		f.run.mu.Unlock()
	}
	return nil
}

func (r *run) readDir(ctx context.Context, dir string) ([]fs.DirEntry, error) {
	dir = absolute(interp.HandlerCtx(ctx).Dir, dir)
	var entries []fs.DirEntry
	for _, name := range r.files.List(dir) {
		entries = append(entries, fs.FileInfoToDirEntry(fileInfo{name: name, dir: r.files.IsDir(path.Join(dir, name))}))
	}
	return entries, nil
}

func (r *run) stat(ctx context.Context, name string, _ bool) (fs.FileInfo, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name = absolute(interp.HandlerCtx(ctx).Dir, name)
	text, isFile := r.read(name)
	isDir := name == "/" || slices.Contains(r.entered, name) || r.files.IsDir(name)
	if !isFile && !isDir {
		return nil, &os.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fileInfo{name: path.Base(name), size: int64(len(text)), dir: !isFile}, nil
}

func (r *run) access(ctx context.Context, name string, _ interp.AccessMode) error {
	_, err := r.stat(ctx, name, true)
	return err
}

// fileInfo describes a file of the container. Everyone may read, write and execute it.
type fileInfo struct {
	name string
	size int64
	dir  bool
}

func (i fileInfo) Name() string { return i.name }
func (i fileInfo) Size() int64  { return i.size }
func (i fileInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o777
	}
	return 0o777
}
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return i.dir }
func (i fileInfo) Sys() any           { return nil }

func absolute(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", dir, name)
}
