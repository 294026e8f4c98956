package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dock2edge/dock2edge/internal/verify"
)

// suiteWorld is one running copy of a group's originals with servers of its own.
type suiteWorld struct {
	daemons map[string]*daemon
	// hosts are the real addresses by "name:port", as the services know them; urls the base URLs by service.
	hosts, urls map[string]string
	// broken says by service why it does not run.
	broken map[string]string
}

// installedFrom is a file in node_modules that says what was installed.
const installedFrom = ".installed-from"

// buildSuiteOriginals makes what the images of the group's build contexts hold, below work, and a copy in which what installing
// and building made has other times: where these or the folder's name are part of an answer, that part is volatile. Packages
// that fit the lock file are not installed again.
func buildSuiteOriginals(t *testing.T, g *suiteGroup, work string) [2]string {
	t.Helper()
	built := [2]string{filepath.Join(work, "original"), filepath.Join(work, "second-original")}
	if err := copySuiteFiles(g.dir, built[0]); err != nil {
		t.Fatal(err)
	}
	contexts := map[string]bool{}
	for _, s := range g.services {
		contexts[filepath.FromSlash(s.context)] = true
	}
	for context := range contexts {
		dir := filepath.Join(built[0], context)
		commands := g.build[filepath.ToSlash(context)]
		if commands == nil {
			commands = []string{"npm ci"}
		}
		for _, command := range commands {
			if err := buildStep(dir, command); err != nil {
				t.Fatalf("%s, %s: %v", g.name, context, err)
			}
		}
	}
	if err := copySuiteFiles(built[0], built[1]); err != nil {
		t.Fatal(err)
	}
	for context := range contexts {
		if err := copyInstalled(filepath.Join(built[0], context), filepath.Join(built[1], context)); err != nil {
			t.Fatal(err)
		}
	}
	if err := setSuiteTimes(g.dir, built[1]); err != nil {
		t.Fatal(err)
	}
	return built
}

// copyInstalled copies installed packages, unless they are there already.
func copyInstalled(from, to string) error {
	want, err := os.ReadFile(filepath.Join(from, "node_modules", installedFrom))
	if err != nil {
		return err
	}
	modules := filepath.Join(to, "node_modules")
	if got, err := os.ReadFile(filepath.Join(modules, installedFrom)); err == nil && bytes.Equal(got, want) {
		return nil
	}
	if err := os.RemoveAll(modules); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-R", filepath.Join(from, "node_modules"), modules).CombinedOutput(); err != nil {
		return fmt.Errorf("cp: %w\n%s", err, out)
	}
	return nil
}

// buildStep runs one command; an installation only when its inputs are not those of the last one.
func buildStep(dir, command string) error {
	marker, sum := "", ""
	if strings.HasPrefix(command, "npm ci") || strings.HasPrefix(command, "npm install") {
		hash := sha256.New()
		hash.Write([]byte(command))
		for _, name := range []string{"package.json", "package-lock.json"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			hash.Write(data)
		}
		marker, sum = filepath.Join(dir, "node_modules", installedFrom), hex.EncodeToString(hash.Sum(nil))
		if old, err := os.ReadFile(marker); err == nil && string(old) == sum {
			return nil
		}
	}
	c := exec.Command("sh", "-c", command)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command, err, out)
	}
	if marker == "" {
		return nil
	}
	return os.WriteFile(marker, []byte(sum), 0o644)
}

// startSuiteWorld starts what some apps need: servers from scratch, then the services in order of dependency.
func startSuiteWorld(t *testing.T, g *suiteGroup, built string, apps []string) *suiteWorld {
	t.Helper()
	w := &suiteWorld{daemons: map[string]*daemon{}, hosts: map[string]string{}, urls: map[string]string{}, broken: map[string]string{}}
	order := g.needed(apps)
	for _, name := range order {
		if server, ok := g.servers[name]; ok {
			d, port := startServer(t, g.dir, name, server)
			w.daemons[name] = d
			w.hosts[fmt.Sprintf("%s:%d", name, server.Port)] = fmt.Sprintf("127.0.0.1:%d", port)
		}
	}
	ports := map[string]map[string]int{}
	for _, name := range order {
		s, ok := g.services[name]
		if !ok {
			continue
		}
		ports[name] = map[string]int{}
		for _, port := range append([]int{s.port}, s.expose...) {
			real := freePort(t)
			ports[name][strconv.Itoa(port)] = real
			w.hosts[fmt.Sprintf("%s:%d", name, port)] = fmt.Sprintf("127.0.0.1:%d", real)
		}
		w.urls[name] = "http://" + w.hosts[fmt.Sprintf("%s:%d", name, s.port)]
	}
	for _, name := range order {
		if s, ok := g.services[name]; ok {
			w.start(t, built, s, ports[name])
		}
	}
	return w
}

