package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/templates"
)

// TestStandaloneFolders makes sure that a folder of the runtime that may be left out is imported from nowhere else.
func TestStandaloneFolders(t *testing.T) {
	files, err := templates.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range standalone() {
		imports := regexp.MustCompile(`(from|import)\s*\(?["']([./]+|@dock2edge/runtime/)` + name + `["'/]`)
		dir, found := "packages/runtime/src/"+name+"/", false
		for _, file := range files {
			switch {
			case strings.HasPrefix(file.Path, dir):
				found = true
			case imports.Match(file.Data):
				t.Errorf("%s imports from %s", file.Path, name)
			}
		}
		if !found {
			t.Errorf("%s: no such folder", dir)
		}
	}
}

func TestUnusedModules(t *testing.T) {
	plan := &model.Plan{Services: []*model.ServicePlan{{Server: model.ServerRedis}, {Target: model.TargetGateway}}}
	for _, dir := range unusedModules(plan) {
		if strings.HasSuffix(dir, "redis") || strings.HasSuffix(dir, "gateway") {
			t.Errorf("%s is used", dir)
		}
	}
	if got := len(unusedModules(&model.Plan{})); got != len(standalone()) {
		t.Errorf("%d folders unused without any service, want %d", got, len(standalone()))
	}
}
