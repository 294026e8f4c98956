package load

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/moby/patternmatcher"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// contextFiles are the files of a build context that Docker would send to the builder, node_modules left out: an image gets its
// packages from a package manager, and walking tens of thousands of files to say so helps nobody.
type contextFiles struct {
	dir    string
	ignore *source.DockerIgnore
	// names are relative to dir, sorted.
	names []string
}

// context walks a build context once for each ignore file that applies to it.
func (l *loading) context(dir, dockerfile string) *contextFiles {
	ignore := l.tree.DockerIgnore(dir, dockerfile)
	key := dir + "\x00" + ignore.File
	if c, ok := l.contexts[key]; ok {
		return c
	}
	c := &contextFiles{dir: dir, ignore: ignore}
	relative := func(name string) string {
		if dir == "." {
			return name
		}
		return strings.TrimPrefix(name, dir+"/")
	}
	skip := func(name string) bool { return source.Ignored(name) || ignore.SkipDir(relative(name)) }
	l.tree.Walk(dir, skip, func(file string) {
		if name := relative(file); !ignore.Ignores(name) {
			c.names = append(c.names, name)
		}
	})
	slices.Sort(c.names)
	l.contexts[key] = c
	return c
}

// layout is a file system as far as it is copied: image path → where it comes from.
type layout map[string]model.ImageFile

// layouts follow COPY and ADD through the stages of one image.
type layouts struct {
	*builder
	service *model.Service
	context *contextFiles
	done    map[*model.Stage]layout
	// dirs are the directories of each stage that are known without their files.
	dirs map[*model.Stage]map[string]bool
}

// files fills in which file of the context ends up where in the image.
func (b *builder) files(s *model.Service) {
	image := s.Image
	l := &layouts{builder: b, service: s, context: b.context(image.Context, s.Build.Dockerfile), done: map[*model.Stage]layout{}, dirs: map[*model.Stage]map[string]bool{}}
	image.Ignore, image.IgnoreFile = l.context.ignore.Patterns, l.context.ignore.File
	files := l.of(image.Target)
	for _, name := range sortedKeys(files) {
		image.Files = append(image.Files, files[name])
	}
	image.ContextFiles = l.neededFiles(image)
}

// of is the layout at the end of a stage. Stages are visited in file order, so that a stage never needs one that is unfinished.
func (l *layouts) of(target *model.Stage) layout {
	if files, ok := l.done[target]; ok {
		return files
	}
	files, dirs := layout{}, map[string]bool{}
	l.done[target], l.dirs[target] = files, dirs
	if target.BaseStage != nil {
		maps.Copy(files, l.of(target.BaseStage))
		maps.Copy(dirs, l.dirs[target.BaseStage])
	}
	for i := range target.Instructions {
		in := &target.Instructions[i]
		for dir := in.Workdir; dir != "/" && dir != "."; dir = path.Dir(dir) {
			dirs[dir] = true
		}
		switch in.Op {
		case "COPY", "ADD":
			l.copy(files, target, in)
		case "RUN":
			for _, made := range makesDir.FindAllStringSubmatch(in.Script, -1) {
				for _, name := range strings.Fields(made[1]) {
					dirs[source.Join(in.Workdir, name)] = true
				}
			}
		}
	}
	return files
}

// makesDir finds the directories that a script makes with mkdir.
var makesDir = regexp.MustCompile(`\bmkdir\s+(?:-\S+\s+)*([^;&|\n]+)`)

// baseDirs are directories that base images have. COPY of a file to one of them puts the file into it, also without a slash.
var baseDirs = []string{
	"/", "/bin", "/etc", "/home", "/home/node", "/lib", "/media", "/mnt", "/opt", "/root", "/run", "/sbin", "/srv", "/tmp", "/usr", "/usr/bin",
	"/usr/lib", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/sbin", "/usr/share", "/usr/src", "/var", "/var/lib", "/var/log",
	"/etc/nginx", "/etc/nginx/conf.d", "/etc/nginx/templates", "/usr/share/nginx", "/usr/share/nginx/html", "/docker-entrypoint.d",
	"/docker-entrypoint-initdb.d", "/var/www", "/var/www/html", "/usr/local/apache2", "/usr/local/apache2/htdocs", "/usr/local/apache2/conf",
}

