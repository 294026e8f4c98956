package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/mapping"
)

// docsCommand writes the pages that are made from declarations. A test fails when the committed ones are stale.
func docsCommand(s *streams) *cobra.Command {
	return &cobra.Command{
		Use: "docs DIR", Short: "Write the generated documentation", Args: cobra.ExactArgs(1), Hidden: true,
		RunE: func(c *cobra.Command, args []string) error {
			pages, err := generatedPages(c.Root())
			if err != nil {
				return unfinished(err)
			}
			for name, text := range pages {
				file := filepath.Join(args[0], filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					return unfinished(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					return unfinished(err)
				}
			}
			fmt.Fprintf(s.out, "wrote %d pages\n", len(pages))
			return nil
		},
	}
}

// generatedPages are the pages by path below docs/.
func generatedPages(root *cobra.Command) (map[string]string, error) {
	pages := map[string]string{"mappings.md": mappingsPage()}
	var index strings.Builder
	index.WriteString("# Rules\n\n| rule | category | severity | finds |\n|---|---|---|---|\n")
	for _, language := range catalogue() {
		for _, rule := range language.Rules {
			pages["rules/"+rule.Name+".md"] = analysis.Page(language, rule)
			fmt.Fprintf(&index, "| [%s](%s.md) | %s | %s | %s |\n", rule.Name, rule.Name, rule.Category, rule.Severity, rule.Title)
		}
	}
	pages["rules/README.md"] = index.String()
	cli, err := cliPage(root)
	pages["cli.md"] = cli
	return pages, err
}

func cliPage(root *cobra.Command) (string, error) {
	root.DisableAutoGenTag = true
	var out strings.Builder
	for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		var page strings.Builder
		if err := doc.GenMarkdownCustom(c, &page, func(string) string { return "" }); err != nil {
			return "", err
		}
		text, _, _ := strings.Cut(page.String(), "### SEE ALSO")
		out.WriteString(text)
	}
	return strings.TrimSpace(out.String()) + "\n", nil
}

func mappingsPage() string {
	var out strings.Builder
	out.WriteString("# Mappings\n\nWhat can stand in for a backing service, best first.\n")
	for _, m := range append(mapping.All(), mapping.Unknown()) {
		fmt.Fprintf(&out, "\n## %s\n\n", m.Title)
		if len(m.Images) > 0 {
			fmt.Fprintf(&out, "Images: `%s`.\n\n", strings.Join(m.Images, "`, `"))
		}
		for _, o := range m.Options {
			if o.Offered {
				fmt.Fprintf(&out, "- `%s`: %s.\n", o.Target, o.Why)
				continue
			}
			fmt.Fprintf(&out, "- not `%s`: %s.\n", o.Target, o.Against)
		}
	}
	return out.String()
}
