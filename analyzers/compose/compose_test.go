package compose_test

import (
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/analyzers/compose"
	"github.com/dock2edge/dock2edge/internal/analysis/analysistest"
	"github.com/dock2edge/dock2edge/internal/platform"
)

func TestRules(t *testing.T) { analysistest.Run(t, compose.Language()) }

// TestNothingIsDroppedInSilence holds the rules against the table of keys: a key of a service that is dropped, or kept
// outside, is one that some rule says it looks at.
func TestNothingIsDroppedInSilence(t *testing.T) {
	var what strings.Builder
	for _, rule := range compose.Language().Rules {
		what.WriteString(rule.What)
	}
	for _, fate := range platform.ComposeServiceKeys() {
		if strings.ContainsAny(fate.Path, ".[") || fate.Outcome == "converted" || fate.Outcome == "replaced" {
			continue
		}
		if !strings.Contains(what.String(), "`"+fate.Path) {
			t.Errorf("`%s` is %s, and no rule speaks of it", fate.Path, fate.Outcome)
		}
	}
}
