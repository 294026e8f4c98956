package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/verify"
)

// original is testdata/projects/<name>/original.json: how the project runs unmodified without containers, so that its answers
// can be recorded.
type original struct {
	// Servers are the real database servers by the name the services know them by.
	Servers map[string]originalServer `json:"servers"`
	// Services in the order in which they start.
	Services []originalService `json:"services"`
	// Secrets are the values that verify gets for required secrets.
	Secrets map[string]string `json:"secrets"`
}

// originalServer is one database server.
type originalServer struct {
	// Kind is "postgres", "mariadb" or "redis".
	Kind string `json:"kind"`
	// Port is the one the services connect to.
	Port     int    `json:"port"`
	Database string `json:"database"`
	User     string `json:"user"`
	Password string `json:"password"`
	// Init are SQL files below in/.
	Init []string `json:"init"`
}

// url is the server's address for verify --connect; empty for servers that verify replaces.
func (s originalServer) url(port int) string {
	scheme := map[string]string{"postgres": "postgres", "mariadb": "mysql"}[s.Kind]
	if scheme == "" {
		return ""
	}
	return fmt.Sprintf("%s://%s:%s@127.0.0.1:%d/%s", scheme, s.User, s.Password, port, s.Database)
}

// originalService is one service: a Node.js program, or nginx with the project's own configuration.
type originalService struct {
	Name string `json:"name"`
	// Directory is the build context below in/; Build are the shell commands of its Dockerfile.
	Directory string   `json:"directory"`
	Build     []string `json:"build"`
	Command   []string `json:"command"`
	// Env is its environment; "{data}" stands for a directory that is empty at the start, in place of a volume.
	Env map[string]string `json:"env"`
	// Port is the one it listens on; 0 for none. Ready is the path that answers once it is up.
	Port  int    `json:"port"`
	Ready string `json:"ready"`
	// Nginx is the configuration file below in/; Files are the image's folders with the folders below in/ they come from.
	Nginx string            `json:"nginx"`
	Files map[string]string `json:"files"`
}

func readOriginal(t *testing.T, project string) original {
	t.Helper()
	file := filepath.Join(project, "original.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var o original
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&o); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return o
}

// instance is a running original.
type instance struct {
	daemons []*daemon
	// hosts are the real addresses by "name:port", as the services know them.
	hosts map[string]string
	// urls are the base URLs by service.
	urls map[string]string
}

func (i *instance) stop() {
	for _, d := range slices.Backward(i.daemons) {
		d.stop()
	}
}

// buildOriginal copies the project and runs its builds. It returns the copy.
func buildOriginal(t *testing.T, project string, o original) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "original")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(project, "in"))); err != nil {
		t.Fatal(err)
	}
	for _, s := range o.Services {
		for _, command := range s.Build {
			c := exec.Command("sh", "-c", command)
			c.Dir = filepath.Join(dir, filepath.FromSlash(s.Directory))
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: %s: %v\n%s", s.Name, command, err, out)
			}
		}
	}
	return dir
}

// startOriginal starts servers from scratch and then the services of the built copy.
func startOriginal(t *testing.T, project, built string, o original) *instance {
	t.Helper()
	i := &instance{hosts: map[string]string{}, urls: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(o.Servers)) {
		d, port := startServer(t, filepath.Join(project, "in"), name, o.Servers[name])
		i.daemons = append(i.daemons, d)
		i.hosts[fmt.Sprintf("%s:%d", name, o.Servers[name].Port)] = fmt.Sprintf("127.0.0.1:%d", port)
	}
	for _, s := range o.Services {
		i.start(t, built, s)
	}
	return i
}

func (i *instance) start(t *testing.T, built string, s originalService) {
	t.Helper()
	port := 0
	if s.Port != 0 {
		port = freePort(t)
		i.hosts[fmt.Sprintf("%s:%d", s.Name, s.Port)] = fmt.Sprintf("127.0.0.1:%d", port)
		i.urls[s.Name] = fmt.Sprintf("http://127.0.0.1:%d", port)
	}
	var d *daemon
	if s.Nginx != "" {
		d = i.startNginx(t, built, s, port)
	} else {
		d = i.startNode(t, built, s, port)
	}
	i.daemons = append(i.daemons, d)
	if s.Ready == "" {
		return
	}
	d.await(t, s.Name, func() bool {
		response, err := http.Get(i.urls[s.Name] + s.Ready)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode < 400
	})
}

