package entry

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
)

// target is the module behind a name on a command line.
type target struct {
	// image is its path in the container, source the file behind it.
	image, source string
	// built tells that image is compiled from source.
	built bool
	// framework tells that a framework's build makes it.
	framework bool
	// problem says what was looked for, when nothing was found.
	problem string
}

// resolve finds the module that `node word` starts in a directory of the container.
func (f *follower) resolve(dir, word string) target {
	word = strings.TrimPrefix(word, "file://")
	name := absolute(dir, word)
	if file, ok := f.packages.ResolveFile(name); ok {
		found, _ := f.files.Lookup(file)
		return target{image: file, source: found.Source}
	}
	entry := name
	if manifest := f.packages.Manifest(name); manifest != nil {
		// The directory's package names a module that only a build makes.
		entry = path.Join(name, manifest.Main)
		if manifest.Main == "" {
			entry = path.Join(name, "index.js")
		}
	}
	if framework := f.frameworkOutput(entry); framework != "" {
		return target{image: entry, framework: true, problem: fmt.Sprintf(
			"%s is made by the build of %s, a framework whose pages are not followed from an entry module", entry, framework,
		)}
	}
	if t, ok := f.built(entry); ok {
		return t
	}
	return target{image: entry, problem: fmt.Sprintf(
		"node would start %s, but no file of the repository is copied or compiled to it%s", entry, f.lookedIn(entry),
	)}
}

// frameworkOutput names the framework whose build makes a file, by the paths they use.
func (f *follower) frameworkOutput(name string) string {
	for _, maker := range f.files.Makers(f.service.Image, name) {
		for _, output := range []struct{ framework, suffix, dependency string }{
			{"Next.js", ".next/standalone/server.js", "next"}, {"Next.js", ".next/standalone/**/server.js", "next"},
			{"Nuxt", ".output/server/index.mjs", "nuxt"}, {"Nitro", ".output/server/index.mjs", ""},
			{"SvelteKit", "build/index.js", "@sveltejs/kit"}, {"Astro", "dist/server/entry.mjs", "astro"},
			{"Remix", "build/server/index.js", "@remix-run/node"}, {"React Router", "build/server/index.js", "@react-router/node"},
			{"Angular", "server/server.mjs", "@angular/ssr"}, {"Qwik", "server/entry.express.js", "@builder.io/qwik-city"},
		} {
			matched := doublestar.MatchUnvalidated("/**/"+output.suffix, maker.Name) ||
				doublestar.MatchUnvalidated("/**/"+output.suffix, path.Join(maker.Name, "index.js"))
			if !matched {
				continue
			}
			if output.dependency == "" || strings.HasPrefix(output.suffix, ".") {
				return output.framework
			}
			for _, o := range f.origins(maker.Name) {
				if _, ok := f.sources.Manifest(o.dir).Dependency(output.dependency); ok {
					return output.framework
				}
			}
		}
	}
	return ""
}

// lookedIn names the packages whose sources were searched.
func (f *follower) lookedIn(name string) string {
	var files []string
	for _, origin := range f.origins(name) {
		file := path.Join(origin.dir, "package.json")
		if f.tree.IsFile(file) && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		return f.notBuilt()
	}
	return fmt.Sprintf(" (searched by the build settings beside %s)", strings.Join(files, ", "))
}

// notBuilt explains why files are not known of an image that the repository does not build.
func (f *follower) notBuilt() string {
	if f.service.Image != nil || f.service.ImageRef == "" {
		return ""
	}
	return fmt.Sprintf(": the image %q is not built from this repository, and no mount brings it", f.service.ImageRef)
}

// built finds the source of a module that the image's build makes. Node adds an extension, or looks for an index.
func (f *follower) built(name string) (target, bool) {
	endings := []string{""}
	if path.Ext(name) == "" {
		endings = []string{".js", "/index.js", ".mjs", ".cjs", "/main.js"}
	}
	origins := f.origins(name)
	for _, ending := range endings {
		for _, origin := range origins {
			if compiled, ok := f.sources.SourceOf(origin.dir, origin.rel+ending); ok {
				return target{image: name + ending, source: compiled, built: true}, true
			}
		}
	}
	return target{}, false
}

// origin is a place in the repository that a file of the container may be built in: rel is relative to the package dir.
type origin struct{ dir, rel string }

// origins are the packages whose build may have made a file of the container, the likeliest first.
func (f *follower) origins(name string) []origin {
	var list []origin
	for _, maker := range f.files.Makers(f.service.Image, name) {
		for _, dir := range nodepkg.Ancestors(path.Dir(maker.Name)) {
			for _, marker := range []string{"package.json", "tsconfig.json"} {
				file, ok := maker.Source(path.Join(dir, marker))
				if !ok {
					continue
				}
				rel := strings.TrimPrefix(strings.TrimPrefix(maker.Name, dir), "/")
				if o := (origin{dir: path.Dir(file), rel: rel}); !slices.Contains(list, o) {
					list = append(list, o)
				}
			}
		}
	}
	for _, maker := range f.files.Makers(f.service.Image, name) {
		// The image may get what a build outside of it has made.
		for _, file := range maker.Copied(maker.Name) {
			if manifest := f.sources.Nearest(path.Dir(file)); manifest != nil && !f.tree.IsFile(file) {
				rel := strings.TrimPrefix(strings.TrimPrefix(file, manifest.Dir), "/")
				if o := (origin{dir: manifest.Dir, rel: rel}); !slices.Contains(list, o) {
					list = append(list, o)
				}
			}
		}
	}
	if image := f.service.Image; image != nil && image.Target != nil {
		// The base image may have been built from this repository too.
		if rel, ok := strings.CutPrefix(name, strings.TrimSuffix(f.workdir(), "/")+"/"); ok {
			if o := (origin{dir: path.Clean(image.Context), rel: rel}); !slices.Contains(list, o) {
				list = append(list, o)
			}
		}
	}
	return list
}
