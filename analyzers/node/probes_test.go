package node_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dock2edge/dock2edge/analyzers/node"
	"github.com/dock2edge/dock2edge/internal/cli"
)

// templates holds the pinned toolchain (Node, wrangler, esbuild) and the packages of the runtime.
const templates = "../../templates"

// A probe is a folder of testdata/probes. bad.* shows what a rule says, good.* its near miss that runs. *.js is part of an
// app that is converted and runs lifted in a Durable Object; *.mjs is a module of a plain Worker in workerd. Both export a
// function of the number of the request, from 1; each line "// expect: text" is one request and what its answer holds.
type probe struct {
	// name is "fs-write/bad.js".
	name   string
	expect []string
}

// withoutProbe are the rules that need no probe, with the reason.
var withoutProbe = map[string]string{
	"process-manager":  "speaks of the container's command, which no runtime sees",
	"heavy-package":    "says what packages need; that addons, programs and threads fail is shown by native-addon, child-process and worker-threads",
	"hash-cost":        "local workerd does not enforce limits of CPU time; they are documented",
	"heavy-loop":       "local workerd does not enforce limits of CPU time; they are documented",
	"smtp-port-25":     "a limit of the platform's network, which local workerd does not have; it is documented",
	"secret-in-source": "speaks of the source, not of the runtime",
	"body-limit":       "a limit of the edge, which local workerd does not have; it is documented",
}

// TestProbes runs every probe in one workerd.
func TestProbes(t *testing.T) {
	probes := readProbes(t)
	checkProbeNames(t, probes)
	if testing.Short() {
		t.Skip("boots workerd")
	}
	base := bootProbes(t, probes)
	for _, p := range probes {
		t.Run(p.name, func(t *testing.T) {
			for i, want := range p.expect {
				if i > 0 {
					time.Sleep(50 * time.Millisecond) // what a request started goes on after it
				}
				got := ask(t, fmt.Sprintf("%s/%s?%d", base, p.name, i+1))
				if !strings.Contains(got, want) {
					t.Errorf("request %d: got %q, want %q", i+1, got, want)
				}
			}
		})
	}
}

// checkProbeNames holds the rules and the folders against each other.
func checkProbeNames(t *testing.T, probes []probe) {
	t.Helper()
	used := map[string]bool{}
	for _, rule := range node.Language().Rules {
		reason, without := withoutProbe[rule.Name]
		exists := slices.ContainsFunc(probes, func(p probe) bool { return strings.HasPrefix(p.name, rule.Probe+"/") })
		switch {
		case without && (rule.Probe != "" || reason == ""):
			t.Errorf("%s is listed as a rule without a probe and names %q", rule.Name, rule.Probe)
		case !without && rule.Probe == "":
			t.Errorf("%s claims something of the runtime and names no probe", rule.Name)
		case rule.Probe != "" && !exists:
			t.Errorf("%s names the probe %s, which does not exist", rule.Name, rule.Probe)
		}
		used[rule.Probe] = true
	}
	for _, p := range probes {
		if folder, _, _ := strings.Cut(p.name, "/"); !used[folder] {
			t.Errorf("no rule names the probe %s", folder)
		}
	}
}

var expectLine = regexp.MustCompile(`(?m)^// expect: (.+)$`)

func readProbes(t *testing.T) []probe {
	t.Helper()
	files, err := filepath.Glob("testdata/probes/*/*.*js")
	if err != nil || len(files) == 0 {
		t.Fatalf("no probes: %v", err)
	}
	var probes []probe
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := probe{name: filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)}
		for _, m := range expectLine.FindAllStringSubmatch(string(text), -1) {
			p.expect = append(p.expect, m[1])
		}
		if len(p.expect) == 0 {
			t.Errorf("%s expects nothing", p.name)
		}
		probes = append(probes, p)
	}
	return probes
}

// bootProbes converts the lifted probes, starts workerd with them and a plain Worker for the others, and returns the address
// of that Worker, which passes the requests for *.js on.
func bootProbes(t *testing.T, probes []probe) string {
	t.Helper()
	toolchain, err := filepath.Abs(filepath.Join(templates, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(toolchain, ".bin", "wrangler")); err != nil {
		t.Fatal("the toolchain is not installed: run `make setup`")
	}
	dir := t.TempDir()
	app, out, plain := filepath.Join(dir, "app"), filepath.Join(dir, "out"), filepath.Join(dir, "out", "plain")
	writeApp(t, app, probes)
	var output bytes.Buffer
	if code := cli.Main([]string{"convert", app, "-o", out}, strings.NewReader(""), &output, &output); code > 1 {
		t.Fatalf("convert ended with %d:\n%s", code, output.String())
	}
	if err := os.Symlink(toolchain, filepath.Join(out, "node_modules")); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(out, "services", "app", "wrangler.jsonc"))
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`"name": "([^"]+)"`).FindSubmatch(config)
	if name == nil {
		t.Fatal("the converted Worker has no name")
	}
	writePlain(t, plain, string(name[1]), echoServer(t), probes)
	return startWrangler(t, toolchain, out, plain)
}

