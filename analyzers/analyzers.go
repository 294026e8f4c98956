// Package analyzers is the catalogue of rules: All is the list. One folder per language or file kind; docs/adding.md says
// how a rule is added.
package analyzers

import (
	"github.com/dock2edge/dock2edge/analyzers/compose"
	"github.com/dock2edge/dock2edge/analyzers/dockerfile"
	"github.com/dock2edge/dock2edge/analyzers/node"
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/load"
)

// All are the languages with their rules, and the rules that loading a project reports.
func All() []*analysis.Language {
	return append([]*analysis.Language{compose.Language(), dockerfile.Language(), node.Language()}, analysis.Declared(load.Rules())...)
}
