package syntax

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestScanImportsAgreesWithParse compares the scanner with the parser on every module of the fixtures, or of SYNTAX_CORPUS.
// Modules the parser could not read to the end, and modules that declare a require of their own, are left out.
func TestScanImportsAgreesWithParse(t *testing.T) {
	files := corpus(t)
	compared := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		module := Parse(name, files[name], ParseOptions{})
		if len(module.Errors) > 0 || strings.Contains(string(files[name]), "// own require") {
			continue
		}
		compared++
		imports, esm := ScanImports(name, files[name])
		if diff := cmp.Diff(importLines(module.Imports), importLines(imports)); diff != "" {
			t.Errorf("%s: -parse +scan\n%s", name, diff)
		}
		if esm != module.ESM {
			t.Errorf("%s: esm is %v, the parser says %v", name, esm, module.ESM)
		}
	}
	if compared == 0 {
		t.Fatal("nothing was compared")
	}
	t.Logf("compared %d modules", compared)
}

// importLines are the imports with a constant specifier, one a line: the scanner knows no other.
func importLines(imports []Import) []string {
	var lines []string
	for _, i := range imports {
		if i.Specifier != "" {
			lines = append(lines, fmt.Sprintf("%s %s %q", i.Span, i.Kind, i.Specifier))
		}
	}
	return lines
}

func TestScanImportsOptional(t *testing.T) {
	text := []byte(`
require("1");
try { require("2?"); } catch (e) { require("3?"); } finally { require("4"); }
if (a) { require("5?"); } else { require("6?"); }
if (a) require("7?"); else require("8?");
function f() { require("9"); if (a) { require("10?"); } }
try { g(() => { require("11"); }); h(() => require("12")); } finally {}
for (const x of y) { require("13"); }
const b = a && require("14?"), c = a ?? require("15?"), d = a ? require("16?") : 1;
class C { m() { require("17"); } }
`)
	imports, _ := ScanImports("a.js", text)
	if len(imports) != 17 {
		t.Fatalf("got %d imports, want 17", len(imports))
	}
	parsed := Parse("a.js", text, ParseOptions{}).Imports
	for i, scanned := range imports {
		want := strings.HasSuffix(scanned.Specifier, "?")
		if scanned.Optional != want {
			t.Errorf("%s: require(%q) optional = %v", scanned.Span, scanned.Specifier, scanned.Optional)
		}
		if parsed[i].Optional != want {
			t.Errorf("%s: Parse of require(%q): optional = %v", scanned.Span, scanned.Specifier, parsed[i].Optional)
		}
	}
}

func BenchmarkScanImports(b *testing.B) {
	benchmark(b, func(name string, data []byte) { ScanImports(name, data) })
}
