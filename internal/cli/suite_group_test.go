package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/verify"
)

// suiteDir holds the groups of the suite; docs/suite.md says what is in one.
const suiteDir = "../../testdata/suite"

// suiteGroup is one group: a Compose project of small apps. It is read here with a plain YAML parser, not with the program's
// own loader, so that what is under test does not decide what the original is.
type suiteGroup struct {
	name, dir string
	// apps are the services with a request file, by name; services are all services that are built from source.
	apps     []string
	services map[string]*suiteService
	servers  map[string]originalServer
	// build are the commands that stand for the image of a build context.
	build map[string][]string
}

// suiteService is one service that is built from source.
type suiteService struct {
	name, context string
	// command is a shell command.
	command   string
	env       map[string]string
	port      int
	expose    []int
	dependsOn []string
	requests  []verify.Request
}

// composeService is what the suite uses of a Compose service.
type composeService struct {
	Image       string            `yaml:"image"`
	Build       yaml.Node         `yaml:"build"`
	Command     yaml.Node         `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	DependsOn   yaml.Node         `yaml:"depends_on"`
	Volumes     []yaml.Node       `yaml:"volumes"`
	Expose      []int             `yaml:"expose"`
	Rest        map[string]any    `yaml:",inline"`
}

// suiteGroups are the names of all groups.
func suiteGroups(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(suiteDir, "*", "compose.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no group in %s: %v", suiteDir, err)
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = filepath.Base(filepath.Dir(file))
	}
	return names
}

func readSuiteGroup(t *testing.T, name string) *suiteGroup {
	t.Helper()
	g := &suiteGroup{
		name: name, dir: filepath.Join(suiteDir, name), services: map[string]*suiteService{}, servers: map[string]originalServer{},
		build: map[string][]string{},
	}
	data, err := os.ReadFile(filepath.Join(g.dir, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]*composeService `yaml:"services"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatalf("%s/compose.yaml: %v", g.dir, err)
	}
	for _, service := range slices.Sorted(maps.Keys(file.Services)) {
		if c := file.Services[service]; c.Image != "" && c.Build.IsZero() {
			g.servers[service] = suiteServer(t, service, c)
		} else {
			g.addService(t, service, c)
		}
	}
	g.readOriginal(t)
	return g
}

// readOriginal reads how images are built without Docker, where npm ci is not all.
func (g *suiteGroup) readOriginal(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(g.dir, "original.json"))
	if os.IsNotExist(err) {
		return
	}
	var original struct {
		Build map[string][]string `json:"build"`
	}
	if err == nil {
		err = json.Unmarshal(data, &original)
	}
	if err != nil {
		t.Fatalf("%s/original.json: %v", g.dir, err)
	}
	for context, commands := range original.Build {
		g.build[path.Clean(context)] = commands
	}
}

// addService adds a service that is built from source.
func (g *suiteGroup) addService(t *testing.T, name string, c *composeService) {
	t.Helper()
	s := &suiteService{name: name, env: c.Environment, port: 3000, expose: c.Expose, dependsOn: namesOf(&c.DependsOn)}
	s.context = path.Clean(c.Build.Value)
	if c.Build.Kind == yaml.MappingNode {
		var build struct {
			Context string `yaml:"context"`
		}
		if err := c.Build.Decode(&build); err != nil {
			t.Fatal(err)
		}
		s.context = path.Clean(build.Context)
	}
	if s.command = shellCommand(&c.Command); s.command == "" {
		t.Fatalf("%s/compose.yaml: service %s needs a command", g.dir, name)
	}
	if port, err := strconv.Atoi(c.Environment["PORT"]); err == nil {
		s.port = port
	}
	data, err := os.ReadFile(filepath.Join(g.dir, "requests", name+".json"))
	if err == nil {
		if s.requests, err = verify.ParseRequests(data); err != nil {
			t.Fatalf("%s/requests/%s.json: %v", g.dir, name, err)
		}
		for i := range s.requests {
			s.requests[i].Service, s.requests[i].Body = name, compactJSON(t, s.requests[i].Body)
		}
		g.apps = append(g.apps, name)
	} else if !os.IsNotExist(err) {
		t.Fatal(err)
	}
	g.services[name] = s
}