// isDir tells whether a path is a directory of the stage so far.
func (l *layouts) isDir(files layout, stage *model.Stage, name string) bool {
	return strings.HasSuffix(name, "/") || slices.Contains(baseDirs, name) || l.dirs[stage][name] || hasDir(files, name)
}

// match is one thing that a source of COPY names: a file, or a directory with the files below it.
type match struct {
	// name is the path that was named or that the pattern matched, without a leading slash.
	name  string
	isDir bool
	files []string
	// pivot is what --parents leaves out of the path: what stands before "/./" in the source.
	pivot string
}

// origin is where the sources of one COPY are looked up.
type origin struct {
	names []string
	file  func(name string) model.ImageFile
}

// copy applies one COPY or ADD.
func (l *layouts) copy(files layout, stage *model.Stage, in *model.Instruction) {
	from, known := l.origin(stage, in)
	var matches []match
	var missing []string
	for _, text := range in.Sources {
		if strings.Contains(text, "://") || strings.HasPrefix(text, "git@") {
			continue
		}
		found := from.find(text)
		if len(found) == 0 && known && in.From == "" {
			missing = append(missing, text)
		}
		if in.Op == "ADD" {
			found = l.withoutArchives(in, found)
		}
		for i := range found {
			found[i].pivot, _, _ = strings.Cut(text, "/./")
			if found[i].pivot == text {
				found[i].pivot = ""
			}
		}
		matches = append(matches, found...)
	}
	l.missing(in, missing)
	toDir := len(in.Sources)+len(in.Inline) > 1 || len(matches) > 1 || l.isDir(files, stage, in.Dest)
	for _, m := range matches {
		place(files, stage, in, from, m, toDir)
	}
	for _, inline := range in.Inline {
		dest := in.Dest
		if toDir {
			dest = path.Join(in.Dest, inline.Name)
		}
		files[dest] = model.ImageFile{Image: dest, Stage: stage.ID(), Span: in.Span}
	}
}

// place puts the files of one match where COPY puts them: a directory's files below the destination, a file into it when it is
// a directory, else under its name.
func place(files layout, stage *model.Stage, in *model.Instruction, from origin, m match, toDir bool) {
	exclude, err := patternmatcher.New(in.Exclude)
	excluding := err == nil && len(in.Exclude) > 0
	for _, name := range m.files {
		inside := name
		if m.name != "." {
			inside = strings.TrimPrefix(strings.TrimPrefix(name, m.name), "/")
		}
		if excluding {
			if out, err := exclude.MatchesOrParentMatches(orBase(inside, name)); err == nil && out {
				continue
			}
		}
		dest := in.Dest
		switch {
		case in.Parents:
			dest = path.Join(in.Dest, strings.TrimPrefix(name, path.Clean(m.pivot)+"/"))
		case m.isDir:
			dest = path.Join(in.Dest, inside)
		case toDir:
			dest = path.Join(in.Dest, path.Base(name))
		}
		entry := from.file(name)
		entry.Image = dest
		if entry.Span.IsZero() {
			entry.Stage, entry.Span = stage.ID(), in.Span
		}
		files[dest] = entry
	}
}

// orBase is a path inside of a directory, for a file that was named itself its own name.
func orBase(inside, name string) string {
	if inside == "" {
		return path.Base(name)
	}
	return inside
}

