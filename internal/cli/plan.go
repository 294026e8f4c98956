package cli

import "github.com/spf13/cobra"

// planCommand says what convert would decide, without rendering anything.
func planCommand(s *streams) *cobra.Command {
	flags := &planFlags{}
	c := &cobra.Command{
		Use:   "plan [PATH]",
		Short: "Say what each service would become, and why",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path := "."
			if len(args) == 1 {
				path = args[0]
			}
			options, err := flags.options()
			if err != nil {
				return err
			}
			_, r, err := analyse(c.Context(), path, choices{options: options})
			if err != nil {
				return err
			}
			if err := unknownTargets(r, options); err != nil {
				return err
			}
			if len(r.Plans) == 0 {
				return noProject(s, path, r)
			}
			for _, p := range r.Plans {
				printPlan(s, p)
			}
			return nil
		},
	}
	flags.register(c.Flags())
	return c
}
