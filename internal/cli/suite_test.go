package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/dock2edge/dock2edge/internal/verify"
)

// suiteChoice says what of the suite runs. It comes from the environment, as make suite sets it.
type suiteChoice struct {
	// groups are the names of the groups, apps the names of the apps by group; empty for all.
	groups []string
	apps   map[string]string
	// work is a directory that is kept between runs, out where the table is written to; empty for neither.
	work, out string
}

// smallSuite is what make test runs: one app of each kind that is lifted in its own way.
func smallSuite() suiteChoice {
	apps := map[string]string{"express": "json,static"}
	return suiteChoice{groups: []string{"express"}, apps: apps}
}

func readSuiteChoice(t *testing.T) suiteChoice {
	if os.Getenv("SUITE") != "1" {
		return smallSuite()
	}
	choice := suiteChoice{groups: suiteGroups(t), apps: map[string]string{}, work: os.Getenv("SUITE_WORK"), out: os.Getenv("SUITE_OUT")}
	if group := os.Getenv("GROUP"); group != "" {
		choice.groups = strings.Split(group, ",")
	}
	if apps := os.Getenv("APP"); apps != "" {
		if len(choice.groups) != 1 {
			t.Fatal("APP needs GROUP, the one group the apps are in")
		}
		choice.apps[choice.groups[0]] = apps
	}
	return choice
}

// TestSuite runs small unmodified apps on Node.js and lifted in workerd, and compares the answers; docs/suite.md describes it.
func TestSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes, npm and database servers")
	}
	toolchain(t)
	t.Setenv("npm_config_prefer_offline", "true")
	choice := readSuiteChoice(t)
	results := make([][]suiteResult, len(choice.groups))
	t.Run("groups", func(t *testing.T) {
		for i, name := range choice.groups {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				results[i] = runSuiteGroup(t, readSuiteGroup(t, name), choice)
			})
		}
	})
	if choice.out != "" {
		writeSuiteTable(t, choice.out, slices.Concat(results...))
	}
}

// runSuiteGroup runs the apps of a group and compares what comes out with what is expected of them.
func runSuiteGroup(t *testing.T, g *suiteGroup, choice suiteChoice) []suiteResult {
	t.Helper()
	work := suiteWork(t, g, choice.work)
	apps := g.chosen(t, choice.apps[g.name])
	expected, broken := askSuiteOriginals(t, g, buildSuiteOriginals(t, g, work), apps)
	var lifted []string
	for _, name := range apps {
		if broken[name] == "" {
			lifted = append(lifted, name)
		}
	}
	out := filepath.Join(work, "out")
	convert(t, g.dir, out)
	linkSuitePackages(t, out)
	outcomes := verifySuite(t, g, work, out, lifted, expected)
	results := make([]suiteResult, len(apps))
	for i, name := range apps {
		results[i] = suiteResult{Group: g.name, App: name, Packages: g.packages(t, g.services[name]), Node: "ok", Lifted: "not run", details: broken[name]}
		if broken[name] != "" {
			results[i].Node = "failed"
			continue
		}
		results[i].Lifted, results[i].details = outcomes[name].status, strings.Join(outcomes[name].why, "\n")
	}
	return compareSuite(t, g, results)
}

