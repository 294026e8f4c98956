package ship

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"

	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Reasons why a module is not judged, in the order they are listed.
const (
	notImported = "not imported from the entry module"
	ignored     = "ignored by .dockerignore"
	notCopied   = "not copied into the image"
)

// leftOut counts the modules around the service that do not ship.
func (w *walker) leftOut(service *model.Service) []model.LeftOut {
	copied := map[string]bool{}
	var roots []string
	var matcher *patternmatcher.PatternMatcher
	context := ""
	if image := service.Image; image != nil {
		context = path.Clean(image.Context)
		roots = append(roots, context)
		for _, file := range image.Files {
			copied[file.Source] = true
		}
		for _, file := range image.ContextFiles {
			copied[file] = true
		}
		matcher, _ = patternmatcher.New(image.Ignore)
	}
	for _, m := range service.Mounts {
		if m.Type == "bind" && !path.IsAbs(m.Source) && !strings.HasPrefix(m.Source, "..") {
			roots = append(roots, path.Clean(m.Source))
		}
	}
	counts := map[string]int{}
	seen := map[string]bool{}
	for i, root := range roots {
		w.tree.Walk(root, source.Ignored, func(file string) {
			if seen[file] || w.queued[file] || !nodepkg.IsModule(file) {
				return
			}
			seen[file] = true
			reason := notImported
			if i == 0 && context != "" && !copied[file] && !w.mounted(service, file) {
				reason = notCopied
				rel := strings.TrimPrefix(strings.TrimPrefix(file, context), "/")
				if context == "." {
					rel = file
				}
				if matcher != nil {
					if matched, err := matcher.MatchesOrParentMatches(rel); err == nil && matched {
						reason = ignored
					}
				}
			}
			counts[reason]++
		})
	}
	var list []model.LeftOut
	for _, reason := range []string{notImported, ignored, notCopied} {
		if counts[reason] > 0 {
			list = append(list, model.LeftOut{Reason: reason, Files: counts[reason]})
		}
	}
	return list
}

func (w *walker) mounted(service *model.Service, file string) bool {
	return slices.ContainsFunc(service.Mounts, func(m model.Mount) bool {
		return m.Type == "bind" && (file == m.Source || path.Clean(m.Source) == "." || strings.HasPrefix(file, path.Clean(m.Source)+"/"))
	})
}
