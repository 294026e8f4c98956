package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// buildSuiteOriginals makes what the images of the group's build contexts hold, below work. Packages that fit the lock file
// are not installed again.
func buildSuiteOriginals(t *testing.T, g *suiteGroup, work string) string {
	t.Helper()
	built := filepath.Join(work, "original")
	if err := copySuiteFiles(g.dir, built); err != nil {
		t.Fatal(err)
	}
	contexts := map[string]bool{}
	for _, s := range g.services {
		contexts[s.context] = true
	}
	for context := range contexts {
		dir := filepath.Join(built, filepath.FromSlash(context))
		commands := g.build[context]
		if commands == nil {
			commands = []string{"npm ci"}
		}
		for _, command := range commands {
			if err := buildStep(dir, command); err != nil {
				t.Fatalf("%s, %s: %v", g.name, context, err)
			}
		}
	}
	return built
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
		marker, sum = filepath.Join(dir, "node_modules", ".installed-from"), hex.EncodeToString(hash.Sum(nil))
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
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "NODE_OPTIONS=--require " + strconv.Quote(preload),
		"ORIGINAL_HOSTS=" + jsonText(t, w.hosts), "ORIGINAL_PORTS=" + jsonText(t, ports),
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
func askSuiteOriginals(t *testing.T, g *suiteGroup, built string, apps []string) (expected map[string][]verify.Request, broken map[string]string) {
	t.Helper()
	first, second := startSuiteWorld(t, g, built, apps), startSuiteWorld(t, g, built, apps)
	expected, broken = map[string][]verify.Request{}, map[string]string{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	slots := make(chan struct{}, askedAtOnce)
	for _, name := range apps {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			list, why := askSuiteOriginal(t, g.services[name], first, second)
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