// suiteWork is the group's working directory, for this run alone.
func suiteWork(t *testing.T, g *suiteGroup, kept string) string {
	t.Helper()
	if kept == "" {
		return t.TempDir()
	}
	work, err := filepath.Abs(filepath.Join("../..", kept, g.name))
	if err == nil {
		err = os.MkdirAll(work, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	lock, err := os.Create(filepath.Join(work, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	return work
}

// linkSuitePackages gives a converted project the packages that are installed for templates/, which are the ones it would
// install (TestProjects does). Its own packages, the runtime and the build, are those that convert wrote.
func linkSuitePackages(t *testing.T, out string) {
	t.Helper()
	installed, err := filepath.Abs("../../templates/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(out, "node_modules")
	if err := os.RemoveAll(modules); err != nil {
		t.Fatal(err)
	}
	link := func(target, name string) {
		file := filepath.Join(modules, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, file); err != nil {
			t.Fatal(err)
		}
	}
	for _, entry := range entries(t, installed) {
		switch entry {
		case ".bin":
			for _, program := range entries(t, filepath.Join(installed, entry)) {
				target, err := os.Readlink(filepath.Join(installed, entry, program))
				if err != nil {
					t.Fatal(err)
				}
				link(target, filepath.Join(entry, program))
			}
		case "@dock2edge":
			for _, name := range entries(t, filepath.Join(out, "packages")) {
				link(filepath.Join("..", "..", "packages", name), filepath.Join(entry, name))
			}
		default:
			link(filepath.Join(installed, entry), entry)
		}
	}
	// verify installs nothing where this file is newer than package.json.
	if err := os.Remove(filepath.Join(modules, ".package-lock.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(modules, ".package-lock.json"), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(list))
	for i, entry := range list {
		names[i] = entry.Name()
	}
	return names
}

// outcome is what came of one lifted app.
type outcome struct {
	status string
	why    []string
}

// verifySuite has verify build the group's apps, boot them in one workerd and ask them. Should one keep that workerd from
// starting, each is tried alone.
func verifySuite(t *testing.T, g *suiteGroup, work, out string, apps []string, expected map[string][]verify.Request) map[string]outcome {
	t.Helper()
	if len(apps) == 0 {
		return nil
	}
	result := runSuiteVerify(t, g, work, out, apps, expected)
	outcomes := map[string]outcome{}
	boots := !slices.ContainsFunc(result.Checks, func(c verify.Check) bool { return c.Name == "boot" && c.Status == "failed" })
	if !boots && len(apps) > 1 {
		for _, name := range apps {
			outcomes[name] = verifySuite(t, g, work, out, []string{name}, expected)[name]
		}
		return outcomes
	}
	for _, name := range apps {
		o := outcome{status: "same"}
		for _, r := range result.Requests {
			if r.Service != name || r.Status == "same" {
				continue
			}
			if o.status != "failed" {
				o.status = r.Status
			}
			o.why = append(o.why, r.Name+": "+r.Status+": "+strings.Join(r.Differences, "; "))
		}
		for _, c := range result.Checks {
			if c.Status == "failed" && (c.Worker == "" || c.Worker == suiteWorker(t, out, name)) {
				o.why = append(o.why, c.Name+": "+c.Why)
			}
		}
		outcomes[name] = o
	}
	return outcomes
}

// suiteWorker is the name of a service's Worker.
func suiteWorker(t *testing.T, out, service string) string {
	t.Helper()
	lock, err := readLock(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range lock.Services {
		if s.Name == service {
			return s.Worker
		}
	}
	return ""
}

// runSuiteVerify runs verify with servers from scratch. What the Workers print is in workers.log afterwards.
func runSuiteVerify(t *testing.T, g *suiteGroup, work, out string, apps []string, expected map[string][]verify.Request) (result verify.Result) {
	t.Helper()
	var list []verify.Request
	for _, name := range apps {
		list = append(list, expected[name]...)
	}
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(list); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(work, "requests.json")
	if err := os.WriteFile(file, data.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"verify", out, "--format", "json", "--requests-only", "--requests", file, "--workers-log", filepath.Join(work, "workers.log")}
	for _, name := range g.needed(apps) {
		server, ok := g.servers[name]
		if !ok {
			args = append(args, "--service", name)
			continue
		}
		if server.url(0) == "" {
			continue
		}
		d, port := startServer(t, g.dir, name, server)
		defer d.stop()
		args = append(args, "--connect", name+"="+server.url(port))
	}
	code, stdout, stderr := runMain(args...)
	if err := json.Unmarshal([]byte(stdout), &result); err != nil {
		t.Fatalf("verify: exit %d: %v\n%s%s", code, err, stdout, stderr)
	}
	return result
}
