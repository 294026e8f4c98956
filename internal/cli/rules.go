package cli

import (
	"fmt"
	"slices"
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
			var names []string
			for _, language := range catalogue() {
				for _, rule := range language.Rules {
					if rule.Name == args[0] {
						fmt.Fprint(s.out, analysis.Page(language, rule))
						return nil
					}
					names = append(names, rule.Name)
				}
			}
			if near := nearest(args[0], names); len(near) > 0 {
				return usagef("there is no rule %q; near it are %s", args[0], strings.Join(near, ", "))
			}
			return usagef("there is no rule %q; `dock2edge rules` lists them all", args[0])
		},
	}
}

// nearest are the names that hold text, else those that share a word with it, in the order of names.
func nearest(text string, names []string) []string {
	var holding, sharing []string
	for _, name := range names {
		switch {
		case text != "" && strings.Contains(name, text):
			holding = append(holding, name)
		case slices.ContainsFunc(strings.Split(name, "-"), func(word string) bool {
			return len(word) > 2 && slices.Contains(strings.Split(text, "-"), word)
		}):
			sharing = append(sharing, name)
		}
	}
	if len(holding) > 0 {
		return holding
	}
	return sharing
}

// catalogue is every rule there is, those of the analysis itself included.
func catalogue() []*analysis.Language {
	return append([]*analysis.Language{analysis.Own()}, analyzers.All()...)
}
