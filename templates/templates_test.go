package templates

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/dock2edge/dock2edge/internal/platform"
)

// TestToolchain holds the versions that convert writes and those that the templates are tested with together.
func TestToolchain(t *testing.T) {
	data, err := os.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ DevDependencies map[string]string }
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	versions := platform.Toolchain()
	for name, version := range map[string]string{
		"node": versions.Node, "wrangler": versions.Wrangler, "esbuild": versions.Esbuild, "typescript": versions.TypeScript,
		"@types/node": versions.TypesNode, "@cloudflare/workers-types": versions.WorkersTypes,
	} {
		if manifest.DevDependencies[name] != version {
			t.Errorf("%s: convert writes %s, the templates are tested with %s", name, version, manifest.DevDependencies[name])
		}
	}
}

func TestFiles(t *testing.T) {
	list, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range list {
		names[f.Path] = true
	}
	for _, want := range []string{"packages/runtime/package.json", "packages/runtime/src/config.ts", "packages/build/package.json", "packages/build/bin/d2e-build.mjs"} {
		if !names[want] {
			t.Errorf("%s is not embedded", want)
		}
	}
}
