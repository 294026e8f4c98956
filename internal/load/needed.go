package load

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// neededFiles are the files of the context that a build of the target copies, in any stage it needs.
func (l *layouts) neededFiles(image *model.Image) []string {
	seen := map[string]bool{}
	for _, stage := range append(slices.Clone(image.Target.Needs), image.Target) {
		for _, file := range l.of(stage) {
			if file.Source != "" {
				seen[file.Source] = true
			}
		}
		for i := range stage.Instructions {
			for _, name := range l.boundFiles(&stage.Instructions[i]) {
				seen[name] = true
			}
		}
	}
	var files []string
	for _, name := range sortedKeys(seen) {
		if !holdsToken(l.tree, name) {
			files = append(files, name)
		}
	}
	return files
}

// boundFiles are the files of the context that `RUN --mount=type=bind` shows its command.
func (l *layouts) boundFiles(in *model.Instruction) []string {
	var files []string
	for _, mount := range in.Mounts {
		fields := map[string]string{"type": "bind"}
		for field := range strings.SplitSeq(mount, ",") {
			key, value, _ := strings.Cut(field, "=")
			fields[strings.ToLower(key)] = value
		}
		if fields["type"] != "bind" || fields["from"] != "" {
			continue
		}
		text := fields["source"]
		if text == "" {
			text = fields["src"]
		}
		from := origin{names: l.context.names}
		for _, m := range from.find(text) {
			for _, name := range m.files {
				files = append(files, path.Join(l.context.dir, name))
			}
		}
	}
	return files
}

var npmToken = regexp.MustCompile(`(?m)^\s*(//[^\s=]*:)?(_authToken|_auth|_password)\s*=\s*[^\s$"']`)

// holdsToken tells of an .npmrc with a literal token: it is a secret, not source.
func holdsToken(tree *source.Tree, name string) bool {
	if path.Base(name) != ".npmrc" {
		return false
	}
	data, err := tree.Read(name)
	return err == nil && npmToken.Match(data)
}
