package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dock2edge/dock2edge/analyzers"
	"github.com/dock2edge/dock2edge/internal/analysis"
)

func rulesCommand(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, language := range catalogue() {
				for _, rule := range language.Rules {
					fmt.Fprintf(s.out, "%-8s  %-10s  %-32s  %s\n", rule.Severity, rule.Category, rule.Name, rule.Title)
				}
			}
			return nil
		},
	}
}

func explainCommand(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE",
		Short: "Explain a rule: what it finds, why, and what to do",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var near []string
			for _, language := range catalogue() {
				for _, rule := range language.Rules {
					if rule.Name == args[0] {
						fmt.Fprint(s.out, analysis.Page(language, rule))
						return nil
					}
					if strings.Contains(rule.Name, args[0]) {
						near = append(near, rule.Name)
					}
				}
			}
			if len(near) > 0 {
				return usagef("there is no rule %q; near it are %s", args[0], strings.Join(near, ", "))
			}
			return usagef("there is no rule %q; `dock2edge rules` lists them all", args[0])
		},
	}
}

// catalogue is every rule there is, those of the analysis itself included.
func catalogue() []*analysis.Language {
	return append([]*analysis.Language{analysis.Own()}, analyzers.All()...)
}
