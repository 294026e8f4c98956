// Package render writes a plan down: every file of the emitted project as an Artifact. It is pure; copies of the user's
// files are named, not read, and the caller writes everything to disk.
package render

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
	"github.com/dock2edge/dock2edge/templates"
)

// Project makes the files of one project, sorted by path.
func Project(p *model.Plan, version string) ([]model.Artifact, error) {
	r := &renderer{plan: p, version: version}
	for _, sp := range p.Services {
		if sp.WorkerName == "" {
			continue
		}
		if err := r.service(sp); err != nil {
			return nil, fmt.Errorf("service %s: %w", sp.Service.Name, err)
		}
	}
	r.workspace()
	if err := r.packages(); err != nil {
		return nil, err
	}
	r.add("MIGRATION.md", migration(p))
	r.json("dock2edge.json", lockOf(p, version))
	slices.SortFunc(r.artifacts, func(a, b model.Artifact) int { return strings.Compare(a.Path, b.Path) })
	return r.artifacts, r.err
}

type renderer struct {
	plan      *model.Plan
	version   string
	artifacts []model.Artifact
	err       error
}

func (r *renderer) add(name, text string) {
	r.artifacts = append(r.artifacts, model.Artifact{Path: name, Data: []byte(text)})
}

func (r *renderer) json(name string, value any) {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
	r.add(name, string(data)+"\n")
}

// Dir is the folder of a service in the output.
func Dir(sp *model.ServicePlan) string { return path.Join("services", plan.Directory(sp.Service.Name)) }

// service writes one Worker.
func (r *renderer) service(sp *model.ServicePlan) error {
	dir := Dir(sp)
	config, err := wranglerConfig(r.plan, sp)
	if err != nil {
		return err
	}
	r.artifacts = append(r.artifacts, model.Artifact{Path: path.Join(dir, "wrangler.jsonc"), Data: config})
	r.json(path.Join(dir, "package.json"), servicePackage(sp))
	if sp.Recipe != nil {
		r.json(path.Join(dir, "build.json"), sp.Recipe)
	}
	if sp.Target != model.TargetAssets {
		r.add(path.Join(dir, "tsconfig.json"), serviceTSConfig)
		for name, text := range sources(r.plan, sp) {
			r.add(path.Join(dir, "src", name), text)
		}
	}
	if text := devVars(sp); text != "" {
		r.add(path.Join(dir, ".dev.vars.example"), text)
	}
	for _, file := range sp.Sources {
		r.artifacts = append(r.artifacts, model.Artifact{Path: path.Join(dir, file.To), Copy: file.From})
	}
	return nil
}

// packages copies the runtime and the build tool, which are the team's own code from now on, without the servers that the plan
// has none of.
func (r *renderer) packages() error {
	files, err := templates.Files()
	if err != nil {
		return err
	}
	unused := unusedModules(r.plan)
	for _, f := range files {
		if !slices.ContainsFunc(unused, func(dir string) bool { return strings.HasPrefix(f.Path, dir+"/") }) {
			r.artifacts = append(r.artifacts, model.Artifact{Path: f.Path, Data: f.Data, Executable: f.Executable})
		}
	}
	return nil
}

// standalone are the runtime's folders that nothing but a Worker of their own imports.
func standalone() []string {
	return []string{
		"gateway", string(model.ServerMemcached), string(model.ServerMongoDB), string(model.ServerRabbitMQ), string(model.ServerRedis),
	}
}

// unusedModules are the folders of the runtime that no Worker of the plan imports.
func unusedModules(p *model.Plan) []string {
	used := map[string]bool{}
	for _, sp := range p.Services {
		used[string(sp.Server)] = true
		if sp.Target == model.TargetGateway {
			used["gateway"] = true
		}
	}
	var unused []string
	for _, name := range standalone() {
		if !used[name] {
			unused = append(unused, "packages/runtime/src/"+name)
		}
	}
	return unused
}

func devVars(sp *model.ServicePlan) string {
	if len(sp.Secrets) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("# Values for local runs. Copy this file to .dev.vars, which is never committed, and fill it in.\n")
	out.WriteString("# For the deployed Worker: wrangler secret put NAME\n")
	for _, s := range sp.Secrets {
		fmt.Fprintf(&out, "\n# %s\n%s=\n", s.Why, s.Name)
	}
	return out.String()
}
