package load

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dock2edge/dock2edge/internal/load/container"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/nginx"
	"github.com/dock2edge/dock2edge/internal/source"
)

// webServer reads the configuration of a service that runs nginx and translates it. It returns nil for other services.
func webServer(tree *source.Tree, project *model.Project, service *model.Service, report reporter) *model.WebServer {
	if service.Entry == nil || service.Entry.Kind != "nginx" {
		return nil
	}
	files := container.ForService(tree, project, service)
	made, templates := substituted(tree, service, files)
	config, problems := nginx.Parse(nginx.Image{
		Files: imageFS{files, made}, Source: func(name string) string { return sourceOf(files, cmp.Or(templates[name], name)) },
		Env: environmentOf(service), Secret: func(name string) bool { return isSecretVariable(service, name) },
		Unprivileged: strings.Contains(service.ImageRef+baseOf(service), "nginx-unprivileged"),
	})
	gateway, more := nginx.Translate(config, nginx.Environment{Peers: peersOf(project, service), Ports: targets(service.Ports), ReadFile: files.Read})
	for _, p := range append(problems, more...) {
		reportProblem(report, service, p)
	}
	web := &model.WebServer{Config: gateway, Upstreams: upstreams(config), Roots: gateway.ImagePaths()}
	if site, ok := nginx.StaticOnly(gateway, append(problems, more...)); ok {
		web.Static = &model.StaticSite{Root: site.Root, NotFound: site.NotFound, HTML: site.HTML, Differences: site.Differences}
	}
	for _, server := range config.Servers {
		for _, listen := range server.Listens {
			if listen.Port != 0 && !slices.Contains(web.Ports, listen.Port) {
				web.Ports = append(web.Ports, listen.Port)
			}
		}
	}
	return web
}

// envsubst is `envsubst ['$A $B'] < template > file`, as start scripts write it.
var envsubst = regexp.MustCompile(`envsubst\s+(?:'([^']*)'|"([^"]*)")?\s*<\s*(\S+)\s*>\s*([^\s;&|]+)`)

// substituted are the files that the container fills from templates before its server starts, and those templates, both by
// the absolute path of the file that is made.
func substituted(tree *source.Tree, service *model.Service, files *container.Files) (made, templates map[string]string) {
	made, templates = map[string]string{}, map[string]string{}
	for _, script := range startScripts(tree, service) {
		for _, m := range envsubst.FindAllStringSubmatch(script, -1) {
			from, to := inDir(service.Entry.Workdir, m[3]), inDir(service.Entry.Workdir, m[4])
			text, err := files.Read(from)
			if err != nil {
				continue
			}
			values := environmentOf(service)
			if only := m[1] + m[2]; only != "" {
				maps.DeleteFunc(values, func(name, _ string) bool {
					return !strings.Contains(only, "$"+name) && !strings.Contains(only, "${"+name+"}")
				})
			}
			for name := range values {
				if isSecretVariable(service, name) {
					values[name] = "${" + nginx.SecretVariable + name + "}" // the gateway reads it when a request comes
				}
			}
			made[to], templates[to] = nginx.Envsubst(string(text), values), from
		}
	}
	return made, templates
}

// startScripts are the texts of the commands that start the container: its command line and the scripts it goes through.
func startScripts(tree *source.Tree, service *model.Service) []string {
	texts := []string{strings.Join(service.Entry.Argv, " ")}
	seen := map[string]bool{}
	for _, step := range append(slices.Clone(service.Entry.Before), service.Entry.Trail...) {
		file := step.Span.File
		if ext := path.Ext(file); seen[file] || ext != ".sh" && ext != ".bash" {
			continue
		}
		seen[file] = true
		if text, err := tree.Read(file); err == nil {
			texts = append(texts, string(text))
		}
	}
	return texts
}

func inDir(dir, name string) string {
	name = strings.Trim(name, `"'`)
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", dir, name)
}

func reportProblem(report reporter, service *model.Service, p nginx.Problem) {
	span := p.At
	if span.File == "" {
		span = service.Span
	}
	message := p.Message
	if p.Directive != "" && !strings.HasPrefix(message, p.Directive+" ") {
		message = p.Directive + ": " + message
	}
	report.add("nginx-"+string(p.Level), service.Name, span, "%s", message)
}

// peersOf are the network names of the project. The bindings behind them are the plan's business, so each name stands for
// its own.
func peersOf(project *model.Project, service *model.Service) map[string]nginx.Peer {
	peers := map[string]nginx.Peer{}
	for _, other := range project.Services {
		peer := nginx.Peer{Binding: other.Name}
		if other == service {
			peer = nginx.Peer{Self: true}
		}
		for _, alias := range append([]string{other.Name}, other.Aliases...) {
			peers[alias] = peer
		}
	}
	for alias, target := range service.Links {
		peers[alias] = nginx.Peer{Binding: target}
	}
	return peers
}

func targets(ports []model.Port) []int {
	var list []int
	for _, p := range ports {
		if p.Protocol != "udp" {
			list = append(list, p.Target)
		}
	}
	return list
}

