package load

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/container"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// maxSetting is the size in bytes where a file stops being a server's configuration.
const maxSetting = 256 << 10

// settings reads the configuration files of a service that runs its image's own server: what is mounted or copied beside it
// with the name of one. Apps and web servers have none; their files are followed in other ways.
func settings(tree *source.Tree, project *model.Project, service *model.Service) []model.Setting {
	if service.WebServer != nil || service.Entry != nil && service.Entry.Module != "" {
		return nil
	}
	names := map[string]bool{}
	for _, m := range service.MountFiles {
		for _, file := range m.Files {
			name := m.Target
			if !m.IsFile {
				name = path.Join(m.Target, strings.TrimPrefix(strings.TrimPrefix(file, m.Source), "/"))
			}
			names[name] = true
		}
	}
	if service.Image != nil {
		for _, file := range service.Image.Files {
			names[path.Clean(file.Image)] = true
		}
	}
	var files *container.Files
	var list []model.Setting
	for name := range names {
		if !isSetting(name) {
			continue
		}
		if files == nil {
			files = container.ForService(tree, project, service)
		}
		if text, err := files.Read(name); err == nil && len(text) <= maxSetting {
			file, _ := files.Lookup(name)
			list = append(list, model.Setting{Path: name, Text: string(text), Span: source.Span{File: file.Source, Start: source.Position{Line: 1, Column: 1}, End: source.Position{Line: 1, Column: 1}}})
		}
	}
	slices.SortFunc(list, func(a, b model.Setting) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// isSetting tells by its name whether a file configures a server.
func isSetting(name string) bool {
	switch path.Ext(name) {
	case ".conf", ".cnf", ".acl", ".config":
		return true
	case ".json":
		return strings.Contains(path.Base(name), "definitions")
	}
	return path.Base(name) == "enabled_plugins"
}
