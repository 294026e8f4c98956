package processfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dock2edge/dock2edge/internal/source"
)

func TestEcosystem(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             []App
		problem          string
	}{
		{name: "CommonJS with everything around it", file: "ecosystem.config.js", text: `
const os = require('os') // apps: not these
/* apps: [nor these] */
module.exports = {
  deploy: { production: { user: "x" } },
  apps: [
    { name: 'a', script: "a.js", args: ["--x", 'y z'], node_args: '--inspect --trace', env: { A: "1", B: os.cpus(), C: 2, D: true }, },
    ...others,
    { name: ` + "`b`" + `, script: path.join(__dirname, "b/b.js"), cwd: __dirname, interpreter: 'python3', instances: os.cpus().length },
    { name: 'computed', script: make('c.js') },
  ].filter(Boolean),
}`, want: []App{
			{Name: "a", Script: "a.js", Args: []string{"--x", "y z"}, NodeArgs: []string{"--inspect", "--trace"}, Env: map[string]string{"A": "1", "C": "2", "D": "true"}},
			{Name: "b", Script: Dirname + "/b/b.js", Cwd: Dirname, Interpreter: "python3"},
		}},
		{name: "ESM", file: "pm2.config.mjs", text: `export default { "apps": [{ script: './x.js' }] }`, want: []App{{Script: "./x.js"}}},
		{name: "a list by itself", file: "apps.json", text: `[{"script": "x.js"}]`, want: []App{{Script: "x.js"}}},
		{name: "one app", file: "apps.json", text: `{"apps": {"script": "x.js"}}`, want: []App{{Script: "x.js"}}},
		{name: "YAML", file: "apps.yml", text: "apps:\n- script: x.js\n  args: a b\n", want: []App{{Script: "x.js", Args: []string{"a", "b"}}}},
		{name: "computed", file: "ecosystem.config.js", text: `module.exports = { apps: load() }`, problem: "none of its apps"},
		{name: "no list", file: "ecosystem.config.js", text: `console.log(1)`, problem: "no list of apps"},
		{name: "no YAML", file: "apps.yml", text: "\t:", problem: "no YAML"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			apps, problem := Ecosystem(test.file, []byte(test.text))
			if problem != test.problem && (test.problem == "" || !strings.Contains(problem, test.problem)) {
				t.Fatalf("problem is %q, want %q", problem, test.problem)
			}
			for i := range apps {
				if apps[i].Span.File != test.file || apps[i].Span.Start.Line == 0 {
					t.Errorf("app %d has the place %v", i, apps[i].Span)
				}
				apps[i].Span = source.Span{}
				if len(apps[i].Env) == 0 {
					apps[i].Env = nil
				}
			}
			if diff := cmp.Diff(test.want, apps); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzEcosystem makes sure that no text stops the reader or keeps it busy for ever.
func FuzzEcosystem(f *testing.F) {
	for _, seed := range []string{"apps: [{", `apps: ["`, "apps: {a: }, }", "apps: [/*", "apps: [(]", "apps:" + strings.Repeat("[", 500), "apps: [{a{}]", "module.exports ="} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) { Ecosystem("ecosystem.config.js", []byte(text)) })
}

func TestINI(t *testing.T) {
	sections := INI("s.conf", []byte("stray=1\r\n; comment\r\n[program:a] ; x\r\ncommand = node a.js ; why\r\n  --more\r\n# other\r\n[include]\nfiles=*.conf"))
	if len(sections) != 2 || sections[0].Name != "program:a" || sections[1].Value("files") != "*.conf" {
		t.Fatalf("sections are %+v", sections)
	}
	if got, want := sections[0].Value("command"), "node a.js --more"; got != want {
		t.Errorf("command is %q, want %q", got, want)
	}
	if got, want := sections[0].Span("command").String(), "s.conf:4:11"; got != want {
		t.Errorf("its place is %s, want %s", got, want)
	}
	if sections[0].Value("none") != "" || !sections[0].Span("none").IsZero() {
		t.Error("a key that is not there has a value")
	}
}
