package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/spf13/cobra"

	"github.com/dock2edge/dock2edge/internal/load"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
	"github.com/dock2edge/dock2edge/internal/platform"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/verify"
)

// verifyOptions are the flags of verify.
type verifyOptions struct {
	dir      string
	requests string
	against  string
	envFile  string
	connect  []string
	services []string
	format   string
	log      string
	quick    bool
}

func verifyCommand(s *streams) *cobra.Command {
	o := &verifyOptions{}
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Boot a converted project in workerd and compare its answers with the original's",
		Long: `verify builds the project that convert wrote to DIR, checks it with wrangler and tsc, boots all its Workers in workerd, waits
for the Compose health checks and sends requests: those of --requests, else the health checks and the GET routes found in
the source. Each is sent once in order; what is safe is repeated, alone and several at once. With --against the answers
are compared with those of a running original.

It needs npm and Node.js ` + platform.Toolchain().MinNode + ` or newer; an older Node.js is replaced by a pinned one from npm.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.dir = args[0]
			return runVerify(c, s, o)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.requests, "requests", "", "JSON `FILE` with the requests to send")
	flags.StringVar(&o.against, "against", "", "base `URL` of the running original")
	flags.StringVar(&o.envFile, "env-file", "", "`FILE` with values for required secrets, as NAME=value lines")
	flags.StringArrayVar(&o.connect, "connect", nil, "a server outside, as `SERVICE=URL` (db=postgres://user:password@host/name); may be repeated")
	flags.StringArrayVar(&o.services, "service", nil, "only this `SERVICE` and those it is bound to; may be repeated")
	flags.StringVar(&o.format, "format", "text", "`FORMAT` on standard output: text or json")
	flags.StringVar(&o.log, "workers-log", "", "`FILE` to write to what the Workers print")
	flags.BoolVar(&o.quick, "requests-only", false, "only build, boot and send requests; skip schema, types and dry run")
	return c
}

func runVerify(c *cobra.Command, s *streams, o *verifyOptions) error {
	if err := oneOf("--format", o.format, "text", "json"); err != nil {
		return err
	}
	versions := platform.Toolchain()
	options := verify.Options{
		Dir: o.dir, Against: o.against, Log: s.err, SkipChecks: o.quick, Services: o.services,
		Toolchain: verify.Toolchain{Node: versions.Node, MinNode: versions.MinNode},
	}
	var err error
	if options.Requests, err = readRequests(o.requests); err != nil {
		return err
	}
	if options.Values, err = readEnvFile(o.envFile); err != nil {
		return err
	}
	if options.Connect, err = readConnect(o.connect); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(o.dir, lockFile)); err != nil {
		return usagef("%s is no project that convert wrote: it has no %s", o.dir, lockFile)
	}
	options.ServiceValues = sourceValues(o.dir)
	if o.log != "" {
		file, err := os.Create(o.log)
		if err != nil {
			return usagef("--workers-log: %v", err)
		}
		defer file.Close()
		options.WorkersLog = file
	}
	result, err := verify.Run(c.Context(), options)
	if result != nil {
		if err := writeResult(s, result, o.format); err != nil {
			return unfinished(err)
		}
	}
	switch {
	case err != nil:
		return unfinished(err)
	case !result.OK():
		return &exit{code: ExitFindings}
	}
	return nil
}

func readRequests(file string) ([]verify.Request, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("--requests: %v", err)
	}
	list, err := verify.ParseRequests(data)
	if err != nil {
		return nil, usagef("--requests %s: %v", file, err)
	}
	return list, nil
}

func readEnvFile(file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, usagef("--env-file: %v", err)
	}
	defer f.Close()
	values, err := dotenv.Parse(f)
	if err != nil {
		// The parser's message can quote the line, and with it a secret.
		return nil, usagef("--env-file %s: not a list of NAME=value lines", file)
	}
	return values, nil
}

func readConnect(list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, text := range list {
		service, address, ok := strings.Cut(text, "=")
		if !ok || service == "" || address == "" {
			return nil, usagef("--connect: want SERVICE=URL, for example --connect db=postgres://user:password@127.0.0.1:5432/app")
		}
		out[service] = address
	}
	return out, nil
}

// sourceValues are the values that the original's own files give to secrets, by service. A local run may use them; nothing
// of them is written anywhere. Without the original there are none.
func sourceValues(dir string) map[string]map[string]string {
	lock, err := readLock(dir)
	if err != nil || lock == nil || lock.Source == "" {
		return nil
	}
	tree, file, err := source.Open(filepath.Join(dir, filepath.FromSlash(lock.Source)))
	if err != nil {
		return nil
	}
	environment := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		environment[name] = value
	}
	workspace, err := load.Load(tree, load.Options{File: file, Environment: environment})
	if err != nil {
		return nil
	}
	out := map[string]map[string]string{}
	for _, project := range workspace.Projects {
		if project.Name != lock.Project {
			continue
		}
		p := plan.Build(project, nil, defaults(model.Options{}))
		for _, sp := range p.Services {
			out[sp.Service.Name] = valuesOf(tree, project, sp)
		}
	}
	return out
}

func valuesOf(tree *source.Tree, project *model.Project, sp *model.ServicePlan) map[string]string {
	values := map[string]string{}
	for _, e := range plan.Variables(sp) {
		if e.HasValue {
			values[e.Name] = e.Value
		}
	}
	for _, c := range plan.Credentials(sp) {
		values[c.Name] = c.Value
	}
	if sp.Service.Entry != nil {
		for _, arg := range sp.Service.Entry.SecretArgs {
			values[plan.ArgVariable(arg)] = arg.Value
		}
	}
	for _, grant := range sp.Service.Secrets {
		for _, object := range project.Secrets {
			if object.Name != grant.Source {
				continue
			}
			value := os.Getenv(object.Environment)
			if object.Environment == "" {
				value = object.Content
			}
			if object.File != "" {
				if data, err := tree.Read(object.File); err == nil {
					value = string(data)
				}
			}
			values[plan.SecretVariable(grant.Source)] = value
		}
	}
	return values
}

func writeResult(s *streams, result *verify.Result, format string) error {
	if format == "json" {
		encoder := json.NewEncoder(s.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	}
	for _, c := range result.Checks {
		fmt.Fprintf(s.out, "%-8s  %-10s  %s\n", c.Status, c.Name, strings.TrimSpace(c.Worker+"  "+strings.ReplaceAll(c.Why, "\n", "\n                      ")))
	}
	for _, q := range result.Requests {
		fmt.Fprintf(s.out, "%-9s  %s  %s (%d times)\n", q.Status, q.Service, q.Name, q.Rounds)
		for _, d := range q.Differences {
			fmt.Fprintf(s.out, "           %s\n", d)
		}
	}
	_, err := fmt.Fprintf(s.out, "%d same, %d different, %d failed; %s\n", result.Summary.Same, result.Summary.Different, result.Summary.Failed, result.Toolchain)
	return err
}
