package compose

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/template"
	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/source"
)

// TestLoad reads every archive of testdata: its files make a project, its file "want" is what was read. The archive's comment
// may name the Compose files ("files: a.yaml b.yaml") and the caller's variables ("env: NAME=value").
func TestLoad(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			want := -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				write(t, filepath.Join(dir, f.Name), unescape(f.Data))
			}
			got := dump(Load(open(t, dir), optionsOf(string(archive.Comment))))
			if want < 0 {
				archive.Files = append(archive.Files, txtar.File{Name: "want"})
				want = len(archive.Files) - 1
			}
			if os.Getenv("UPDATE_GOLDEN") == "1" {
				archive.Files[want].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if string(archive.Files[want].Data) != got {
				t.Errorf("got:\n%s\nwant:\n%s", got, archive.Files[want].Data)
			}
		})
	}
}

// unescape lets an archive hold what a text file cannot show: <BOM>, <TAB>, <CR> at line ends.
func unescape(data []byte) []byte {
	for name, text := range map[string]string{"<BOM>": "\uFEFF", "<TAB>": "\t", "<CR>": "\r"} {
		data = bytes.ReplaceAll(data, []byte(name), []byte(text))
	}
	return data
}

func optionsOf(comment string) Options {
	options := Options{Files: []string{"compose.yaml"}, Dir: ".", Environment: map[string]string{}}
	for line := range strings.Lines(comment) {
		if list, ok := strings.CutPrefix(line, "files: "); ok {
			options.Files = strings.Fields(list)
		}
		if list, ok := strings.CutPrefix(line, "env: "); ok {
			for _, pair := range strings.Fields(list) {
				name, value, _ := strings.Cut(pair, "=")
				options.Environment[name] = value
			}
		}
	}
	return options
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string) *source.Tree {
	t.Helper()
	tree, _, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// dump writes a project as text, a line for each thing, with full spans.
func dump(p *Project) string {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	line("project %q from %s", p.Name, strings.Join(p.Files, " "))
	for _, s := range p.Services {
		line("service %s %s", s.Name, full(s.Span))
		config, err := json.Marshal(s.Config)
		line("  config %s", config)
		if err != nil {
			line("  %v", err)
		}
		for _, k := range s.Keys {
			line("  %s = %q %s value %s", k.Path, k.Value, full(k.Span), full(k.ValueSpan))
		}
		for _, port := range s.Config.Ports {
			line("  port %s:%s:%d/%s %s", port.HostIP, port.Published, port.Target, port.Protocol, full(s.PortAt(port.HostIP, port.Published, port.Target, cmp.Or(port.Protocol, "tcp"))))
		}
		for _, v := range s.Config.Volumes {
			line("  mount %s %s:%s %s", v.Type, v.Source, v.Target, full(s.At("volumes:"+v.Target)))
		}
		for _, f := range s.EnvFiles {
			line("  env file %q for %q template=%v %s", f.Path, f.Wanted, f.Template, full(f.Span))
			for _, v := range f.Vars {
				line("    %s=%q %s", v.Name, v.Value, full(v.Span))
			}
		}
	}
	for _, v := range p.Volumes {
		line("volume %s driver=%q external=%v %s", v.Name, v.Config.Driver, v.Config.External, full(v.Span))
	}
	for _, n := range p.Networks {
		line("network %s external=%v internal=%v %s", n.Name, n.Config.External, n.Config.Internal, full(n.Span))
	}
	for _, s := range p.Secrets {
		line("secret %s file=%q environment=%q %s", s.Name, s.Config.File, s.Config.Environment, full(s.Span))
	}
	for _, c := range p.Configs {
		line("config %s file=%q content=%q %s", c.Name, c.Config.File, c.Config.Content, full(c.Span))
	}
	for _, k := range p.Keys {
		line("key %s = %q %s", k.Path, k.Value, full(k.Span))
	}
	for _, problem := range p.Problems {
		line("problem %s [%s] %s: %s", problem.Code, problem.Service, full(problem.Span), problem.Message)
	}
	return out.String()
}

func full(s source.Span) string {
	if s.IsZero() {
		return "-"
	}
	return fmt.Sprintf("%s:%d:%d-%d:%d", s.File, s.Start.Line, s.Start.Column, s.End.Line, s.End.Column)
}

// TestInterpolationIsComposes compares the reading of variables with compose-go's own.
func TestInterpolationIsComposes(t *testing.T) {
	values := map[string]string{"A": "a", "EMPTY": "", "B_2": "b"}
	lookup := func(name string) (string, bool) { value, ok := values[name]; return value, ok }
	for _, text := range []string{
		"", "plain", "$A", "${A}", "x${A}y$A.z", "$$A", "$${A}", "$$$A", "${EMPTY:-d}", "${EMPTY-d}", "${NONE:-d}", "${NONE-d}", "${A:-d}", "${A:+p}", "${A+p}",
		"${EMPTY:+p}", "${EMPTY+p}", "${NONE:+p}", "${NONE+p}", "${NONE:-${A}}", "${NONE:-${EMPTY:-x}}", "${NONE:-a-b:c?d}", "${A:?m}", "${A?m}",
		"${EMPTY?m}", "${B_2}", "$B_2$A", "a$(date)b", "$1", "a $ b", "$", "100%$", "${NONE:-{}}", "${NONE:-x}y}", "${NONE:-}", "http://$A:${B_2}/",
		"${NONE:-$A}tail${A}", "${NONE:-http://x:1/$A}", "a-${A}-${A:-x}",
	} {
		want, err := template.Substitute(text, lookup)
		if err != nil {
			t.Errorf("%q: compose-go refuses it: %v", text, err)
			continue
		}
		var list []Problem
		vars := &variables{values: values, missing: map[string]source.Span{}}
		got, _ := vars.expand(text, source.Span{}, &problems{list: &list})
		if got != want || len(list) > 0 {
			t.Errorf("%q: got %q with problems %v, compose-go says %q", text, got, list, want)
		}
	}
}

func TestInterpolationProblems(t *testing.T) {
	for _, test := range []struct {
		text, want string
		code       Code
		missing    string
	}{
		{"${A", "${A", InvalidVariable, ""},
		{"${}", "${}", InvalidVariable, ""},
		{"${1}", "${1}", InvalidVariable, ""},
		{"${A B}", "${A B}", InvalidVariable, ""},
		{"x${A:?set it}", "x", RequiredVariable, ""},
		{"x${A}y", "xy", "", "A"},
		{"x${A:-$B}", "x", "", "B"},
		{"x${A:-b}", "xb", "", ""},
	} {
		var list []Problem
		vars := &variables{values: map[string]string{}, missing: map[string]source.Span{}}
		got, _ := vars.expand(test.text, source.At("f", 1, 1), &problems{list: &list})
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
		if test.code == "" && len(list) > 0 || test.code != "" && (len(list) != 1 || list[0].Code != test.code) {
			t.Errorf("%q: problems %v, want %q", test.text, list, test.code)
		}
		if strings.Join(vars.order, " ") != test.missing {
			t.Errorf("%q: missing %v, want %q", test.text, vars.order, test.missing)
		}
	}
}

// FuzzParse reads arbitrary text as a Compose file: it must end without a panic, and say the same twice.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".yaml") || strings.HasSuffix(file.Name, ".yml") {
				f.Add(unescape(file.Data))
			}
		}
	}
	tree := open(f, f.TempDir())
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		if a, b := dump(loadText(tree, data)), dump(loadText(tree, data)); a != b {
			t.Errorf("two readings differ:\n%s\n%s", a, b)
		}
	})
}

// loadText reads a Compose file that is not on disk.
func loadText(tree *source.Tree, data []byte) *Project {
	project := &Project{}
	l := newReader(tree, Options{Dir: "."}, project)
	l.parsed["compose.yaml"] = parseFile("compose.yaml", data, l.problems)
	l.load(Options{Files: []string{"compose.yaml"}, Dir: "."})
	return project
}
