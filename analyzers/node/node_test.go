package node_test

import (
	"testing"

	"github.com/dock2edge/dock2edge/analyzers/node"
	"github.com/dock2edge/dock2edge/internal/analysis/analysistest"
)

func TestRules(t *testing.T) { analysistest.Run(t, node.Language()) }
