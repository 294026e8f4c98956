package cli

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/render"
	"github.com/dock2edge/dock2edge/internal/source"
)

// convertOptions are the flags of convert.
type convertOptions struct {
	path   string
	out    string
	dryRun bool
	force  bool
	plan   planFlags
}

func convertCommand(s *streams) *cobra.Command {
	o := &convertOptions{}
	c := &cobra.Command{
		Use:   "convert [PATH] -o DIR",
		Short: "Turn an app into a workspace of Workers",
		Long: `convert decides for every service below PATH what it becomes, says why, and writes an npm workspace to DIR that builds, runs
and deploys with npm and wrangler alone. The app's own source is copied unmodified. Nothing is executed and no network is
needed. Files of DIR that were changed by hand since the last convert are never overwritten.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.path = "."
			if len(args) == 1 {
				o.path = args[0]
			}
			return runConvert(c, s, o)
		},
	}
	flags := c.Flags()
	flags.StringVarP(&o.out, "output", "o", "", "directory `DIR` to write to")
	flags.BoolVar(&o.dryRun, "dry-run", false, "say what would be written, write nothing")
	flags.BoolVar(&o.force, "force", false, "overwrite files that were changed by hand")
	o.plan.register(flags)
	return c
}

func runConvert(c *cobra.Command, s *streams, o *convertOptions) error {
	if o.out == "" && !o.dryRun {
		return usagef("convert needs -o DIR, the directory to write to (or --dry-run)")
	}
	options, err := o.plan.options()
	if err != nil {
		return err
	}
	tree, r, err := analyse(c.Context(), o.path, choices{options: options})
	if err != nil {
		return err
	}
	if err := unknownTargets(r, options); err != nil {
		return err
	}
	if len(r.Plans) == 0 {
		return noProject(s, o.path, r)
	}
	if o.dryRun {
		return previewProjects(s, r.Plans)
	}
	return writeProjects(s, o, tree, r.Plans)
}

// noProject says why nothing could be planned.
func noProject(s *streams, path string, r *model.Report) error {
	for _, f := range r.Findings {
		fmt.Fprintf(s.err, "%s: %s\n", f.Span, f.Message)
	}
	return unfinished(fmt.Errorf("%s: no project could be read", path))
}

// previewProjects says what would be written.
func previewProjects(s *streams, plans []*model.Plan) error {
	for _, p := range plans {
		artifacts, err := render.Project(p, Version())
		if err != nil {
			return unfinished(err)
		}
		printPlan(s, p)
		for _, a := range artifacts {
			fmt.Fprintf(s.out, "would write %s\n", path.Join(folderOf(p, len(plans)), a.Path))
		}
	}
	return nil
}

// folderOf is a project's folder in the output. Where PATH holds several projects, each gets the folder it has in PATH.
func folderOf(p *model.Plan, projects int) string {
	if projects == 1 {
		return ""
	}
	return path.Clean(p.Project.Dir)
}

// writeProjects writes all projects. All are staged before the first is moved into place, so that what keeps one from being
// written keeps all.
func writeProjects(s *streams, o *convertOptions, tree *source.Tree, plans []*model.Plan) error {
	var writers []*writer
	for _, p := range plans {
		artifacts, err := render.Project(p, Version())
		if err != nil {
			return unfinished(err)
		}
		w := &writer{
			tree: tree, dir: filepath.Join(o.out, filepath.FromSlash(folderOf(p, len(plans)))), force: o.force, root: tree.Abs(p.Project.Dir),
		}
		defer w.discard()
		if err := w.prepare(artifacts); err != nil {
			return unfinished(err)
		}
		writers = append(writers, w)
	}
	for i, w := range writers {
		if err := w.commit(); err != nil {
			return unfinished(err)
		}
		printPlan(s, plans[i])
		for _, name := range w.kept {
			fmt.Fprintf(s.err, "kept %s: it is no longer generated but was changed by hand\n", name)
		}
		fmt.Fprintf(s.out, "\nWrote %d files to %s. Next: dock2edge verify %s\n", len(w.names), w.dir, w.dir)
	}
	return nil
}

// printPlan says in a few lines what becomes of each service.
func printPlan(s *streams, p *model.Plan) {
	width := 0
	for _, sp := range p.Services {
		width = max(width, len(sp.Service.Name))
	}
	fmt.Fprintf(s.out, "%s\n", p.Project.Name)
	for _, sp := range p.Services {
		fmt.Fprintf(s.out, "  %-*s  %-17s  %s\n", width, sp.Service.Name, sp.Target, strings.TrimSuffix(reasonText(sp), "."))
	}
	for _, w := range p.Warnings {
		fmt.Fprintf(s.out, "  note: %s\n", w)
	}
	for _, q := range p.Questions {
		fmt.Fprintf(s.out, "  question: %s (taken: %s; change it with --target %s=%s)\n", q.Text, q.Choices[0], q.Service, q.Choices[1])
	}
}

func reasonText(sp *model.ServicePlan) string {
	if len(sp.Why) == 0 {
		return ""
	}
	text := sp.Why[0].Text
	for _, c := range sp.Why[0].Cites {
		if c.Span.File != "" {
			return fmt.Sprintf("%s (%s:%d)", text, c.Span.File, c.Span.Start.Line)
		}
	}
	return text
}