// start starts one service and waits until it listens. One that is only there for others may have no port.
func (w *suiteWorld) start(t *testing.T, built string, s *suiteService, ports map[string]int) {
	t.Helper()
	preload, err := filepath.Abs("../../testdata/originals/hostmap.cjs")
	if err != nil {
		t.Fatal(err)
	}
	// In its container a service has the loopback interface for itself.
	hosts := maps.Clone(w.hosts)
	for port, real := range ports {
		for _, name := range []string{"localhost", "127.0.0.1"} {
			hosts[name+":"+port] = fmt.Sprintf("127.0.0.1:%d", real)
		}
	}
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "NODE_OPTIONS=--require " + strconv.Quote(preload),
		"ORIGINAL_HOSTS=" + jsonText(t, hosts), "ORIGINAL_PORTS=" + jsonText(t, ports),
	}
	for name, value := range s.env {
		env = append(env, name+"="+value)
	}
	d := startDaemon(t, "", filepath.Join(built, filepath.FromSlash(s.context)), env, "sh", "-c", "exec "+s.command)
	w.daemons[s.name] = d
	patience := 60 * time.Second
	if s.requests == nil {
		patience = 3 * time.Second
	}
	deadline := time.Now().Add(patience)
	for !listens(ports[strconv.Itoa(s.port)]) {
		select {
		case <-d.done:
			w.broken[s.name] = "it ended at once:\n" + d.output.String()
			return
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			if s.requests != nil {
				w.broken[s.name] = fmt.Sprintf("it does not listen on port %d:\n%s", s.port, d.output.String())
			}
			return
		}
	}
}

// askedAtOnce is how many originals are asked at the same time.
const askedAtOnce = 4

// askSuiteOriginals asks two copies of every app and returns the requests with what both answer, and why an app does not run
// on Node.js.
func askSuiteOriginals(t *testing.T, g *suiteGroup, built [2]string, apps []string) (expected map[string][]verify.Request, broken map[string]string) {
	t.Helper()
	first, second := startSuiteWorld(t, g, built[0], apps), startSuiteWorld(t, g, built[1], apps)
	expected, broken = map[string][]verify.Request{}, map[string]string{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	slots := make(chan struct{}, askedAtOnce)
	for _, name := range apps {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			list, why := askSuiteOriginal(t, g.services[name], first, second)
			for _, r := range list {
				hideFolder(r.Expect, filepath.Dir(built[0]))
			}
			mu.Lock()
			defer mu.Unlock()
			if why != "" {
				broken[name] = why
				return
			}
			expected[name] = list
		})
	}
	wait.Wait()
	for _, w := range []*suiteWorld{first, second} {
		for _, name := range slices.Backward(g.needed(apps)) {
			w.daemons[name].stop()
		}
	}
	return expected, broken
}

// hideFolder makes the whole path volatile where an answer names the folder in which the original ran: the two copies differ
// only in its end.
func hideFolder(e *verify.Expect, folder string) {
	if e.Body != nil {
		text := strings.ReplaceAll(*e.Body, folder+string(filepath.Separator)+verify.Any, verify.Any)
		e.Body = &text
	}
}

func askSuiteOriginal(t *testing.T, s *suiteService, first, second *suiteWorld) (list []verify.Request, why string) {
	for _, w := range []*suiteWorld{first, second} {
		if why := w.broken[s.name]; why != "" {
			return nil, why
		}
	}
	list, err := verify.Learn(t.Context(), first.urls[s.name], s.requests, func() (string, error) {
		// What is made of the time in seconds has to come out as volatile.
		time.Sleep(1100 * time.Millisecond)
		return second.urls[s.name], nil
	})
	if err != nil {
		return nil, err.Error() + "\n" + first.daemons[s.name].output.String()
	}
	for _, r := range list {
		if r.Expect.Status >= 500 && !strings.Contains(r.Name, "fail") {
			return nil, fmt.Sprintf("%s: status %d, and its name does not say that it fails\n%s", r.Name, r.Expect.Status, first.daemons[s.name].output.String())
		}
	}
	return list, ""
}
