package render

import (
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

// packageJSON is the part of package.json that is written, in npm's usual order.
type packageJSON struct {
	Name            string            `json:"name"`
	Private         bool              `json:"private"`
	Type            string            `json:"type,omitempty"`
	Workspaces      []string          `json:"workspaces,omitempty"`
	Engines         map[string]string `json:"engines,omitempty"`
	Scripts         map[string]string `json:"scripts,omitempty"`
	Dependencies    map[string]string `json:"dependencies,omitempty"`
	DevDependencies map[string]string `json:"devDependencies,omitempty"`
	// AllowScripts lists the packages whose install scripts npm may run: their binaries come that way.
	AllowScripts map[string]bool `json:"allowScripts,omitempty"`
}

const serviceTSConfig = `{
  "extends": "../../tsconfig.json",
  "compilerOptions": {
    "types": ["@cloudflare/workers-types", "node"]
  },
  "include": ["src", "worker-configuration.d.ts", "../../packages/runtime/src/image-module.d.ts"]
}
`

const gitignore = `node_modules/
dist/
.build/
.wrangler/
.dev.vars
.env
worker-configuration.d.ts
`

// workspace writes the files of the root.
func (r *renderer) workspace() {
	name := r.plan.Project.Name
	if name == "" {
		name = "app"
	}
	versions := platform.Toolchain()
	r.json("package.json", packageJSON{
		Name: name + "-workers", Private: true, Type: "module",
		Workspaces: []string{"packages/*", "services/*"},
		Engines:    map[string]string{"node": ">=" + versions.MinNode},
		Scripts: map[string]string{
			"build":  "npm run build --workspaces --if-present",
			"types":  "npm run types --workspaces --if-present",
			"check":  "npm run check --workspaces --if-present",
			"dev":    devScript(r.plan),
			"deploy": deployScript(r.plan),
		},
		DevDependencies: map[string]string{
			"@cloudflare/workers-types": versions.WorkersTypes,
			"@types/node":               versions.TypesNode,
			"esbuild":                   versions.Esbuild,
			"typescript":                versions.TypeScript,
			"wrangler":                  versions.Wrangler,
		},
		AllowScripts: map[string]bool{"esbuild": true, "workerd": true},
	})
	r.add(".gitignore", gitignore)
}

func servicePackage(sp *model.ServicePlan) packageJSON {
	p := packageJSON{
		Name: sp.WorkerName, Private: true, Type: "module",
		Scripts: map[string]string{
			"build":  "d2e-build",
			"dev":    "wrangler dev",
			"deploy": "wrangler deploy",
		},
		DevDependencies: map[string]string{"@dock2edge/build": "*"},
	}
	if sp.Target != model.TargetAssets {
		p.Scripts["types"] = "wrangler types --include-runtime=false"
		p.Scripts["check"] = "tsc --noEmit"
		p.Dependencies = map[string]string{"@dock2edge/runtime": "*"}
	}
	return p
}

// devScript runs every Worker in one workerd, the first public one answering on the port.
func devScript(p *model.Plan) string {
	text := "wrangler dev"
	for _, sp := range publicFirst(p) {
		text += " -c " + Dir(sp) + "/wrangler.jsonc"
	}
	return text
}

// deployScript deploys in dependency order: a Worker after those it is bound to.
func deployScript(p *model.Plan) string {
	text := ""
	for _, sp := range dependencyOrder(p) {
		if text != "" {
			text += " && "
		}
		text += "npm run deploy -w " + sp.WorkerName
	}
	return text
}

func publicFirst(p *model.Plan) []*model.ServicePlan {
	var public, internal []*model.ServicePlan
	for _, sp := range p.Services {
		switch {
		case sp.WorkerName == "":
		case sp.Public && sp.Target == model.TargetGateway:
			public = append([]*model.ServicePlan{sp}, public...)
		case sp.Public:
			public = append(public, sp)
		default:
			internal = append(internal, sp)
		}
	}
	return append(public, internal...)
}

// dependencyOrder puts Workers after those they are bound to. In a cycle the order is by name.
func dependencyOrder(p *model.Plan) []*model.ServicePlan {
	var out []*model.ServicePlan
	state := map[string]int{}
	var visit func(sp *model.ServicePlan)
	visit = func(sp *model.ServicePlan) {
		if sp == nil || sp.WorkerName == "" || state[sp.WorkerName] > 0 {
			return
		}
		state[sp.WorkerName] = 1
		for _, b := range sp.Bindings {
			if b.Worker != "" {
				visit(p.Service(b.Service))
			}
		}
		out = append(out, sp)
	}
	for _, sp := range p.Services {
		visit(sp)
	}
	return out
}