// writeApp writes an app whose requests name the probe to run. A volume at /data makes it one Durable Object.
func writeApp(t *testing.T, dir string, probes []probe) {
	t.Helper()
	if err := os.CopyFS(dir, onlyLifted{os.DirFS("testdata/probes")}); err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	for _, p := range probes {
		if strings.HasSuffix(p.name, ".js") {
			fmt.Fprintf(&table, "  %q: () => require(%q),\n", p.name, "./"+p.name)
		}
	}
	write(t, filepath.Join(dir, "app.js"), "const probes = {\n"+table.String()+`};
require("http")
  .createServer(async (request, response) => {
    const [name, step] = request.url.slice(1).split("?");
    try {
      response.end(String(await probes[name]()(Number(step))));
    } catch (error) {
      if (error.name === "ExitSignal") throw error;
      response.end(error.name + " " + error.code + " " + error.message);
    }
  })
  .listen(3000);
`)
	write(t, filepath.Join(dir, "package.json"), `{"name": "probes", "private": true}`)
	write(t, filepath.Join(dir, "Dockerfile"), "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"app.js\"]\n")
	write(t, filepath.Join(dir, "compose.yaml"), "services:\n  app:\n    build: .\n    ports: [\"3000:3000\"]\n    volumes: [\"data:/data\"]\nvolumes:\n  data: {}\n")
}

// onlyLifted hides the modules of the plain Worker.
type onlyLifted struct{ fs.FS }

func (f onlyLifted) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(list, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), ".mjs") }), err
}

// writePlain writes the Worker that runs the *.mjs probes without a runtime around them.
func writePlain(t *testing.T, dir, lifted, echo string, probes []probe) {
	t.Helper()
	var imports, table strings.Builder
	for i, p := range probes {
		if !strings.HasSuffix(p.name, ".mjs") {
			continue
		}
		text, err := os.ReadFile(filepath.Join("testdata/probes", filepath.FromSlash(p.name)))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, filepath.FromSlash(p.name)), string(text))
		fmt.Fprintf(&imports, "import probe%d from %q;\n", i, "./"+p.name)
		fmt.Fprintf(&table, "  %q: probe%d,\n", p.name, i)
	}
	write(t, filepath.Join(dir, "index.mjs"), imports.String()+"const probes = {\n"+table.String()+`};
export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    const probe = probes[pathname.slice(1)];
    if (!probe) return env.LIFTED.fetch(request);
    try {
      return new Response(String(await probe(Number(search.slice(1)), env)));
    } catch (error) {
      return new Response(error.name + " " + error.code + " " + error.message);
    }
  },
};
`)
	write(t, filepath.Join(dir, "wrangler.jsonc"), fmt.Sprintf(`{
  "name": "plain", "main": "index.mjs", "compatibility_date": "2026-11-01", "compatibility_flags": ["nodejs_compat"],
  "no_bundle": true, "find_additional_modules": true, "rules": [{ "type": "ESModule", "globs": ["**/*.mjs"] }],
  "vars": { "ECHO": %q }, "services": [{ "binding": "LIFTED", "service": %q }]
}`, echo, lifted))
}

// echoServer answers what it is sent on a port of its own.
func echoServer(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(connection, connection)
				_ = connection.Close()
			}()
		}
	}()
	return listener.Addr().String()
}

// startWrangler runs both Workers and returns the address of the plain one once it answers.
func startWrangler(t *testing.T, toolchain, out, plain string) string {
	t.Helper()
	port := freePort(t)
	command := exec.Command(filepath.Join(toolchain, ".bin", "wrangler"), "dev", "-c", filepath.Join(plain, "wrangler.jsonc"), "-c", filepath.Join(out, "services", "app", "wrangler.jsonc"),
		"--ip", "127.0.0.1", "--port", fmt.Sprint(port), "--inspector-port", fmt.Sprint(freePort(t)), "--persist-to", filepath.Join(out, "state"))
	command.Dir = filepath.Join(out, "services", "app") // where its build command runs
	command.Env = append(os.Environ(), "PATH="+filepath.Join(toolchain, ".bin")+string(os.PathListSeparator)+os.Getenv("PATH"), "WRANGLER_SEND_METRICS=false", "CI=1")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	log := &lockedBuffer{}
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		if t.Failed() {
			t.Log(log.String())
		}
	})
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		select {
		case err := <-ended:
			t.Fatalf("wrangler ended: %v\n%s", err, log.String())
		default:
		}
		if response, err := http.Get(base + "/child-process/good.js?1"); err == nil {
			text, _ := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if strings.Contains(string(text), "loaded") {
				return base
			}
		}
	}
	t.Fatalf("workerd did not answer:\n%s", log.String())
	return ""
}

// ask returns the text of one answer.
func ask(t *testing.T, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// lockedBuffer takes the output of a process while the test reads it.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(data)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
