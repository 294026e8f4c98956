package verify

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Toolchain says which Node.js to install when the machine has none that wrangler starts on. wrangler is the project's own.
type Toolchain struct{ Node, MinNode string }

// tools are the programs in use.
type tools struct {
	// bin comes first in PATH: it holds the node that is used. Empty when the machine's own serves.
	bin     string
	version string
	origin  string
}

func (t tools) String() string { return fmt.Sprintf("node %s (%s)", t.version, t.origin) }

// toolchain finds a Node.js that wrangler starts on: the machine's own, else the pinned one from the cache, installed from
// npm when it is not there yet.
func (r *runner) toolchain(ctx context.Context) (tools, error) {
	want := r.options.Toolchain
	if version := nodeVersion(ctx, "node"); atLeast(version, want.MinNode) {
		return tools{version: version, origin: "on PATH"}, nil
	}
	local := filepath.Join(r.options.Dir, "node_modules", ".bin")
	if version := nodeVersion(ctx, filepath.Join(local, "node")); atLeast(version, want.MinNode) {
		abs, err := filepath.Abs(local)
		return tools{bin: abs, version: version, origin: "the project's own"}, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return tools{}, fmt.Errorf("wrangler needs Node.js %s or newer, and there is no cache directory to install it to: %w", want.MinNode, err)
	}
	dir := filepath.Join(cache, "dock2edge", "node-"+want.Node)
	bin := filepath.Join(dir, "node_modules", ".bin")
	if version := nodeVersion(ctx, filepath.Join(bin, "node")); version != "" {
		return tools{bin: bin, version: version, origin: "pinned, from the cache"}, nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return tools{}, fmt.Errorf("verify needs Node.js %s or newer and npm; neither is on PATH", want.MinNode)
	}
	r.logf("installing node %s from npm into the cache", want.Node)
	if err := installNode(ctx, dir, want.Node); err != nil {
		return tools{}, err
	}
	version := nodeVersion(ctx, filepath.Join(bin, "node"))
	if version == "" {
		return tools{}, fmt.Errorf("the node package of npm was installed but does not run on this machine; install Node.js %s or newer", want.MinNode)
	}
	return tools{bin: bin, version: version, origin: "pinned, installed from npm"}, nil
}

func installNode(ctx context.Context, dir, version string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	stage, err := os.MkdirTemp(filepath.Dir(dir), ".install-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	manifest := fmt.Sprintf(`{"private": true, "dependencies": {"node": %q}, "allowScripts": {"node": true}}`, version)
	if err := os.WriteFile(filepath.Join(stage, "package.json"), []byte(manifest), 0o644); err != nil {
		return err
	}
	if out, err := run(ctx, stage, environment("", nil), "npm", "install", "--no-audit", "--no-fund"); err != nil {
		return fmt.Errorf("cannot install node %s from npm: %w\n%s", version, err, lastLines(out, 10))
	}
	if err := os.Rename(stage, dir); err != nil && !exists(dir) {
		return err
	}
	return nil
}

func nodeVersion(ctx context.Context, name string) string {
	out, err := exec.CommandContext(ctx, name, "--version").Output()
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
}

// atLeast compares versions of three numbers.
func atLeast(version, least string) bool {
	if version == "" {
		return false
	}
	a, b := strings.SplitN(version, ".", 3), strings.SplitN(least, ".", 3)
	for i := range b {
		if i >= len(a) {
			return false
		}
		x, errX := strconv.Atoi(a[i])
		y, errY := strconv.Atoi(b[i])
		if errX != nil || errY != nil || x < y {
			return false
		}
		if x > y {
			return true
		}
	}
	return true
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// env is the environment of every program of the toolchain.
func (r *runner) env(changes map[string]string) []string {
	all := map[string]string{"WRANGLER_SEND_METRICS": "false", "CI": "1", "NO_COLOR": "1", "FORCE_COLOR": "0", "WRANGLER_LOG_SANITIZE": "true"}
	for name, value := range changes {
		all[name] = value
	}
	return environment(r.tools.bin, all)
}
