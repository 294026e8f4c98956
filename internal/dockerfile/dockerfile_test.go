package dockerfile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dock2edge/dock2edge/internal/source"
)

// TestEvaluate reads every archive of testdata: its Dockerfile is evaluated, its file "want" is what came out. The archive's
// comment may name build arguments ("arg: NAME=value") and a target ("target: name").
func TestEvaluate(t *testing.T) {
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
			options := Options{Args: map[string]string{}}
			for line := range strings.Lines(string(archive.Comment)) {
				line = strings.TrimSpace(line)
				if pair, ok := strings.CutPrefix(line, "arg: "); ok {
					key, value, _ := strings.Cut(pair, "=")
					options.Args[key] = value
				}
				if target, ok := strings.CutPrefix(line, "target: "); ok {
					options.Target = target
				}
			}
			file := Parse("Dockerfile", unescape(archive.Files[0].Data), source.Position{Line: 1, Column: 1})
			got := dump(file, file.Evaluate(options))
			if os.Getenv("UPDATE_GOLDEN") == "1" {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(archive.Files) < 2 || string(archive.Files[1].Data) != got {
				t.Errorf("got:\n%s", got)
			}
		})
	}
}

func unescape(data []byte) []byte {
	for name, text := range map[string]string{"<BOM>": "\uFEFF", "<TAB>": "\t", "<CR>": "\r"} {
		data = bytes.ReplaceAll(data, []byte(name), []byte(text))
	}
	return data
}

func dump(file *File, image *Image) string {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	if file.Syntax+file.Check != "" {
		line("syntax %q check %q", file.Syntax, file.Check)
	}
	for _, s := range image.Stages {
		needs := []string{}
		for _, n := range s.Needs {
			needs = append(needs, n.ID())
		}
		target := ""
		if s == image.Target {
			target = " target"
		}
		line("stage %s%s base=%q stage=%v platform=%q needs=%v %s", s.ID(), target, s.Base, s.BaseStage != nil, s.Platform, needs, full(s.Span))
		for _, in := range s.Instructions {
			line("  %s %q %s workdir=%s user=%q onbuild=%v", in.Op, in.Text, full(in.Span), in.Workdir, in.User, in.OnBuild)
			if in.Op == "RUN" {
				line("    argv=%q script=%q mounts=%q env=%s", in.Argv, in.Script, in.Mounts, vars(in.Env))
			}
			if c := in.Copy; c != nil {
				line("    sources=%q dest=%q from=%q stage=%v chown=%q chmod=%q exclude=%q parents=%v inline=%q", c.Sources, c.Dest, c.From, c.FromStage != nil, c.Chown, c.Chmod, c.Exclude, c.Parents, c.Inline)
			}
		}
		line("  end workdir=%s user=%q shell=%q stop=%q env=%s args=%s labels=%s", s.Workdir, s.User, s.Shell, s.StopSignal, vars(s.Env), vars(s.Args), vars(s.Labels))
		line("  entrypoint=%s cmd=%s", command(s.Entrypoint), command(s.Cmd))
		for _, p := range s.Expose {
			line("  expose %d/%s %s", p.Number, p.Protocol, full(p.Span))
		}
		for _, v := range s.Volumes {
			line("  volume %s %s", v.Path, full(v.Span))
		}
		if h := s.Healthcheck; h != nil {
			line("  healthcheck %q interval=%q timeout=%q start=%q retries=%d %s", h.Test, h.Interval, h.Timeout, h.Start, h.Retries, full(h.Span))
		}
	}
	for _, p := range append(file.Problems, image.Problems...) {
		line("problem %s %s", full(p.Span), p.Message)
	}
	return out.String()
}

func vars(list []Var) string {
	var out []string
	for _, v := range list {
		text := v.Name
		if v.HasValue {
			text += "=" + v.Value
		}
		if len(v.Refs) > 0 {
			text += fmt.Sprint(v.Refs)
		}
		out = append(out, text)
	}
	return fmt.Sprintf("%q", out)
}

func command(c *CommandLine) string {
	if c == nil {
		return "-"
	}
	return fmt.Sprintf("%q shell=%v %s", c.Argv, c.Shell, full(c.Span))
}

func full(s source.Span) string {
	return fmt.Sprintf("%d:%d-%d:%d", s.Start.Line, s.Start.Column, s.End.Line, s.End.Column)
}

// TestInside reads a Dockerfile that stands indented in another file.
func TestInside(t *testing.T) {
	file := Parse("compose.yaml", []byte("FROM node:22\nRUN a \\\n  b\nNOPE\n"), source.Position{Line: 7, Column: 9})
	image := file.Evaluate(Options{})
	if got := full(image.Stages[0].Instructions[1].Span); got != "8:9-9:12" {
		t.Errorf("RUN is at %s", got)
	}
	if len(file.Problems) != 1 || full(file.Problems[0].Span) != "10:9-10:13" {
		t.Errorf("problems %v", file.Problems)
	}
}

// FuzzParse reads arbitrary text as a Dockerfile: it must end without a panic, and say the same twice.
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
		f.Add(unescape(archive.Files[0].Data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		read := func() string {
			file := Parse("Dockerfile", data, source.Position{Line: 1, Column: 1})
			return dump(file, file.Evaluate(Options{Args: map[string]string{"A": "1"}}))
		}
		if a, b := read(), read(); a != b {
			t.Errorf("two readings differ:\n%s\n%s", a, b)
		}
	})
}