// startNode starts a service on Node.js with the preload that maps names and ports.
func (i *instance) startNode(t *testing.T, built string, s originalService, port int) *daemon {
	t.Helper()
	preload, err := filepath.Abs("../../testdata/originals/hostmap.cjs")
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "NODE_OPTIONS=--require " + strconv.Quote(preload),
		"ORIGINAL_HOSTS=" + jsonText(t, i.hosts), "ORIGINAL_PORTS=" + jsonText(t, map[int]int{s.Port: port}),
	}
	for name, value := range s.Env {
		env = append(env, name+"="+strings.ReplaceAll(value, "{data}", data))
	}
	return startDaemon(t, "", filepath.Join(built, filepath.FromSlash(s.Directory)), env, s.Command[0], s.Command[1:]...)
}

var listenDirective = regexp.MustCompile(`(?m)^(\s*listen\s+)\d+;`)

// startNginx starts nginx with the project's own configuration, in which only addresses and folders are replaced.
func (i *instance) startNginx(t *testing.T, built string, s originalService, port int) *daemon {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(built, filepath.FromSlash(s.Nginx)))
	if err != nil {
		t.Fatal(err)
	}
	conf := listenDirective.ReplaceAllString(string(text), fmt.Sprintf("${1}127.0.0.1:%d;", port))
	for host, address := range i.hosts {
		conf = strings.ReplaceAll(conf, "server "+host+";", "server "+address+";")
	}
	for folder, from := range s.Files {
		conf = strings.ReplaceAll(conf, folder, filepath.Join(built, filepath.FromSlash(from)))
	}
	dir := t.TempDir()
	var main strings.Builder
	if os.Getuid() == 0 {
		main.WriteString("user root;\n")
	}
	fmt.Fprintf(&main, "daemon off;\nworker_processes 1;\npid %s/pid;\nerror_log stderr;\nevents {}\nhttp {\n", dir)
	main.WriteString("include /etc/nginx/mime.types;\ndefault_type application/octet-stream;\nsendfile on;\nserver_tokens off;\naccess_log off;\n")
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&main, "%s_temp_path %s/%s;\n", kind, dir, kind)
	}
	main.WriteString(conf + "\n}\n")
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(main.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return startDaemon(t, "", dir, os.Environ(), program(t, "nginx"), "-p", dir, "-c", file, "-e", "stderr")
}

// record asks the original twice, each time started from scratch, and returns the requests with its answers; what differs
// between the two runs is volatile.
func record(t *testing.T, project string, o original, requests []verify.Request) []verify.Request {
	t.Helper()
	built := buildOriginal(t, project, o)
	running := startOriginal(t, project, built, o)
	asked := 0
	// One address for all services, which the header of each request names. After the first run of the sequence the
	// original starts anew.
	const header = "X-Recorded-Service"
	router := httptest.NewServer(&httputil.ReverseProxy{
		FlushInterval: -1,
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			if asked == len(requests) {
				running.stop()
				running = startOriginal(t, project, built, o)
			}
			asked++
			r.Out.URL.Scheme = "http"
			r.Out.URL.Host = strings.TrimPrefix(running.urls[r.In.Header.Get(header)], "http://")
			r.Out.Host = r.In.Host
			r.Out.Header.Del(header)
		},
	})
	defer router.Close()
	named := make([]verify.Request, len(requests))
	for n, r := range requests {
		named[n] = r
		named[n].Headers = map[string]string{header: r.Service}
		maps.Copy(named[n].Headers, r.Headers)
	}
	recorded, err := verify.Record(t.Context(), router.URL, named, true)
	if err != nil {
		t.Fatal(err)
	}
	for n := range recorded {
		recorded[n].Headers = requests[n].Headers
	}
	running.stop()
	return recorded
}

func jsonText(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
