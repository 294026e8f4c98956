package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dock2edge/dock2edge/analyzers"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/report"
	"github.com/dock2edge/dock2edge/internal/source"
)

// auditOptions are the flags of audit.
type auditOptions struct {
	path     string
	format   string
	outputs  []string
	failOn   string
	allFiles bool
	plan     planFlags
}

func auditCommand(s *streams) *cobra.Command {
	o := &auditOptions{}
	c := &cobra.Command{
		Use:   "audit [PATH]",
		Short: "Say what of an app will not work on Workers, and where",
		Long: `audit reads the Dockerfiles and Compose files below PATH (default: the current directory), follows them to the source that
really ships and reports what behaves differently on Workers at file:line, with severity and remedy. It executes nothing
and needs no network.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.path = "."
			if len(args) == 1 {
				o.path = args[0]
			}
			return runAudit(c, s, o)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.format, "format", "text", "`FORMAT` on standard output: "+formatNames())
	flags.StringArrayVarP(&o.outputs, "output", "o", nil, "also write `FORMAT=FILE`; may be repeated")
	flags.StringVar(&o.failOn, "fail-on", "blocker", "lowest `SEVERITY` that makes the exit status 1: blocker, major, minor, info or never")
	flags.BoolVar(&o.allFiles, "all-files", false, "judge all source files, not only those that ship")
	o.plan.register(flags)
	return c
}

func runAudit(c *cobra.Command, s *streams, o *auditOptions) error {
	threshold, err := parseFailOn(o.failOn)
	if err != nil {
		return err
	}
	options, err := o.plan.options()
	if err != nil {
		return err
	}
	outputs, err := parseOutputs(o.outputs)
	if err != nil {
		return err
	}
	standard, err := formatNamed(o.format)
	if err != nil {
		return err
	}
	tree, r, err := analyse(c.Context(), o.path, choices{allFiles: o.allFiles, options: options})
	if err != nil {
		return err
	}
	if err := unknownTargets(r, options); err != nil {
		return err
	}
	settings := report.Options{Languages: analyzers.All(), Read: tree.Read, Base: base(tree)}
	for _, out := range outputs {
		var text bytes.Buffer
		if err := out.format.Write(&text, r, settings); err != nil {
			return unfinished(err)
		}
		if err := os.WriteFile(out.file, text.Bytes(), 0o644); err != nil {
			return unfinished(err)
		}
	}
	if err := standard.Write(s.out, r, withColor(settings, report.UseColor(s.out, os.Getenv))); err != nil {
		return unfinished(err)
	}
	if reaches(r.Findings, threshold) {
		return &exit{code: ExitFindings}
	}
	return nil
}

func withColor(o report.Options, color bool) report.Options {
	o.Color = color
	return o
}

// base is the audited directory relative to the repository's root, where code scanning and annotations start from.
func base(tree *source.Tree) string {
	for dir := tree.Root(); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, tree.Root())
			if err != nil || rel == "." {
				return ""
			}
			return filepath.ToSlash(rel)
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// never is a threshold that no finding reaches.
const never = model.Blocker + 1

func parseFailOn(text string) (model.Severity, error) {
	if text == "never" {
		return never, nil
	}
	severity, ok := model.ParseSeverity(text)
	if !ok {
		return 0, usagef("--fail-on %s: want blocker, major, minor, info or never", text)
	}
	return severity, nil
}

func reaches(findings []model.Finding, threshold model.Severity) bool {
	for _, f := range findings {
		if f.Suppressed == nil && f.Severity >= threshold {
			return true
		}
	}
	return false
}

// output is one -o FORMAT=FILE.
type output struct {
	format report.Format
	file   string
}

func parseOutputs(list []string) ([]output, error) {
	var outputs []output
	for _, text := range list {
		name, file, ok := strings.Cut(text, "=")
		if !ok || file == "" {
			return nil, usagef("-o %s: want FORMAT=FILE, for example -o sarif=audit.sarif", text)
		}
		format, err := formatNamed(name)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, output{format: format, file: file})
	}
	return outputs, nil
}

func formatNamed(name string) (report.Format, error) {
	for _, f := range report.Formats() {
		if f.Name == name {
			return f, nil
		}
	}
	return report.Format{}, usagef("unknown format %q; there are %s", name, formatNames())
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}
