package compose_test

import (
	"testing"

	"github.com/dock2edge/dock2edge/analyzers/compose"
	"github.com/dock2edge/dock2edge/internal/analysis/analysistest"
)

func TestRules(t *testing.T) { analysistest.Run(t, compose.Language()) }
