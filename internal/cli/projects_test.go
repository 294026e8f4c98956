package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/verify"
)

// projectNames are the bundled projects below testdata/projects.
func projectNames() []string { return []string{"shop", "board", "links"} }

func updating() bool { return os.Getenv("UPDATE_GOLDEN") == "1" }

// TestProjects takes every bundled project the whole way: it is converted, the output is compared with the golden one, and
// its Workers are asked in workerd what was recorded of the original on Node.js with real servers. UPDATE_GOLDEN=1 records
// the originals again and rewrites the golden output.
func TestProjects(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes, npm and database servers")
	}
	toolchain(t)
	// All outputs install the same packages; npm takes them from its cache where it can.
	t.Setenv("npm_config_prefer_offline", "true")
	for _, name := range projectNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			project := filepath.Join("../../testdata/projects", name)
			o := readOriginal(t, project)
			if updating() {
				writeRequests(t, project, record(t, project, o, readRequestFile(t, project)))
			}
			verifyProject(t, project, o)
		})
	}
}

// TestConversions compares what convert writes with the golden output. It needs no network and no servers.
func TestConversions(t *testing.T) {
	for _, name := range projectNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			project := filepath.Join("../../testdata/projects", name)
			dir := t.TempDir()
			out := filepath.Join(dir, "out")
			convert(t, filepath.Join(project, "in"), out)
			first := readFiles(t, out)
			compareGolden(t, filepath.Join(project, "want"), golden(t, first))
			checkCopies(t, filepath.Join(project, "in"), first)
			convert(t, filepath.Join(project, "in"), out)
			sameFiles(t, "converted again", first, readFiles(t, out))
			other := filepath.Join(dir, "other")
			convert(t, filepath.Join(project, "in"), other)
			sameFiles(t, "converted to another directory", first, readFiles(t, other))
		})
	}
}

