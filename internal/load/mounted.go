package load

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// maxMountFiles is where a bind-mounted folder stops being source or configuration and is data.
const maxMountFiles = 20000

// mountFiles lists what bind mounts and configs bring into the container. Mounts of data directories (a database's files, an
// upload folder) are left out: the app fills those.
func mountFiles(tree *source.Tree, project *model.Project, service *model.Service) []model.MountFiles {
	var list []model.MountFiles
	for _, m := range service.Mounts {
		if m.Type != "bind" || path.IsAbs(m.Source) || m.Source == "" || m.Target == "/" {
			continue
		}
		files, isFile := filesBehind(tree, m.Source)
		if len(files) > 0 && len(files) <= maxMountFiles {
			list = append(list, model.MountFiles{Target: path.Clean(m.Target), IsFile: isFile, Source: m.Source, Files: files, Span: m.Span})
		}
	}
	for _, grant := range service.Configs {
		for _, object := range project.Configs {
			if object.Name == grant.Source && object.File != "" && tree.IsFile(object.File) {
				list = append(list, model.MountFiles{Target: grant.Target, IsFile: true, Source: object.File, Files: []string{object.File}, Span: grant.Span})
			}
		}
	}
	// A mount inside another one wins, so the outer one is laid down first.
	slices.SortStableFunc(list, func(a, b model.MountFiles) int { return strings.Count(a.Target, "/") - strings.Count(b.Target, "/") })
	return list
}

func filesBehind(tree *source.Tree, name string) (files []string, isFile bool) {
	if tree.IsFile(name) {
		return []string{name}, true
	}
	if !tree.IsDir(name) {
		return nil, false
	}
	tree.Walk(name, source.Ignored, func(file string) {
		if !holdsToken(tree, file) {
			files = append(files, file)
		}
	})
	slices.Sort(files)
	return files, false
}