// compactJSON is a value without spaces, so that the original gets the same bytes as the lifted app, whose requests are written
// to a file in between.
func compactJSON(t *testing.T, value json.RawMessage) json.RawMessage {
	t.Helper()
	if len(value) == 0 {
		return nil
	}
	var out bytes.Buffer
	if err := json.Compact(&out, value); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// shellCommand is a Compose command as a shell takes it: a string as it is, a list quoted.
func shellCommand(node *yaml.Node) string {
	if node.Kind == yaml.ScalarNode {
		return node.Value
	}
	var words []string
	for _, n := range node.Content {
		words = append(words, "'"+strings.ReplaceAll(n.Value, "'", `'\''`)+"'")
	}
	return strings.Join(words, " ")
}

// namesOf are the entries of a list or the keys of a mapping.
func namesOf(node *yaml.Node) []string {
	var names []string
	for i, n := range node.Content {
		if node.Kind == yaml.SequenceNode || i%2 == 0 {
			names = append(names, n.Value)
		}
	}
	return names
}

// suiteServer is a real server that stands for an image.
func suiteServer(t *testing.T, name string, c *composeService) originalServer {
	t.Helper()
	image, _, _ := strings.Cut(path.Base(c.Image), ":")
	kinds := map[string]originalServer{
		"postgres": {Kind: "postgres", Port: 5432}, "mysql": {Kind: "mariadb", Port: 3306}, "mariadb": {Kind: "mariadb", Port: 3306},
		"redis": {Kind: "redis", Port: 6379}, "valkey": {Kind: "redis", Port: 6379},
		"mongo": {Kind: "mongodb", Port: 27017}, "rabbitmq": {Kind: "rabbitmq", Port: 5672}, "memcached": {Kind: "memcached", Port: 11211},
	}
	s, ok := kinds[image]
	if !ok {
		t.Fatalf("service %s: the suite has no server for the image %s", name, c.Image)
	}
	for _, prefix := range []string{"POSTGRES_", "MYSQL_", "MARIADB_", "RABBITMQ_DEFAULT_", "MONGO_INITDB_ROOT_"} {
		s.User = or(s.User, c.Environment[prefix+"USER"], c.Environment[prefix+"USERNAME"])
		s.Password = or(s.Password, c.Environment[prefix+"PASSWORD"], c.Environment[prefix+"PASS"])
		s.Database = or(s.Database, c.Environment[prefix+"DB"], c.Environment[prefix+"DATABASE"])
	}
	for _, v := range c.Volumes {
		from, to, _ := strings.Cut(v.Value, ":")
		if strings.HasPrefix(to, "/docker-entrypoint-initdb.d") {
			s.Init = append(s.Init, path.Clean(from))
		}
	}
	return s
}

// chosen are the apps to run: all, or those of a list. It fails for names that no app has.
func (g *suiteGroup) chosen(t *testing.T, list string) []string {
	t.Helper()
	if list == "" {
		return g.apps
	}
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		if !slices.Contains(g.apps, name) {
			t.Fatalf("group %s has no app %q; it has %s", g.name, name, strings.Join(g.apps, ", "))
		}
		out = append(out, name)
	}
	return out
}

// needed are the services and servers that must run for some apps, each after those it depends on.
func (g *suiteGroup) needed(apps []string) []string {
	var order []string
	var add func(name string)
	add = func(name string) {
		if slices.Contains(order, name) {
			return
		}
		if s := g.services[name]; s != nil {
			for _, other := range s.dependsOn {
				add(other)
			}
		}
		order = append(order, name)
	}
	for _, name := range apps {
		add(name)
	}
	return order
}

var (
	imported   = regexp.MustCompile(`(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']((?:@[\w.-]+/)?[\w.-]+)`)
	appProgram = regexp.MustCompile(`[\w./-]+\.(?:[cm]?[jt]sx?)\b`)
)

// packages are the installed packages with versions that an app names in its own file; those of its package.json where the
// command names no file of the group.
func (g *suiteGroup) packages(t *testing.T, s *suiteService) []string {
	t.Helper()
	context := filepath.Join(g.dir, filepath.FromSlash(s.context))
	var manifest struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	var lock struct {
		Packages map[string]struct {
			Version string `json:"version"`
		} `json:"packages"`
	}
	for name, into := range map[string]any{"package.json": &manifest, "package-lock.json": &lock} {
		data, err := os.ReadFile(filepath.Join(context, name))
		if err == nil {
			err = json.Unmarshal(data, into)
		}
		if err != nil {
			t.Fatalf("%s: %v", context, err)
		}
	}
	names := slices.Sorted(maps.Keys(manifest.Dependencies))
	program, err := os.ReadFile(filepath.Join(context, appProgram.FindString(s.command)))
	if err == nil {
		used := map[string]bool{}
		for _, match := range imported.FindAllStringSubmatch(string(program), -1) {
			used[match[1]] = true
		}
		names = slices.DeleteFunc(names, func(name string) bool { return !used[name] })
	}
	out := []string{}
	for _, name := range names {
		out = append(out, fmt.Sprintf("%s@%s", name, lock.Packages["node_modules/"+name].Version))
	}
	return out
}

// copySuiteFiles brings the files of a folder over with their times, and removes what is not among them. Installed packages
// stay.
func copySuiteFiles(from, to string) error {
	isInstalled := func(name string) bool {
		return slices.Contains(strings.Split(filepath.ToSlash(name), "/"), "node_modules")
	}
	err := filepath.WalkDir(to, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || isInstalled(file) {
			return nil
		}
		return os.Remove(file)
	})
	if err != nil {
		return err
	}
	return filepath.WalkDir(from, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if entry.IsDir() {
			if isInstalled(name) {
				return fs.SkipDir
			}
			return os.MkdirAll(target, 0o755)
		}
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(target, data, info.Mode().Perm()); err != nil {
			return err
		}
		return os.Chtimes(target, info.ModTime(), info.ModTime())
	})
}

// setSuiteTimes gives every file of a copy a time of its own, except those that from has too: they have the time there.
func setSuiteTimes(from, to string) error {
	made := time.Now().Add(-time.Hour)
	return filepath.WalkDir(to, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == "node_modules" {
				// Copying has given these new times already.
				return fs.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(to, file)
		if err != nil {
			return err
		}
		at := made
		if info, err := os.Stat(filepath.Join(from, name)); err == nil {
			at = info.ModTime()
		}
		return os.Chtimes(file, at, at)
	})
}
