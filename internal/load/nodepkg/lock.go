package nodepkg

import (
	"bufio"
	"bytes"
	"encoding/json"
	"path"
	"strings"
)

// Lock holds the versions that a lock file fixes.
type Lock struct {
	// File is the lock file's path.
	File string
	dir  string
	// versions are by key: "name@range" (yarn), "workspace folder\x00name" (pnpm, npm), "\x00name" for the rest.
	versions map[string]string
}

// Lock reads the lock file that applies to a package: the closest at or above its directory; nil when there is none.
func (p *Packages) Lock(dir string) *Lock {
	for _, at := range Ancestors(dir) {
		if lock := kept(p, p.locks, at, func() *Lock { return p.readLock(at) }); lock != nil {
			return lock
		}
	}
	return nil
}

func (p *Packages) readLock(dir string) *Lock {
	for _, format := range []struct {
		name string
		read func([]byte, map[string]string)
	}{
		{"package-lock.json", readNPMLock}, {"npm-shrinkwrap.json", readNPMLock}, {"yarn.lock", readYarnLock},
		{"pnpm-lock.yaml", readPNPMLock}, {"bun.lock", readBunLock},
	} {
		file := path.Join(dir, format.name)
		if !p.IsFile(file) {
			continue
		}
		lock := &Lock{File: file, dir: dir, versions: map[string]string{}}
		if text, err := p.Read(file); err == nil {
			format.read(text, lock.versions)
		}
		return lock
	}
	return nil
}

// Version is the version of a package that a package in dir depends on by a range; empty when the file does not say.
func (l *Lock) Version(dir, name, versionRange string) string {
	if l == nil {
		return ""
	}
	folder := "."
	if l.dir == "." {
		folder = path.Clean(dir)
	} else if rel, ok := strings.CutPrefix(dir, l.dir+"/"); ok {
		folder = rel
	}
	for _, key := range []string{name + "@" + versionRange, name + "@npm:" + versionRange, folder + "\x00" + name, ".\x00" + name, "\x00" + name} {
		if version := l.versions[key]; version != "" {
			return version
		}
	}
	return ""
}

func readNPMLock(text []byte, versions map[string]string) {
	var file struct {
		Packages     map[string]struct{ Version string }
		Dependencies map[string]struct{ Version string }
	}
	if json.Unmarshal(text, &file) != nil {
		return
	}
	for name, dependency := range file.Dependencies {
		versions["\x00"+name] = dependency.Version
	}
	for where, installed := range file.Packages {
		folder, name, ok := strings.Cut("/"+where, "/node_modules/")
		if !ok || strings.Contains(name, "/node_modules/") || installed.Version == "" {
			continue
		}
		if folder = strings.TrimPrefix(folder, "/"); folder == "" {
			versions["\x00"+name] = installed.Version
		} else {
			versions[folder+"\x00"+name] = installed.Version
		}
	}
}

// readYarnLock reads both generations: a line of "name@range" keys, and below it the version.
func readYarnLock(text []byte, versions map[string]string) {
	var keys []string
	scanner := lines(text)
	for scanner.Scan() {
		line := scanner.Text()
		switch {
		case line == "" || line[0] == '#':
		case line[0] != ' ':
			keys = nil
			for _, key := range strings.Split(strings.TrimSuffix(strings.TrimSpace(line), ":"), ",") {
				keys = append(keys, strings.Trim(strings.TrimSpace(key), `"`))
			}
		case strings.HasPrefix(line, "  version"):
			version := strings.Trim(strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(line, "  version"), ":")), `"`)
			for _, key := range keys {
				versions[key] = version
				if i := strings.LastIndex(key, "@"); i > 0 {
					versions["\x00"+key[:i]] = version
				}
			}
		}
	}
}

// readPNPMLock reads what the importers depend on: lines `name: version` below a kind of dependencies, or `name:` with
// `version: …` below it. A full YAML parser takes far longer for these files, which have tens of thousands of lines.
func readPNPMLock(text []byte, versions map[string]string) {
	importer, base, inside, name := ".", 0, false, ""
	scanner := lines(text)
	for scanner.Scan() {
		line := scanner.Text()
		trimmed := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		key, value, ok := strings.Cut(trimmed, ":")
		key, value = strings.Trim(key, `'"`), strings.Trim(strings.TrimSpace(value), `'"`)
		switch {
		case trimmed == "" || !ok:
			continue
		case indent == 0 && key == "importers":
			base = 4
			continue
		case indent == 0 && (key == "packages" || key == "snapshots"):
			return
		case base == 4 && indent == 2:
			importer, inside = key, false
			continue
		case indent == base && (base == 4 || strings.HasSuffix(key, "ependencies")):
			inside = strings.HasSuffix(key, "ependencies")
			continue
		}
		switch {
		case !inside:
		case indent == base+2:
			name = key
			if value != "" {
				versions[importer+"\x00"+name] = pnpmVersion(value)
			}
		case indent == base+4 && key == "version":
			versions[importer+"\x00"+name] = pnpmVersion(value)
		}
	}
}

// pnpmVersion takes the peers off a version: `1.2.3(react@18.0.0)`, `1.2.3_react@18.0.0`.
func pnpmVersion(value string) string {
	if i := strings.IndexAny(value, "(_"); i > 0 {
		value = value[:i]
	}
	if strings.HasPrefix(value, "link:") {
		return ""
	}
	return value
}

func readBunLock(text []byte, versions map[string]string) {
	root, err := ParseJSON("bun.lock", text)
	if err != nil {
		return
	}
	for _, field := range root.Get("packages").Fields() {
		items := field.Value.Items()
		if len(items) == 0 {
			continue
		}
		if i := strings.LastIndex(items[0].Text(), "@"); i > 0 {
			versions["\x00"+field.Name] = items[0].Text()[i+1:]
		}
	}
}

func lines(text []byte) *bufio.Scanner {
	scanner := bufio.NewScanner(bytes.NewReader(text))
	scanner.Buffer(nil, 1<<20)
	return scanner
}
