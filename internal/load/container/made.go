package container

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/shell"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// made is a file that a RUN instruction writes or copies.
type made struct {
	shell.Written
	span source.Span
}

// makes are the files that RUN instructions of the stage that runs write, or copy from files of the repository.
func (f *Files) makes() map[string]made {
	f.making.Do(func() {
		f.made = map[string]made{}
		var stages []*model.Stage
		for stage := f.stage; stage != nil; stage = stage.BaseStage {
			stages = append(stages, stage)
		}
		for _, stage := range slices.Backward(stages) {
			for _, in := range stage.Instructions {
				f.makesBy(in)
			}
		}
	})
	return f.made
}

// makesBy adds what one RUN instruction makes. It sees the files of the repository, not those made before.
func (f *Files) makesBy(in model.Instruction) {
	text := in.Script
	if len(in.Argv) == 3 && strings.HasSuffix(in.Argv[0], "sh") {
		text = in.Argv[2]
	}
	if in.Op != "RUN" || !writes.MatchString(text) {
		return
	}
	env := map[string]string{}
	for _, v := range in.Env {
		env[v.Name] = v.Value
	}
	for name, written := range shell.Writes(shell.Script{Text: text, Name: "sh", Dir: in.Workdir, Env: env}, copiedOnly{f}) {
		f.made[name] = made{Written: written, span: in.Span}
	}
}

// writes is a cheap look for scripts that may make files.
var writes = regexp.MustCompile(`>|\b(cp|mv|ln|install|tee)\b`)

// copiedOnly is what a build sees: the files that COPY brings, without mounts.
type copiedOnly struct{ *Files }

func (c copiedOnly) IsFile(name string) bool {
	file, ok := c.copied[path.Clean(name)]
	_, inline := c.inline[path.Clean(name)]
	return inline || ok && file.Source != ""
}

func (c copiedOnly) IsDir(name string) bool { return c.children[path.Clean(name)] != nil }

func (c copiedOnly) Read(name string) ([]byte, error) {
	if !c.IsFile(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if text, ok := c.inline[path.Clean(name)]; ok {
		return []byte(text.text), nil
	}
	return c.tree.Read(c.copied[path.Clean(name)].Source)
}

func (f *Files) madeFile(name string, by made) (File, bool) {
	if by.From == "" {
		return File{Image: name, Source: by.span.File, Inline: true, Line: by.span.Start.Line, Made: by.span}, true
	}
	if text, ok := f.inline[by.From]; ok {
		return File{Image: name, Source: text.span.File, Inline: true, Line: text.span.Start.Line + 1}, true
	}
	file, ok := f.copied[by.From]
	return File{Image: name, Source: file.Source}, ok && file.Source != ""
}
