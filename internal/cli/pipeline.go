package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/dock2edge/dock2edge/analyzers"
	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/load"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
	"github.com/dock2edge/dock2edge/internal/platform"
	"github.com/dock2edge/dock2edge/internal/source"
)

// choices are what the user may choose about loading, judging and planning.
type choices struct {
	allFiles bool
	options  model.Options
}

// analyse is the pipeline: a directory is loaded, every rule runs over what ships, and the findings decide the plan.
// It reads files below path and what they refer to, never executes anything and never touches the network.
func analyse(ctx context.Context, path string, c choices) (*source.Tree, *model.Report, error) {
	tree, file, err := source.Open(path)
	if err != nil {
		return nil, nil, usagef("%s: %v", path, err)
	}
	workspace, err := load.Load(tree, load.Options{File: file, Environment: composeVariables(os.LookupEnv)})
	if err != nil {
		return nil, nil, unfinished(err)
	}
	if len(workspace.Projects) == 0 && len(workspace.Findings) == 0 && !c.allFiles {
		return nil, nil, &exit{code: ExitNothing, err: fmt.Errorf("%s: no Compose file and no Dockerfile found", path)}
	}
	findings, err := analysis.Run(ctx, tree, workspace, analyzers.All(), analysis.Options{
		AllFiles: c.allFiles,
		Resolve: func(project *model.Project, service *model.Service) func(from, specifier string) (string, bool) {
			return load.NewResolver(tree, project, service).Resolve
		},
	})
	if err != nil {
		return nil, nil, unfinished(err)
	}
	report := &model.Report{Version: Version(), Workspace: workspace, Findings: findings, AllFiles: c.allFiles}
	for _, project := range workspace.Projects {
		report.Plans = append(report.Plans, plan.Build(project, findings, c.options))
	}
	return tree, report, nil
}

// composeVariables are those variables of the shell that say which files and profiles make up the project. Others are left
// alone: the same input has to give the same output, and values belong into .env.
func composeVariables(lookup func(string) (string, bool)) map[string]string {
	variables := map[string]string{}
	for _, name := range []string{"COMPOSE_FILE", "COMPOSE_PROFILES", "COMPOSE_PATH_SEPARATOR"} {
		if value, ok := lookup(name); ok {
			variables[name] = value
		}
	}
	return variables
}

// defaults fills in what the user did not choose.
func defaults(o model.Options) model.Options {
	if o.CompatibilityDate == "" {
		o.CompatibilityDate = platform.DefaultCompatibilityDate
	}
	if o.PlanName == "" {
		o.PlanName = "paid"
	}
	if o.Transport == "" {
		o.Transport = "connect"
	}
	return o
}
