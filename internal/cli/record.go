package cli

import (
	"encoding/json"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/dock2edge/dock2edge/internal/verify"
)

func recordCommand(s *streams) *cobra.Command {
	var against, requests, out string
	var paths []string
	var service string
	var twice bool
	c := &cobra.Command{
		Use:   "record --against URL",
		Short: "Ask a running original and write its answers as a request file for verify",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if against == "" {
				return usagef("record needs --against URL, the running original")
			}
			list, err := readRequests(requests)
			if err != nil {
				return err
			}
			for _, path := range paths {
				more, err := verify.ParseRequests(mustJSON([]map[string]string{{"path": path, "service": service}}))
				if err != nil {
					return usagef("--path %s: %v", path, err)
				}
				list = append(list, more...)
			}
			if len(list) == 0 {
				return usagef("record needs --requests FILE or --path PATH: what to ask")
			}
			recorded, err := verify.Record(c.Context(), against, list, twice)
			if err != nil {
				return unfinished(err)
			}
			var target io.Writer = s.out
			if out != "" {
				file, err := os.Create(out)
				if err != nil {
					return unfinished(err)
				}
				defer file.Close()
				target = file
			}
			encoder := json.NewEncoder(target)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			return encoder.Encode(recorded)
		},
	}
	flags := c.Flags()
	flags.StringVar(&against, "against", "", "base `URL` of the running original")
	flags.StringVar(&requests, "requests", "", "JSON `FILE` with the requests to send; expectations in it are replaced")
	flags.StringArrayVar(&paths, "path", nil, "also GET this `PATH`; may be repeated")
	flags.StringVar(&service, "service", "", "the Compose `SERVICE` that --path asks")
	flags.BoolVar(&twice, "twice", false, `run the sequence twice and put "<any>" where the answers differ`)
	flags.StringVarP(&out, "output", "o", "", "`FILE` to write to (default: standard output)")
	return c
}

func mustJSON(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		return []byte("[]")
	}
	return data
}
