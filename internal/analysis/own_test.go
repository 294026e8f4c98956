package analysis_test

import (
	"testing"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/analysis/analysistest"
)

func TestOwnRules(t *testing.T) { analysistest.Run(t, analysis.Own()) }
