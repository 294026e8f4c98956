package load

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// mentioned remembers the host names of every file it has looked at: services share files.
type mentioned struct {
	tree  *source.Tree
	hosts map[string]map[string]source.Position
}

// mentions finds the names of other services in what a service runs with: its environment, its command, the modules that ship
// and the configuration files beside them. It looks for names as addresses use them, so that a service called "web" is not
// seen in every sentence.
func (m *mentioned) mentions(project *model.Project, service *model.Service) []model.Mention {
	names := otherNames(project, service)
	if len(names) == 0 {
		return nil
	}
	found := map[string]source.Span{}
	note := func(name string, span source.Span) {
		if _, known := found[name]; !known {
			found[name] = span
		}
	}
	for _, e := range slices.Concat(service.Environment, imageEnv(service)) {
		for _, name := range names {
			if inValue(e.Value, name) {
				note(name, e.Span)
			}
		}
	}
	for _, line := range []*model.CommandLine{service.Entrypoint, service.Command} {
		if line == nil {
			continue
		}
		for _, name := range names {
			if inValue(strings.Join(line.Argv, " "), name) {
				note(name, line.Span)
			}
		}
	}
	for _, file := range textFiles(service) {
		hosts := m.in(file)
		for _, name := range names {
			if at, ok := hosts[name]; ok {
				note(name, source.At(file, at.Line, at.Column))
			}
		}
	}
	var list []model.Mention
	for _, name := range sortedKeys(found) {
		list = append(list, model.Mention{Name: name, Span: found[name]})
	}
	return list
}

func otherNames(project *model.Project, service *model.Service) []string {
	seen := map[string]bool{}
	for _, other := range project.Services {
		if other != service {
			seen[other.Name] = true
			for _, alias := range other.Aliases {
				seen[alias] = true
			}
		}
	}
	for alias := range service.Links {
		seen[alias] = true
	}
	return sortedKeys(seen)
}

func imageEnv(service *model.Service) []model.EnvVar {
	if service.Image == nil || service.Image.Target == nil {
		return nil
	}
	return service.Image.Target.Env
}

// inValue tells whether a value is the name, or has it as a host: "db", "db:5432", "postgres://u:p@db/app", "a:1,db:2".
func inValue(value, name string) bool {
	for rest, start := value, 0; ; {
		i := strings.Index(rest, name)
		if i < 0 {
			return false
		}
		at := start + i
		if hostEdge(value, at-1) && hostEdge(value, at+len(name)) {
			return true
		}
		start = at + len(name)
		rest = value[start:]
	}
}

// hostEdge tells whether a host name can begin after, or end before, the byte at i.
func hostEdge(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return true
	}
	return strings.IndexByte("/@:,;=? \t\n\"'`[](){}<>|&#", text[i]) >= 0
}

// in are the host names in a file, with the first place of each.
func (m *mentioned) in(file string) map[string]source.Position {
	if hosts, ok := m.hosts[file]; ok {
		return hosts
	}
	hosts := map[string]source.Position{}
	if text, err := m.tree.Read(file); err == nil {
		lines := source.NewLines(text)
		eachHost(text, func(name string, offset int) {
			if _, known := hosts[name]; !known {
				hosts[name] = lines.Position(offset)
			}
		})
	}
	m.hosts[file] = hosts
	return hosts
}

// eachHost visits what may be a host name in source text: a word that is a whole string literal, or the host of an address: 'db',
// "db:5432", `http://db/x`, 'amqp://u:p@db'.
func eachHost(text []byte, visit func(name string, offset int)) {
	for at := 0; at < len(text); at++ {
		end := at
		for end < len(text) && isHostByte(text[end]) {
			end++
		}
		if end == at {
			continue
		}
		before, after := byteAt(text, at-1), byteAt(text, end)
		quoted := strings.IndexByte("\"'`", before) >= 0
		closed := strings.IndexByte("\"'`", after) >= 0
		port := after == ':' && isDigit(byteAt(text, end+1))
		address := before == '/' && byteAt(text, at-2) == '/' || before == '@'
		switch {
		case quoted && (closed || port || after == '/'),
			address && (closed || port || after == '/' || after == '?' || after == '$' || after <= ' ' || after == ';'),
			port && before <= ' ':
			visit(string(text[at:end]), at)
		}
		at = end
	}
}

func isHostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '-' || c == '_' || c == '.'
}

func byteAt(text []byte, i int) byte {
	if i < 0 || i >= len(text) {
		return ' '
	}
	return text[i]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// textFiles are the shipped modules and the configuration files that ship beside them.
func textFiles(service *model.Service) []string {
	seen := map[string]bool{}
	if service.Ship != nil {
		for _, m := range service.Ship.Modules {
			seen[m.Source] = true
		}
	}
	add := func(name string) {
		switch path.Ext(name) {
		case ".json", ".yaml", ".yml", ".toml", ".ini", ".conf", ".properties", ".env", ".cfg", ".template":
			if base := path.Base(name); base != "package-lock.json" && base != "package.json" && base != "tsconfig.json" {
				seen[name] = true
			}
		}
	}
	if service.Image != nil {
		for _, f := range service.Image.Files {
			add(f.Source)
		}
	}
	for _, m := range service.MountFiles {
		for _, f := range m.Files {
			add(f)
		}
	}
	delete(seen, "")
	return sortedKeys(seen)
}