// upstreams are the hosts that requests are passed to: servers of upstream blocks, and hosts of proxy_pass and of variables
// that hold an address.
func upstreams(config *nginx.Config) []model.Upstream {
	var list []model.Upstream
	names := map[string]bool{}
	for _, u := range config.Upstreams {
		names[u.Name] = true
		for _, s := range u.Servers {
			list = append(list, upstream(s.Address, s.At))
		}
	}
	var walk func(directives []*nginx.Directive)
	walk = func(directives []*nginx.Directive) {
		for _, d := range directives {
			text := ""
			switch d.Name {
			case "proxy_pass":
				text = d.Arg(0)
			case "set":
				text = d.Arg(1)
			}
			_, address, found := strings.Cut(text, "://")
			if found || d.Name == "set" && strings.Contains(text, ":") {
				if !found {
					address = text
				}
				address, _, _ = strings.Cut(address, "/")
				if u := upstream(address, d.At); u.Host != "" && !names[u.Host] && !strings.Contains(u.Host, "$") {
					list = append(list, u)
				}
			}
			walk(d.Block)
		}
	}
	walk(config.Main)
	for _, server := range config.Servers {
		walk(server.Directives)
		for _, location := range allLocations(server.Locations) {
			walk(location.Directives)
		}
	}
	slices.SortStableFunc(list, func(a, b model.Upstream) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Port, b.Port), source.Compare(a.Span, b.Span))
	})
	return slices.CompactFunc(list, func(a, b model.Upstream) bool { return a.Host == b.Host && a.Port == b.Port })
}

func allLocations(list []*nginx.Location) []*nginx.Location {
	all := slices.Clone(list)
	for _, location := range list {
		all = append(all, allLocations(location.Locations)...)
	}
	return all
}

func upstream(address string, at source.Span) model.Upstream {
	host, port, _ := strings.Cut(address, ":")
	number, err := strconv.Atoi(port)
	if err != nil {
		number = 80
	}
	return model.Upstream{Host: host, Port: number, Span: at}
}

func sourceOf(files *container.Files, name string) string {
	file, ok := files.Lookup(path.Join("/", name))
	if !ok {
		return ""
	}
	return file.Source
}

func environmentOf(service *model.Service) map[string]string {
	env := map[string]string{}
	for _, e := range append(slices.Clone(imageEnv(service)), service.Environment...) {
		if e.HasValue {
			env[e.Name] = e.Value
		}
	}
	return env
}

func isSecretVariable(service *model.Service, name string) bool {
	return slices.ContainsFunc(append(slices.Clone(imageEnv(service)), service.Environment...), func(e model.EnvVar) bool { return e.Name == name && e.Secret })
}

func baseOf(service *model.Service) string {
	if service.Image == nil || service.Image.Target == nil {
		return ""
	}
	stage := service.Image.Target
	for stage.BaseStage != nil {
		stage = stage.BaseStage
	}
	return " " + stage.Base
}

// imageFS shows the container's files as an fs.FS, which has no leading slash and must list directories for globs.
// made are texts that the container writes before its server starts, by absolute path.
type imageFS struct {
	files *container.Files
	made  map[string]string
}

// Open opens a file or directory.
func (f imageFS) Open(name string) (fs.File, error) {
	full := path.Join("/", name)
	if text, ok := f.made[full]; ok {
		return &imageFile{entry: imageEntry{name: path.Base(name), size: int64(len(text))}, Reader: strings.NewReader(text)}, nil
	}
	if f.files.IsFile(full) {
		data, err := f.files.Read(full)
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return &imageFile{entry: imageEntry{name: path.Base(name), size: int64(len(data))}, Reader: strings.NewReader(string(data))}, nil
	}
	if f.files.IsDir(full) || len(f.madeIn(full)) > 0 {
		return &imageDir{entry: imageEntry{name: path.Base(name), dir: true}, files: f, path: full}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

type imageFile struct {
	*strings.Reader
	entry imageEntry
}

func (f *imageFile) Stat() (fs.FileInfo, error) { return f.entry, nil }
func (f *imageFile) Close() error               { return nil }

type imageDir struct {
	entry imageEntry
	files imageFS
	path  string
	read  bool
}

func (d *imageDir) Stat() (fs.FileInfo, error) { return d.entry, nil }
func (d *imageDir) Close() error               { return nil }
func (d *imageDir) Read([]byte) (int, error) {
	return 0, fmt.Errorf("%s is a directory", d.path)
}

// ReadDir lists the directory once, whatever n says: globs ask for everything.
func (d *imageDir) ReadDir(int) ([]fs.DirEntry, error) {
	if d.read {
		return nil, nil
	}
	d.read = true
	var list []fs.DirEntry
	names := append(d.files.files.List(d.path), d.files.madeIn(d.path)...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		full := path.Join(d.path, name)
		_, made := d.files.made[full]
		list = append(list, fs.FileInfoToDirEntry(imageEntry{name: name, dir: !made && !d.files.files.IsFile(full)}))
	}
	return list, nil
}

// madeIn are the names in a directory of texts that are made at start.
func (f imageFS) madeIn(dir string) []string {
	var names []string
	for name := range f.made {
		if path.Dir(name) == dir {
			names = append(names, path.Base(name))
		}
	}
	return names
}

type imageEntry struct {
	name string
	size int64
	dir  bool
}

func (e imageEntry) Name() string { return e.name }
func (e imageEntry) Size() int64  { return e.size }
func (e imageEntry) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
func (e imageEntry) ModTime() time.Time { return time.Time{} }
func (e imageEntry) IsDir() bool        { return e.dir }
func (e imageEntry) Sys() any           { return nil }