// hasDir tells whether a path is a directory of the layout.
func hasDir(files layout, dir string) bool {
	prefix := strings.TrimSuffix(dir, "/") + "/"
	for name := range files {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// origin finds what --from names. It is not known for images and remote contexts, whose files are not in the repository.
func (l *layouts) origin(stage *model.Stage, in *model.Instruction) (origin, bool) {
	if in.FromStage != nil && in.FromStage != stage {
		files := l.of(in.FromStage)
		names := make([]string, 0, len(files))
		for name := range files {
			names = append(names, strings.TrimPrefix(name, "/"))
		}
		slices.Sort(names)
		return origin{names: names, file: func(name string) model.ImageFile { return files["/"+name] }}, true
	}
	context := l.context
	if in.From != "" {
		dir, ok := l.service.Build.AdditionalContexts[in.From]
		if !ok || !l.tree.IsDir(dir) {
			return origin{}, false
		}
		context = l.loading.context(dir, "")
	}
	return origin{names: context.names, file: func(name string) model.ImageFile {
		return model.ImageFile{Source: path.Join(context.dir, name)}
	}}, true
}

// find resolves one source: a file, a directory, or a pattern.
func (o origin) find(text string) []match {
	name := path.Clean(strings.TrimPrefix(text, "/"))
	if name == "." || name == "" {
		return []match{{name: ".", isDir: true, files: o.names}}
	}
	if !strings.ContainsAny(name, "*?[") {
		if _, ok := slices.BinarySearch(o.names, name); ok {
			return []match{{name: name, files: []string{name}}}
		}
		if below := o.below(name); len(below) > 0 {
			return []match{{name: name, isDir: true, files: below}}
		}
		return nil
	}
	var list []match
	seen := map[string]bool{}
	depth := strings.Count(name, "/") + 1
	for _, file := range o.names {
		if ok, err := doublestar.Match(name, file); err == nil && ok {
			list = append(list, match{name: file, files: []string{file}})
			continue
		}
		parts := strings.Split(file, "/")
		if len(parts) <= depth || strings.Contains(name, "**") {
			continue
		}
		dir := strings.Join(parts[:depth], "/")
		if ok, err := doublestar.Match(name, dir); err == nil && ok && !seen[dir] {
			seen[dir] = true
			list = append(list, match{name: dir, isDir: true, files: o.below(dir)})
		}
	}
	return list
}

// below are the names in a directory.
func (o origin) below(dir string) []string {
	prefix := dir + "/"
	first, _ := slices.BinarySearch(o.names, prefix)
	last := first
	for last < len(o.names) && strings.HasPrefix(o.names[last], prefix) {
		last++
	}
	return o.names[first:last]
}

var archives = []string{".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"}

// withoutArchives takes out the archives that ADD would unpack; their files are not known.
func (l *layouts) withoutArchives(in *model.Instruction, found []match) []match {
	return slices.DeleteFunc(slices.Clone(found), func(m match) bool {
		isArchive := !m.isDir && slices.ContainsFunc(archives, func(ext string) bool { return strings.HasSuffix(strings.ToLower(m.name), ext) })
		if isArchive {
			l.report.add("dockerfile-archive", l.service.Name, in.Span, "ADD unpacks %s into the image; what is in it is not read", m.name)
		}
		return isArchive
	})
}

// missing reports sources that the context does not have. Not reported are patterns such as package-lock.json*, written so that
// they may match nothing, directories that are empty or wholly ignored, and packages.
func (l *layouts) missing(in *model.Instruction, sources []string) {
	var ignored, absent []string
	for _, text := range sources {
		stem, _, isPattern := strings.Cut(text, "*")
		switch name := path.Join(l.context.dir, text); {
		case isPattern && stem != "" && !strings.Contains(stem, "/"), strings.Contains(text, "node_modules"), source.Ignored(text):
		case l.context.ignore.Ignores(path.Clean(text)):
			ignored = append(ignored, text)
		case !l.tree.IsDir(name):
			absent = append(absent, text)
		}
	}
	if len(ignored) > 0 {
		l.report.add("dockerfile-source-missing", l.service.Name, in.Span, "%s copies %s, which %s leaves out of the build", in.Op, strings.Join(ignored, ", "), l.context.ignore.File)
	}
	if len(absent) > 0 {
		l.report.add("dockerfile-source-missing", l.service.Name, in.Span, "%s copies %s, which the build context %s does not have", in.Op, strings.Join(absent, ", "), l.context.dir)
	}
}
