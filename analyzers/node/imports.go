package node

import (
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// importedPackages visits the packages that the module imports when it runs, each at its first import.
func importedPackages(p *analysis.ModulePass, visit func(name string, at syntax.Import)) {
	var seen []string
	for _, at := range p.Module.Imports {
		if at.Kind == "type" || at.Kind == "require.resolve" {
			continue
		}
		name := packageName(at.Specifier)
		if name != "" && !slices.Contains(seen, name) {
			seen = append(seen, name)
			visit(name, at)
		}
	}
}

// packageName is the package of a specifier, empty for files: "@scope/x" of "@scope/x/y", "pg" of "pg/lib".
func packageName(specifier string) string {
	if specifier == "" || strings.HasPrefix(specifier, ".") || strings.HasPrefix(specifier, "/") || strings.HasPrefix(specifier, "node:") {
		return ""
	}
	parts := strings.SplitN(specifier, "/", 3)
	if strings.HasPrefix(specifier, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// names are the keys of a table, sorted.
func names[V any](table map[string]V) []string {
	var list []string
	for name := range table {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
