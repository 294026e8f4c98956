package nginx

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestDocs keeps the tables of docs/nginx.md equal to those of this package.
func TestDocs(t *testing.T) {
	const file = "../../docs/nginx.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const start, end = "<!-- generated from internal/nginx: UPDATE_GOLDEN=1 go test ./internal/nginx -->\n", "<!-- end of generated -->"
	before, rest, found := strings.Cut(string(text), start)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has lost its marks", file)
	}
	golden(t, file, before+start+directiveTables()+end+after)
}

func directiveTables() string {
	var out strings.Builder
	names := slices.Sorted(maps.Keys(carriedOver))
	fmt.Fprintf(&out, "Carried over: `%s`.\n\n", strings.Join(names, "` `"))
	all := map[string]verdict{}
	maps.Copy(all, exactVerdicts)
	for prefix, v := range prefixVerdicts {
		all[prefix+"…"] = v
	}
	for name, v := range upstreamVerdicts {
		all[name+" (upstream)"] = v
	}
	titles := []struct {
		level Level
		title string
	}{
		{Unsupported, "Left out, and the answer is different for want of it"},
		{Differs, "Close to it"},
		{Ignored, "Nothing to act on"},
	}
	for _, section := range titles {
		fmt.Fprintf(&out, "### %s\n\n| directive | why |\n|---|---|\n", section.title)
		byReason := map[string][]string{}
		for name, v := range all {
			if v.level == section.level {
				byReason[v.why] = append(byReason[v.why], "`"+name+"`")
			}
		}
		for _, why := range slices.Sorted(maps.Keys(byReason)) {
			slices.Sort(byReason[why])
			fmt.Fprintf(&out, "| %s | %s |\n", strings.Join(byReason[why], " "), why)
		}
		out.WriteString("\n")
	}
	out.WriteString("Any other directive is reported as not known to the gateway.\n\n")
	return out.String()
}
