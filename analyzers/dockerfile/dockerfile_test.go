package dockerfile_test

import (
	"testing"

	"github.com/dock2edge/dock2edge/analyzers/dockerfile"
	"github.com/dock2edge/dock2edge/internal/analysis/analysistest"
)

func TestRules(t *testing.T) { analysistest.Run(t, dockerfile.Language()) }
