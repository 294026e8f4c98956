package platform_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/moby/buildkit/frontend/dockerfile/command"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

// node is the part of a JSON Schema that says which keys there are.
type node struct {
	Ref                  string          `json:"$ref"`
	Properties           map[string]node `json:"properties"`
	PatternProperties    map[string]node `json:"patternProperties"`
	AllOf, OneOf, AnyOf  []node
	Items                *node
	AdditionalProperties json.RawMessage `json:"additionalProperties"`
}

// composeSchema is the specification's own schema as compose-go ships it.
func composeSchema(t *testing.T) (root node, definitions map[string]node) {
	t.Helper()
	var file struct {
		node
		Definitions map[string]node `json:"definitions"`
		Defs        map[string]node `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(schema.Schema), &file); err != nil {
		t.Fatal(err)
	}
	if file.Definitions == nil {
		file.Definitions = file.Defs
	}
	return file.node, file.Definitions
}

// keys collects the paths of all keys below n.
func keys(definitions map[string]node, n node, path string, found map[string]bool, seen []string) {
	if n.Ref != "" {
		name := n.Ref[strings.LastIndexByte(n.Ref, '/')+1:]
		if slices.Contains(seen, name) {
			return
		}
		keys(definitions, definitions[name], path, found, append(slices.Clone(seen), name))
	}
	for _, part := range slices.Concat(n.AllOf, n.OneOf, n.AnyOf) {
		keys(definitions, part, path, found, seen)
	}
	for name, child := range n.Properties {
		at := strings.TrimPrefix(path+"."+name, ".")
		found[at] = true
		keys(definitions, child, at, found, seen)
	}
	for pattern, child := range n.PatternProperties {
		if pattern != "^x-" {
			keys(definitions, child, path+".*", found, seen)
		}
	}
	if n.Items != nil {
		keys(definitions, *n.Items, path+"[]", found, seen)
	}
	var more node
	if json.Unmarshal(n.AdditionalProperties, &more) == nil {
		keys(definitions, more, path+".*", found, seen)
	}
}

func TestEveryServiceKeyOfTheSpecificationHasAFate(t *testing.T) {
	_, definitions := composeSchema(t)
	found := map[string]bool{}
	keys(definitions, definitions["service"], "", found, nil)
	if len(found) < 100 {
		t.Fatalf("only %d keys were found in the schema", len(found))
	}
	checkKeys(t, found, platform.ComposeServiceKeys(), platform.ComposeKey)
}

func TestEveryTopLevelKeyOfTheSpecificationHasAFate(t *testing.T) {
	root, definitions := composeSchema(t)
	delete(root.Properties, "services")
	found := map[string]bool{"services": true}
	keys(definitions, root, "", found, nil)
	checkKeys(t, found, platform.ComposeTopLevelKeys(), platform.ComposeTopLevelKey)
}

// checkKeys compares the table with the keys: every key that stands at the top has a row, every row is a key, and every
// key is answered with a row.
func checkKeys(t *testing.T, found map[string]bool, table []platform.Fate, lookup func(string) (string, string)) {
	t.Helper()
	rows := checkTable(t, table)
	for _, path := range slices.Sorted(maps.Keys(found)) {
		if !strings.ContainsAny(path, ".[") && !rows[path] {
			t.Errorf("%s has no row", path)
		}
		concrete := strings.NewReplacer("[]", "[12]", "*", "name").Replace(path)
		if _, why := lookup(concrete); strings.Contains(why, "no such key") {
			t.Errorf("%s has no fate", concrete)
		}
	}
	for path := range rows {
		if !found[path] {
			t.Errorf("the specification has no key %s", path)
		}
	}
}

// checkTable checks what holds for every table of fates and returns its paths.
func checkTable(t *testing.T, table []platform.Fate) map[string]bool {
	t.Helper()
	outcomes := []string{string(model.Converted), string(model.Replaced), string(model.Outside), string(model.Dropped)}
	rows := map[string]bool{}
	for i, row := range table {
		if rows[row.Path] {
			t.Errorf("%s stands in the table twice", row.Path)
		}
		rows[row.Path] = true
		if !slices.Contains(outcomes, row.Outcome) {
			t.Errorf("%s: %q is no outcome of the model", row.Path, row.Outcome)
		}
		if row.Why == "" || strings.HasSuffix(row.Why, ".") {
			t.Errorf("%s: %q is no clause without a final stop", row.Path, row.Why)
		}
		if i > 0 && table[i-1].Path > row.Path {
			t.Errorf("%s stands after %s", row.Path, table[i-1].Path)
		}
	}
	return rows
}

func TestEveryInstructionHasAFate(t *testing.T) {
	rows := checkTable(t, platform.Instructions())
	for name := range command.Commands {
		if !rows[strings.ToUpper(name)] {
			t.Errorf("%s has no row", strings.ToUpper(name))
		}
	}
	if len(rows) != len(command.Commands) {
		t.Errorf("%d rows for %d instructions", len(rows), len(command.Commands))
	}
}

func TestTheNearestRowCounts(t *testing.T) {
	for path, want := range map[string]string{
		"ports":                          "converted",
		"ports[3].mode":                  "dropped",
		"ports[3].target":                "converted",
		"networks.front.aliases[0]":      "converted",
		"networks.front":                 "replaced",
		"deploy.resources.limits.memory": "replaced",
		"deploy.resources.reservations.devices[0].count": "dropped",
		"x-anything":      "dropped",
		"build.x-bake":    "dropped",
		"no_such_key.sub": "dropped",
	} {
		if got, why := platform.ComposeKey(path); got != want || why == "" {
			t.Errorf("%s is %q (%s), want %q", path, got, why, want)
		}
	}
}

func TestLimitsSayWhereTheyComeFrom(t *testing.T) {
	for _, l := range platform.Limits() {
		if _, err := time.Parse(time.DateOnly, l.Date); err != nil || !strings.HasPrefix(l.URL, "https://developers.cloudflare.com/") {
			t.Errorf("%s: no date or address", l.Name)
		}
		if l.Free <= 0 || l.Paid < l.Free || !slices.Contains([]string{"documented", "measured"}, l.Seen) {
			t.Errorf("%s: free %d, paid %d, seen %q", l.Name, l.Free, l.Paid, l.Seen)
		}
	}
}
