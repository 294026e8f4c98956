package compose

import (
	"path"
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// rebase makes the relative paths of a canonical value relative to the root of the tree. compose-go's own resolution makes
// absolute paths of them and looks up home directories.
func rebase(key string, value any, dir string) any {
	switch key {
	case "build":
		build, ok := value.(map[string]any)
		if !ok {
			return value
		}
		if context, ok := build["context"].(string); ok && !Remote(context) {
			build["context"] = source.Join(dir, context)
		}
		if contexts, ok := build["additional_contexts"].(map[string]any); ok {
			for name, context := range contexts {
				if text, ok := context.(string); ok && !Remote(text) {
					contexts[name] = source.Join(dir, text)
				}
			}
		}
	case "env_file", "label_file":
		list, _ := value.([]any)
		for i, entry := range list {
			switch entry := entry.(type) {
			case string:
				list[i] = source.Join(dir, entry)
			case map[string]any:
				if text, ok := entry["path"].(string); ok {
					entry["path"] = source.Join(dir, text)
				}
			}
		}
	case "volumes":
		list, _ := value.([]any)
		for _, entry := range list {
			mount, ok := entry.(map[string]any)
			if from, isText := mount["source"].(string); ok && isText && mount["type"] == "bind" {
				mount["source"] = rebaseBind(from, dir)
			}
		}
	case "develop":
		develop, _ := value.(map[string]any)
		list, _ := develop["watch"].([]any)
		for _, entry := range list {
			watch, _ := entry.(map[string]any)
			if text, ok := watch["path"].(string); ok {
				watch["path"] = source.Join(dir, text)
			}
		}
	case "file":
		if text, ok := value.(string); ok {
			return source.Join(dir, text)
		}
	}
	return value
}

// rebaseBind keeps what names a place of the host: absolute paths, home directories, Windows drives.
func rebaseBind(from, dir string) string {
	if path.IsAbs(from) || strings.HasPrefix(from, "~") || len(from) > 1 && from[1] == ':' {
		return from
	}
	return source.Join(dir, strings.ReplaceAll(from, `\`, "/"))
}

// Remote tells whether a build context is not a directory: a URL, a git repository, an image, another service, a layout.
func Remote(context string) bool {
	for _, prefix := range []string{"git@", "github.com/", "docker-image:", "service:", "target:", "oci-layout:"} {
		if strings.HasPrefix(context, prefix) {
			return true
		}
	}
	return strings.Contains(context, "://")
}