// toolchain puts the Node.js that is pinned in templates/ first on PATH, as make does.
func toolchain(t *testing.T) {
	t.Helper()
	bin, err := filepath.Abs("../../templates/node_modules/.bin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(bin, "node")); err != nil {
		t.Fatal("the pinned Node.js is not installed; run make setup")
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// runMain runs the program in this process.
func runMain(args ...string) (code int, out, errOut string) {
	var stdout, stderr printed
	code = Main(args, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func convert(t *testing.T, in, out string) {
	t.Helper()
	if code, stdout, stderr := runMain("convert", in, "-o", out); code != ExitClean {
		t.Fatalf("convert: exit %d\n%s%s", code, stdout, stderr)
	}
}

// readFiles are a directory's files by path with slashes.
func readFiles(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func sameFiles(t *testing.T, when string, want, got map[string][]byte) {
	t.Helper()
	if a, b := slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)); !slices.Equal(a, b) {
		t.Errorf("%s: other files:\n%s\nwant\n%s", when, strings.Join(b, "\n"), strings.Join(a, "\n"))
	}
	for name, data := range want {
		if name == lockFile {
			// The lock file says where the source is, as seen from the output.
			data, got[name] = stableLock(t, data), stableLock(t, got[name])
		}
		if !bytes.Equal(data, got[name]) {
			t.Errorf("%s: %s differs", when, name)
		}
	}
}

// isCopy tells of files that are the project's own, byte for byte.
func isCopy(name string) bool {
	parts := strings.Split(name, "/")
	return len(parts) > 3 && parts[0] == "services" && (parts[2] == "app" || parts[2] == "mounts")
}

// golden are the files to compare: all but the runtime's packages, which have their own tests, and byte copies, which are
// only listed.
func golden(t *testing.T, files map[string][]byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	var list strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		switch {
		case strings.HasPrefix(name, "packages/"):
			continue
		case isCopy(name):
		case name == lockFile:
			out[name] = stableLock(t, files[name])
		default:
			out[name] = files[name]
		}
		list.WriteString(name + "\n")
	}
	out["FILES.txt"] = []byte(list.String())
	return out
}

// stableLock is the lock file without what changes with the machine and with every change of the runtime.
func stableLock(t *testing.T, data []byte) []byte {
	t.Helper()
	var lock model.Lock
	if err := json.Unmarshal(data, &lock); err != nil {
		t.Fatal(err)
	}
	lock.Tool, lock.Source, lock.Files = "", "", nil
	out, err := json.MarshalIndent(lock, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func compareGolden(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if updating() {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	want := readFiles(t, dir)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is new; UPDATE_GOLDEN=1 accepts it", name)
			continue
		}
		if line, a, b := firstDifference(want[name], files[name]); line > 0 {
			t.Errorf("%s:%d: want %q, got %q; UPDATE_GOLDEN=1 accepts it", name, line, a, b)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, ok := files[name]; !ok {
			t.Errorf("%s is no longer written; UPDATE_GOLDEN=1 accepts it", name)
		}
	}
}

// firstDifference is the first line, from 1, in which two texts differ; 0 when they are the same.
func firstDifference(want, got []byte) (line int, a, b string) {
	first, second := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range max(len(first), len(second)) {
		a, b = "", ""
		if i < len(first) {
			a = first[i]
		}
		if i < len(second) {
			b = second[i]
		}
		if a != b || i >= len(first) || i >= len(second) {
			return i + 1, a, b
		}
	}
	return 0, "", ""
}

// checkCopies makes sure that what is copied of the project is the project's, unchanged.
func checkCopies(t *testing.T, in string, files map[string][]byte) {
	t.Helper()
	own := map[string]bool{}
	for name, data := range readFiles(t, in) {
		own[filepath.Base(name)+"\x00"+string(data)] = true
	}
	copies := 0
	for name, data := range files {
		if !isCopy(name) {
			continue
		}
		copies++
		if !own[filepath.Base(name)+"\x00"+string(data)] {
			t.Errorf("%s is not the project's own file", name)
		}
	}
	if copies == 0 {
		t.Error("nothing of the project was copied")
	}
}

func readRequestFile(t *testing.T, project string) []verify.Request {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(project, "requests.json"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := verify.ParseRequests(data)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func writeRequests(t *testing.T, project string, list []verify.Request) {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(list); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(project, "requests.json"), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// verifyProject converts the project and has verify ask it everything that was recorded.
func verifyProject(t *testing.T, project string, o original) {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	convert(t, filepath.Join(project, "in"), out)
	var secrets strings.Builder
	for _, name := range slices.Sorted(maps.Keys(o.Secrets)) {
		fmt.Fprintf(&secrets, "%s=%s\n", name, o.Secrets[name])
	}
	envFile := filepath.Join(dir, "secrets.env")
	if err := os.WriteFile(envFile, []byte(secrets.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"verify", out, "--format", "json", "--requests", filepath.Join(project, "requests.json"), "--env-file", envFile}
	for _, name := range slices.Sorted(maps.Keys(o.Servers)) {
		s := o.Servers[name]
		if s.url(0) == "" {
			continue
		}
		_, port := startServer(t, filepath.Join(project, "in"), name, s)
		args = append(args, "--connect", name+"="+s.url(port))
	}
	code, stdout, stderr := runMain(args...)
	var result verify.Result
	if err := json.Unmarshal([]byte(stdout), &result); err != nil {
		t.Fatalf("verify: exit %d: %v\n%s%s", code, err, stdout, stderr)
	}
	for _, c := range result.Checks {
		if c.Status != "passed" {
			t.Errorf("check %s of %s: %s: %s", c.Name, c.Worker, c.Status, c.Why)
		}
	}
	for _, r := range result.Requests {
		if r.Status != "same" {
			t.Errorf("%s of %s: %s: %s", r.Name, r.Service, r.Status, strings.Join(r.Differences, "; "))
		}
	}
	if asked := len(readRequestFile(t, project)); len(result.Requests) != asked || asked < 20 {
		t.Errorf("%d of %d requests were judged; want all, and at least 20", len(result.Requests), asked)
	}
	if code != ExitClean {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}
