package analysis

import (
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

func TestIgnoreComments(t *testing.T) {
	cases := []struct {
		name, text string
		want       []string
	}{
		{"same line", "fs.watch(1); // dock2edge:ignore watching -- only in development\n",
			[]string{"a.js:1:1 watching s silenced: only in development"}},
		{"line above", "// dock2edge:ignore watching -- a cache\nfs.watch(1);\nfs.watch(2);\n",
			[]string{"a.js:2:1 watching s silenced: a cache", "a.js:3:1 watching s"}},
		{"beside code it does not speak of the next line", "x(); // dock2edge:ignore watching -- a cache\nfs.watch(1);\n",
			[]string{"a.js:1:9 ignore-unused", "a.js:2:1 watching s"}},
		{"above one another", "// dock2edge:ignore watching -- one\n// dock2edge:ignore several -- two\nfs.watch(1);\n",
			[]string{"a.js:2:4 ignore-unused", "a.js:3:1 watching s silenced: one"}},
		{"several rules", "// dock2edge:ignore several, watching -- both\nfs.watch(1);\n",
			[]string{"a.js:1:4 ignore-unused", "a.js:2:1 watching s silenced: both"}},
		{"whole file", "fs.watch(1);\nfs.watch(2);\n// dock2edge:ignore-file watching -- a tool\n",
			[]string{"a.js:1:1 watching s silenced: a tool", "a.js:2:1 watching s silenced: a tool"}},
		{"no reason", "// dock2edge:ignore watching\nfs.watch(1);\n",
			[]string{"a.js:1:4 ignore-without-reason", "a.js:2:1 watching s"}},
		{"no dashes", "// dock2edge:ignore watching because I say so\nfs.watch(1);\n",
			[]string{"a.js:1:4 ignore-without-reason", "a.js:2:1 watching s"}},
		{"empty reason", "// dock2edge:ignore watching -- \nfs.watch(1);\n",
			[]string{"a.js:1:4 ignore-without-reason", "a.js:2:1 watching s"}},
		{"unknown rule", "// dock2edge:ignore wathcing -- a cache\nfs.watch(1);\n",
			[]string{"a.js:1:4 ignore-unknown-rule", "a.js:2:1 watching s"}},
		{"no rule", "// dock2edge:ignore -- a cache\nfs.watch(1);\n",
			[]string{"a.js:1:4 ignore-unknown-rule", "a.js:2:1 watching s"}},
		{"another comment", "// dock2edge:ignore-next-line watching -- a cache\nfs.watch(1);\n",
			[]string{"a.js:1:4 ignore-unknown-rule", "a.js:2:1 watching s"}},
		{"block comment", "/*\n * dock2edge:ignore watching -- a cache */\nfs.watch(1);\n",
			[]string{"a.js:3:1 watching s silenced: a cache"}},
		{"in a string", "x = \"dock2edge:ignore watching -- a cache\"; fs.watch(1);\n",
			[]string{"a.js:1:45 watching s"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tree, workspace := project(t, "-- a.js --\n"+c.text, service("s", ".", "a.js"))
			expect(t, run(t, tree, workspace, Options{}), c.want...)
		})
	}
}

func TestIgnoreCommentsWithHash(t *testing.T) {
	compose := `services:
  a:
    privileged: true # dock2edge:ignore watching -- beside
    # dock2edge:ignore watching -- above
    devices: []
    command: "echo '#dock2edge:ignore watching -- not a comment'"
`
	dockerfile := `FROM node
# dock2edge:ignore watching -- the whole instruction
RUN a && \
    b
RUN c
`
	s := service("a", ".")
	s.Image = &model.Image{File: "Dockerfile", Stages: []*model.Stage{{Instructions: []model.Instruction{
		{Op: "RUN", Span: source.Span{File: "Dockerfile", Start: source.Position{Line: 3, Column: 1}, End: source.Position{Line: 4, Column: 6}}},
	}}}}
	tree, workspace := project(t, "-- compose.yaml --\n"+compose+"-- Dockerfile --\n"+dockerfile, s)
	for _, at := range []source.Span{
		source.At("compose.yaml", 3, 5), source.At("compose.yaml", 5, 5), source.At("compose.yaml", 6, 5),
		source.At("Dockerfile", 4, 5), source.At("Dockerfile", 5, 1),
	} {
		workspace.Findings = append(workspace.Findings, model.Finding{Rule: "watching", Span: at, Project: "."})
	}
	expect(t, run(t, tree, workspace, Options{}),
		"Dockerfile:4:5 watching silenced: the whole instruction",
		"Dockerfile:5:1 watching",
		"compose.yaml:3:5 watching silenced: beside",
		"compose.yaml:5:5 watching silenced: above",
		"compose.yaml:6:5 watching",
	)
}
