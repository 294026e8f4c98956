package analyzers_test

import (
	"testing"

	"github.com/dock2edge/dock2edge/analyzers"
	"github.com/dock2edge/dock2edge/internal/analysis"
)

func TestDeclarations(t *testing.T) {
	if err := analysis.Validate(append([]*analysis.Language{analysis.Own()}, analyzers.All()...)); err != nil {
		t.Error(err)
	}
}
