package nginx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cases are shared with the tests of the gateway runtime, which run each configuration in workerd and in nginx itself.
const cases = "../../templates/packages/runtime/test/gateway/cases"

// TestCases translates every configuration of the runtime's tests. The golden gateway.ts is what the runtime's tests check
// with the TypeScript compiler and execute; problems.txt is what a user would be told.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(cases, "*", "case.json"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases in %s: %v", cases, err)
	}
	for _, file := range folders {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) { testCase(t, dir) })
	}
}

func testCase(t *testing.T, dir string) {
	var c struct {
		Env     map[string]string
		Secrets []string
		Peers   map[string]Peer
		Down    []string
		Ports   []int
	}
	text, err := os.ReadFile(filepath.Join(dir, "case.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	peers := map[string]Peer{}
	for name, peer := range c.Peers {
		peers[name] = peer
	}
	for _, name := range c.Down {
		peers[name] = Peer{Binding: strings.ToUpper(name)}
	}
	image := os.DirFS(filepath.Join(dir, "image"))
	cfg, problems := Parse(Image{
		Files:  image,
		Env:    c.Env,
		Secret: func(name string) bool { return slices.Contains(c.Secrets, name) },
	})
	gateway, more := Translate(cfg, Environment{
		Peers: peers,
		Ports: c.Ports,
		ReadFile: func(name string) ([]byte, error) {
			return os.ReadFile(filepath.Join(dir, "image", name))
		},
	})
	var list strings.Builder
	for _, p := range sortProblems(append(problems, more...)) {
		fmt.Fprintf(&list, "%s: %s %s: %s\n", p.At, p.Level, p.Directive, p.Message)
	}
	golden(t, filepath.Join(dir, "problems.txt"), list.String())
	golden(t, filepath.Join(dir, "gateway.ts"), typeScript(t, gateway))
	for _, secret := range c.Secrets {
		if value := c.Env[secret]; value != "" && strings.Contains(typeScript(t, gateway), value) {
			t.Errorf("the value of %s is written down", secret)
		}
	}
}

// typeScript is the gateway as the module that a converted project holds.
func typeScript(t *testing.T, g Gateway) string {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(g); err != nil {
		t.Fatal(err)
	}
	return "import type { GatewayConfig } from \"../../../../src/gateway/config.ts\";\n\n" +
		"export const config: GatewayConfig = " + strings.TrimRight(out.String(), "\n") + ";\n"
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (UPDATE_GOLDEN=1 writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; UPDATE_GOLDEN=1 rewrites it):\n%s", file, diff)
	}
}
