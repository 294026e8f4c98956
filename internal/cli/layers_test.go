package cli

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/dock2edge/dock2edge/"

// layers says which packages of this module each one may import. docs/architecture.md has the reasons; a change here is a
// change of the architecture. A package's own folders count as the package. "…/*" stands for every folder.
var layers = map[string][]string{
	"internal/source":                {},
	"internal/platform":              {},
	"internal/wrangler":              {},
	"templates":                      {},
	"internal/dockerfile":            {"internal/source"},
	"internal/compose":               {"internal/source"},
	"internal/nginx":                 {"internal/source"},
	"internal/syntax":                {"internal/source"},
	"internal/model":                 {"internal/source"},
	"internal/load":                  {"internal/compose", "internal/dockerfile", "internal/nginx", "internal/syntax", "internal/model", "internal/source"},
	"internal/analysis":              {"internal/source", "internal/syntax", "internal/model", "internal/platform"},
	"internal/analysis/analysistest": {"internal/analysis", "internal/load", "internal/model", "internal/source"},
	"analyzers/*":                    {"internal/analysis", "internal/source", "internal/syntax", "internal/model", "internal/platform"},
	"analyzers":                      {"analyzers/*", "internal/analysis", "internal/load"},
	"internal/mapping":               {"internal/model", "internal/platform"},
	"internal/plan":                  {"internal/mapping", "internal/model", "internal/platform", "internal/source"},
	"internal/render":                {"internal/plan", "internal/model", "internal/platform", "internal/source", "internal/wrangler", "templates"},
	"internal/verify":                {"internal/model"},
	"internal/report":                {"internal/model", "internal/analysis", "internal/mapping", "internal/source"},
	"internal/cli":                   {"analyzers", "internal/*"},
	"cmd/dock2edge":                  {"internal/cli"},
}

// TestLayers checks every import between the packages of the module.
func TestLayers(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		name := strings.TrimPrefix(names[0], modulePath)
		layer := layerOf(name)
		if layer == "" {
			t.Errorf("%s has no place in the layers", name)
			continue
		}
		seen[layer] = true
		for _, imported := range names[1:] {
			other, ours := strings.CutPrefix(imported, modulePath)
			if ours && !mayImport(layer, name, other) {
				t.Errorf("%s must not import %s", name, other)
			}
		}
	}
	for layer := range layers {
		if !seen[layer] {
			t.Errorf("there is no package %s; take it out of the layers", layer)
		}
	}
}

// layerOf is the entry of the table that rules a package: its own, that of its parent, or its parent's "/*".
func layerOf(name string) string {
	for at := name; at != ""; at = parent(at) {
		if _, ok := layers[at]; ok && at == name {
			return at
		}
		if _, ok := layers[parent(at)+"/*"]; ok {
			return parent(at) + "/*"
		}
		if _, ok := layers[at]; ok {
			return at
		}
	}
	return ""
}

func parent(name string) string {
	at := strings.LastIndexByte(name, '/')
	if at < 0 {
		return ""
	}
	return name[:at]
}

func mayImport(layer, name, other string) bool {
	if own := strings.TrimSuffix(layer, "/*"); own == layer && (other == own || strings.HasPrefix(other, own+"/")) {
		return true
	}
	if folder := strings.TrimSuffix(layer, "/*"); folder != layer && strings.HasPrefix(other, name+"/") {
		return true
	}
	allowed := layers[layer]
	return slices.Contains(allowed, other) || slices.Contains(allowed, parent(other)+"/*")
}

// TestLayersRefuse makes sure that the table forbids what the architecture forbids.
func TestLayersRefuse(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"internal/plan", "internal/syntax"},
		{"internal/analysis", "analyzers"},
		{"analyzers/node", "analyzers/compose"},
		{"analyzers/node", "internal/mapping"},
		{"internal/load", "internal/syntax/sitter"},
		{"internal/verify", "internal/cli"},
		{"internal/load/entry", "internal/plan"},
		{"internal/compose", "internal/model"},
	} {
		if mayImport(layerOf(c.from), c.from, c.to) {
			t.Errorf("%s may import %s", c.from, c.to)
		}
	}
}
