package shell

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// memory is a container's file system: text by absolute path.
type memory map[string]string

func (m memory) IsFile(name string) bool { _, ok := m[name]; return ok }

func (m memory) IsDir(name string) bool { return len(m.List(name)) > 0 }

func (m memory) Read(name string) ([]byte, error) {
	text, ok := m[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (m memory) List(dir string) []string {
	var names []string
	for name := range m {
		if rest, ok := strings.CutPrefix(name, strings.TrimSuffix(dir, "/")+"/"); ok {
			first, _, _ := strings.Cut(rest, "/")
			names = append(names, first)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// show writes a command with everything that was noted of it, and the text of its place.
func show(c Command, files memory, script Script) string {
	text := script.Text
	if c.File != script.File {
		text = files[c.File]
	}
	place := "?"
	if c.Start >= 0 {
		place = text[c.Start:c.End]
	}
	var marks []string
	for name, set := range map[string]bool{"background": c.Background, "filter": c.Filter, "exec": c.Exec, "condition": c.Condition} {
		if set {
			marks = append(marks, name)
		}
	}
	for name, value := range c.Env {
		marks = append(marks, name+"="+value)
	}
	slices.Sort(marks)
	return strings.TrimSpace(fmt.Sprintf("%s in %s <%s> %s", strings.Join(c.Argv, "|"), path.Clean(c.Dir), place, strings.Join(marks, " ")))
}

func TestRun(t *testing.T) {
	files := memory{
		"/app/lib.sh":         "start() {\n  node \"$1\"\n}\n",
		"/app/jobs.sh":        "node cron.js &\n",
		"/app/a.js":           "",
		"/app/migrations/1.x": "", "/app/migrations/2.x": "",
	}
	tests := []struct {
		name, text string
		params     []string
		user       string
		want       []string
	}{
		{name: "words and variables", text: `A=1 node "$NAME.js" 'x y' $1`, params: []string{"p q"},
			want: []string{"node|app.js|x y|p|q in /app <node \"$NAME.js\" 'x y' $1> A=1"}},
		{name: "exports reach what follows", text: "export B=2 PATH=/x:$PATH\nnode a.js",
			want: []string{"node|a.js in /app <node a.js> B=2"}},
		{name: "cd", text: "cd sub/dir && node a.js; (cd / && node b.js); node c.js",
			want: []string{"node|a.js in /app/sub/dir <node a.js>", "node|b.js in / <node b.js>", "node|c.js in /app/sub/dir <node c.js>"}},
		{name: "exec", text: `exec -a web gosu node "$@"`, params: []string{"npm", "start"},
			want: []string{"gosu|node|npm|start in /app <exec -a web gosu node \"$@\"> exec"}},
		{name: "what succeeds hides what follows ||", text: "node a.js || node b.js && node c.js",
			want: []string{"node|a.js in /app <node a.js>", "node|c.js in /app <node c.js>"}},
		{name: "files decide", text: "if [ -f a.js ]; then node a.js; fi; [ -d /none ] && node none.js; test -e b.js || node b.js",
			want: []string{"node|a.js in /app <node a.js>", "node|b.js in /app <node b.js>"}},
		{name: "background and groups", text: "node a.js & { node b.js; node c.js; } & wait $!",
			want: []string{"node|a.js in /app <node a.js> background", "node|b.js in /app <node b.js> background", "node|c.js in /app <node c.js> background"}},
		{name: "pipes", text: "node a.js 2>&1 | tee log | pino-pretty",
			want: []string{"node|a.js in /app <node a.js>", "pino-pretty in /app <pino-pretty> filter"}},
		{name: "waiting loops go round a few times only", text: "until nc -z db 5432; do sleep 1; done\nwhile [ \"$(curl -s x)\" != ok ]; do sleep 2; done\nnode a.js",
			want: []string{"nc|-z|db|5432 in /app <nc -z db 5432> condition", "curl|-s|x in /app <curl -s x> condition", "node|a.js in /app <node a.js>"}},
		{name: "loops over files", text: "for f in migrations/*.x; do psql -f \"$f\"; done",
			want: []string{"psql|-f|migrations/1.x in /app <psql -f \"$f\">", "psql|-f|migrations/2.x in /app <psql -f \"$f\">"}},
		{name: "functions of a sourced file stand in that file", text: ". ./lib.sh\nstart a.js",
			want: []string{"node|a.js in /app <node \"$1\">"}},
		{name: "jobs of a sourced file", text: ". ./jobs.sh",
			want: []string{"node|cron.js in /app <?> background"}},
		{name: "giving up is passed over", text: "set -eu\n[ -n \"$MISSING\" ] || exit 1\n: \"${TOKEN:?needed}\"\nfalse\nnode a.js",
			want: []string{"node|a.js in /app <node a.js>"}},
		{name: "an orderly exit ends", text: "node a.js; exit 0; node b.js",
			want: []string{"node|a.js in /app <node a.js>"}},
		{name: "programs are taken to be there", text: `if [ -z "$(command -v node)" ]; then node none.js; fi; command node a.js`,
			want: []string{"node|a.js in /app <command node a.js>"}},
		{name: "files that the script writes", text: "cat > /tmp/x <<EOF\nMAIN=b.js\nEOF\n. /tmp/x\nnode $MAIN",
			want: []string{"node|b.js in /app <node $MAIN>"}},
		{name: "reading", text: "IFS=: read -r host port <<< \"db:5432\"\nwhile read -r name; do node \"$name\"; done <<EOF\na.js\nb.js\nEOF\nnode $host $port",
			want: []string{"node|a.js in /app <node \"$name\">", "node|b.js in /app <node \"$name\">", "node|db|5432 in /app <node $host $port>"}},
		{name: "eval", text: `eval "node a.js & exec $*"`, params: []string{"node", "b.js"},
			want: []string{"node|a.js in /app <?> background", "node|b.js in /app <?> exec"}},
		{name: "user", text: `[ "$(id -u)" = 0 ] && node root.js; node "$(whoami).js"`, user: "node",
			want: []string{"node|node.js in /app <node \"$(whoami).js\">"}},
		{name: "the same command is noted once", text: "for i in 1 2 3; do node a.js; done",
			want: []string{"node|a.js in /app <node a.js>"}},
		{name: "process substitution needs nothing of the machine", text: "node a.js < <(node b.js)",
			want: []string{"node|a.js in /app <node a.js>"}},
		{name: "POSIX names that Bash reserves", text: "function() { node a.js; }\nfunction",
			want: []string{"node|a.js in /app <node a.js>"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			script := Script{
				Text: test.text, File: "/app/run.sh", Name: "./run.sh", Params: test.params, Dir: "/app",
				Env: map[string]string{"NAME": "app"}, User: test.user,
			}
			commands, err := Run(script, files)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range commands {
				got = append(got, show(c, files, script))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunErrors(t *testing.T) {
	for name, text := range map[string]string{
		"no shell":          "if then (",
		"endless recursion": "f() { f; }; f",
		"doubling":          "x=aaaaaaaa\n" + strings.Repeat("x=$x$x\n", 60) + "node a.js",
		"endless loop":      "while true; do while true; do f() { f; }; f; done; done",
	} {
		t.Run(name, func(t *testing.T) {
			if commands, err := Run(Script{Text: text, Dir: "/"}, memory{}); err == nil {
				t.Errorf("no error, but %v", commands)
			}
		})
	}
}

// TestRunReadsNothingOfTheMachine makes sure that a script sees the container's files and environment only.
func TestRunReadsNothingOfTheMachine(t *testing.T) {
	t.Setenv("OF_THE_MACHINE", "x")
	text := `node "$OF_THE_MACHINE" "$HOME" "$UID" /etc/host*; [ -e /etc/passwd ] && node passwd; cat /etc/hosts; node "$(cat /etc/hostname)"`
	commands, err := Run(Script{Text: text, Dir: "/srv"}, memory{})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, c := range commands {
		got = append(got, c.Argv)
	}
	want := [][]string{{"node", "", "/root", "0", "/etc/host*"}, {"node", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzRun makes sure that no script keeps the interpreter busy for ever or makes it fail.
func FuzzRun(f *testing.F) {
	for _, seed := range []string{
		"node a.js", "until nc -z db; do sleep 1; done", "f() { f; }; f", "a | b & wait", "for ((;;)); do :; done", "while [[ 1 ]]; do ((i++)); done",
		". ./x; eval \"$(cat x)\"", "case $1 in a) exec b;; esac", "cat <<EOF | sh\n$x\nEOF", "select x in a; do y; done", "exec 3<>/dev/tcp/a/1", "trap 'while [[ 1 ]]; do ((i++)); done' EXIT",
		"for i in {1..99999999}; do x=$x$x; done", "builtin eval 'for ((;;)); do :; done'", "printf '%099999999d' 1", "a{b,c}{b,c}{b,c}{b,c}{b,c}{b,c}{b,c}{b,c}{b,c}",
	} {
		f.Add(seed)
	}
	files := memory{"/x": "while [[ 1 ]]; do ((i++)); done\nnode x.js &\n"}
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = Run(Script{Text: text, Name: "sh", Dir: "/"}, files)
	})
}
