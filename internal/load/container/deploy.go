package container

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

var deployCommand = regexp.MustCompile(`\bpnpm\b([^\n;&|]*)\bdeploy\b([^\n;&|]*)`)

// deployed finds the file of the repository behind a path in what `pnpm deploy` makes: a copy of one package of the workspace.
func (m Maker) deployed(stage *model.Stage, name string) (string, bool) {
	for ; stage != nil; stage = stage.BaseStage {
		for _, in := range stage.Instructions {
			if in.Op != "RUN" {
				continue
			}
			for _, match := range deployCommand.FindAllStringSubmatch(in.Script+strings.Join(in.Argv, " "), -1) {
				filter, target := deployArguments(strings.Fields(match[1] + " " + match[2]))
				inside, ok := strings.CutPrefix(name, path.Join("/", absolute(in.Workdir, target))+"/")
				if !ok || target == "" {
					continue
				}
				if dir, found := m.packageNamed(filter); found {
					file := path.Join(dir, inside)
					return file, m.tree.IsFile(file)
				}
			}
		}
	}
	return "", false
}

// deployArguments takes the filter and the target folder from a command's words.
func deployArguments(words []string) (filter, target string) {
	for i := 0; i < len(words); i++ {
		word := strings.Trim(words[i], `"'`)
		name, value, inline := strings.Cut(word, "=")
		switch {
		case name == "--filter" || name == "-F":
			if !inline && i+1 < len(words) {
				i++
				value = words[i]
			}
			filter = strings.Trim(value, `"'`)
		case strings.HasPrefix(word, "-"):
		default:
			target = word
		}
	}
	return strings.TrimSuffix(strings.TrimPrefix(filter, "./"), "..."), target
}

// packageNamed finds the directory of a package of the build context by its name or its folder.
func (m Maker) packageNamed(name string) (string, bool) {
	for _, file := range m.image.ContextFiles {
		if path.Base(file) != "package.json" {
			continue
		}
		text, err := m.tree.Read(file)
		if err != nil {
			continue
		}
		var manifest struct{ Name string }
		dir := path.Dir(file)
		if json.Unmarshal(text, &manifest) == nil && manifest.Name == name || strings.HasSuffix("/"+dir, "/"+name) && name != "" {
			return dir, true
		}
	}
	return "", false
}
