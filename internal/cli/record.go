package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dock2edge/dock2edge/internal/verify"
)

// recordOptions are the flags of record.
type recordOptions struct {
	against, requests, out, service string
	paths                           []string
	twice                           bool
}

func recordCommand(s *streams) *cobra.Command {
	o := &recordOptions{}
	c := &cobra.Command{
		Use:   "record --against URL",
		Short: "Ask a running original and write its answers as a request file for verify",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return runRecord(c, s, o) },
	}
	flags := c.Flags()
	flags.StringVar(&o.against, "against", "", "base `URL` of the running original")
	flags.StringVar(&o.requests, "requests", "", "JSON `FILE` with the requests to send; expectations in it are replaced")
	flags.StringArrayVar(&o.paths, "path", nil, "also GET this `PATH`; may be repeated")
	flags.StringVar(&o.service, "service", "", "the Compose `SERVICE` that --path asks")
	flags.BoolVar(&o.twice, "twice", false, `run the sequence twice and put "<any>" where the answers differ`)
	flags.StringVarP(&o.out, "output", "o", "", "`FILE` to write to (default: standard output)")
	return c
}

func runRecord(c *cobra.Command, s *streams, o *recordOptions) error {
	if o.against == "" {
		return usagef("record needs --against URL, the running original")
	}
	list, err := readRequests(o.requests)
	if err != nil {
		return err
	}
	for _, path := range o.paths {
		if !strings.HasPrefix(path, "/") {
			return usagef("--path %s: want a path that begins with a slash", path)
		}
		list = append(list, verify.Request{Name: "GET " + path, Service: o.service, Method: http.MethodGet, Path: path})
	}
	if len(list) == 0 {
		return usagef("record needs --requests FILE or --path PATH: what to ask")
	}
	recorded, err := verify.Record(c.Context(), o.against, list, o.twice)
	if err != nil {
		return unfinished(err)
	}
	if o.out == "" {
		return encodeRequests(s.out, recorded)
	}
	file, err := os.Create(o.out)
	if err != nil {
		return unfinished(err)
	}
	if err := encodeRequests(file, recorded); err != nil {
		file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return unfinished(err)
	}
	return nil
}

func encodeRequests(out io.Writer, list []verify.Request) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(list); err != nil {
		return unfinished(err)
	}
	return nil
}
