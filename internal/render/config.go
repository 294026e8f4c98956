package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
	"github.com/dock2edge/dock2edge/internal/wrangler"
)

// hyperdriveID stands in wrangler.jsonc until the team has made the Hyperdrive configuration: wrangler wants an id, and local
// runs ignore it.
const hyperdriveID = "00000000000000000000000000000000"

type object = []wrangler.Member

// wranglerConfig writes one Worker's wrangler.jsonc. Every binding says what it replaces and why.
func wranglerConfig(p *model.Plan, sp *model.ServicePlan) ([]byte, error) {
	d := wrangler.New(head(sp))
	w := writer{document: d}
	w.set("$schema", "../../node_modules/wrangler/config-schema.json", "")
	w.set("name", sp.WorkerName, "")
	if sp.Target != model.TargetAssets {
		w.set("main", "dist/worker.mjs", "")
	}
	w.set("compatibility_date", p.Options.CompatibilityDate, "")
	if sp.Target != model.TargetAssets {
		w.modules()
	}
	build := object{{Key: "command", Value: "npm run build"}}
	if sp.Recipe != nil {
		build = append(build, wrangler.Member{Key: "watch_dir", Value: watched(sp)})
	} else {
		build = append(build, wrangler.Member{Key: "watch_dir", Value: []string{"src"}})
	}
	w.set("build", build, "Assembles the app's files and packs them into dist/")
	if !sp.Public {
		w.set("workers_dev", false, "Compose publishes no port of this service: only the Workers bound to it reach it")
		w.set("preview_urls", false, "")
	}
	w.assets(sp)
	w.vars(sp)
	w.durableObjects(p, sp)
	w.services(p, sp)
	w.hyperdrive(sp)
	if wakes(sp) {
		w.set("triggers", object{{Key: "crons", Value: []string{"* * * * *"}}}, "Starts the process again after a deploy or an eviction: it works without being asked")
	}
	w.set("observability", object{{Key: "enabled", Value: true}}, "")
	return d.Bytes(), w.err
}

// wakes tells whether the service does something on its own, without requests.
func wakes(sp *model.ServicePlan) bool {
	if sp.Target != model.TargetDurableObject || sp.Server != "" {
		return false
	}
	if sp.Port == 0 || !sp.Public && !listens(sp) {
		return true
	}
	for _, f := range sp.Findings {
		for _, n := range f.Needs {
			if n.Kind == model.NeedSchedule || n.Kind == model.NeedProcess && (n.Detail == "timer" || n.Detail == "schedule") {
				return true
			}
		}
	}
	return false
}

// listens tells whether the service's code was seen to open a port. Without that, the port may only be one that its image
// names for another service, as where an API and a worker share an image: the worker is never asked for anything.
func listens(sp *model.ServicePlan) bool {
	return slices.ContainsFunc(sp.Findings, func(f model.Finding) bool {
		return slices.ContainsFunc(f.Needs, func(n model.Need) bool { return n.Kind == model.NeedHTTP || n.Kind == model.NeedTCPListen })
	})
}

type writer struct {
	document *wrangler.Document
	err      error
}

func (w *writer) set(key string, value any, comment string) {
	if err := w.document.Set(key, value, comment); err != nil && w.err == nil {
		w.err = err
	}
}

func (w *writer) modules() {
	w.set("no_bundle", true, "The build packs the app itself: wrangler's own bundling picks browser builds of server packages")
	w.set("find_additional_modules", true, "")
	w.set("base_dir", "dist", "")
	rule := func(kind, glob string) wrangler.Item {
		return wrangler.Item{Value: object{{Key: "type", Value: kind}, {Key: "globs", Value: []string{glob}}, {Key: "fallthrough", Value: false}}}
	}
	w.set("rules", []wrangler.Item{
		rule("ESModule", "**/*.mjs"), rule("CommonJS", "**/*.cjs"), rule("Data", "**/*.bin"), rule("CompiledWasm", "**/*.wasm"),
	}, "")
}

func (w *writer) assets(sp *model.ServicePlan) {
	switch sp.Target {
	case model.TargetGateway:
		w.set("assets", object{
			{Key: "directory", Value: "dist/assets"}, {Key: "binding", Value: "ASSETS"},
			{Key: "html_handling", Value: "none"}, {Key: "not_found_handling", Value: "none"}, {Key: "run_worker_first", Value: true},
		}, "The files the web server serves; the gateway decides which request gets which")
	case model.TargetAssets:
		html, notFound := "auto-trailing-slash", "none"
		if sp.Service.WebServer != nil && sp.Service.WebServer.Static != nil {
			html, notFound = sp.Service.WebServer.Static.HTML, sp.Service.WebServer.Static.NotFound
		} else if sp.Service.Entry != nil && sp.Service.Entry.StaticSPA {
			notFound = "single-page-application"
		}
		w.set("assets", object{
			{Key: "directory", Value: "dist/assets"}, {Key: "html_handling", Value: html}, {Key: "not_found_handling", Value: notFound},
		}, "")
	}
}

func (w *writer) vars(sp *model.ServicePlan) {
	var members object
	for _, e := range sp.Vars {
		comment := ""
		switch {
		case e.Origin == "address":
			comment = "host:port of the server that keeps running outside; set it before deploying"
		case e.Span.File != "":
			comment = e.Span.File + ":" + fmt.Sprint(e.Span.Start.Line)
		}
		members = append(members, wrangler.Member{Key: e.Name, Value: e.Value, Comment: comment})
	}
	if len(members) > 0 {
		w.set("vars", members, "process.env of the app")
	}
	var names []string
	for _, s := range sp.Secrets {
		names = append(names, s.Name)
	}
	if len(names) > 0 {
		w.set("secrets", object{{Key: "required", Value: names}}, "Set each with `wrangler secret put NAME`; .dev.vars holds them for local runs")
	}
}

func (w *writer) durableObjects(p *model.Plan, sp *model.ServicePlan) {
	var bindings []wrangler.Item
	for _, b := range sp.Bindings {
		if b.Kind != model.BindingDurableObject {
			continue
		}
		value := object{{Key: "name", Value: b.Name}, {Key: "class_name", Value: b.Class}}
		if b.Worker != "" && b.Worker != sp.WorkerName {
			value = append(value, wrangler.Member{Key: "script_name", Value: b.Worker})
		}
		bindings = append(bindings, wrangler.Item{Value: value, Comment: sentence(b.Why)})
	}
	class := ""
	switch {
	case sp.Server != "":
		class = plan.ServerClass(sp.Server)
		bindings = append(bindings, wrangler.Item{
			Value:   object{{Key: "name", Value: strings.ToUpper(string(sp.Server))}, {Key: "class_name", Value: class}},
			Comment: sentence(sp.Why[0]),
		})
	case sp.Target == model.TargetDurableObject:
		class = "App"
	}
	if len(bindings) > 0 {
		w.set("durable_objects", object{{Key: "bindings", Value: bindings}}, "")
	}
	if class != "" {
		w.set("migrations", []wrangler.Item{{Value: object{{Key: "tag", Value: "v1"}, {Key: "new_sqlite_classes", Value: []string{class}}}}}, "")
	}
}

func (w *writer) services(p *model.Plan, sp *model.ServicePlan) {
	var bindings []wrangler.Item
	for _, b := range sp.Bindings {
		if b.Kind != model.BindingService {
			continue
		}
		value := object{{Key: "binding", Value: b.Name}, {Key: "service", Value: b.Worker}}
		if target := p.Service(b.Service); target.Target != model.TargetAssets {
			value = append(value, wrangler.Member{Key: "entrypoint", Value: "Internal"})
		}
		bindings = append(bindings, wrangler.Item{Value: value, Comment: sentence(b.Why)})
	}
	if len(bindings) > 0 {
		w.set("services", bindings, "")
	}
}

func (w *writer) hyperdrive(sp *model.ServicePlan) {
	var bindings []wrangler.Item
	for _, b := range sp.Bindings {
		if b.Kind != model.BindingHyperdrive {
			continue
		}
		bindings = append(bindings, wrangler.Item{
			Value: object{{Key: "binding", Value: b.Name}, {Key: "id", Value: hyperdriveID}},
			Comment: sentence(b.Why) + "\nMake it with `wrangler hyperdrive create " + sp.WorkerName + "-" + strings.ToLower(b.Name) + " --connection-string=…` and put its id here." +
				"\nLocal runs take the server from the variable CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_" + b.Name + ".",
		})
	}
	if len(bindings) > 0 {
		w.set("hyperdrive", bindings, "")
	}
}

func head(sp *model.ServicePlan) string {
	return fmt.Sprintf("The Compose service %s (%s) as a %s.\n%s", sp.Service.Name, sp.Service.Span, targetWords(sp), sentence(sp.Why[0]))
}

// sentence is a reason with its places: "Text (rule at file:line)".
func sentence(r model.Reason) string {
	text := strings.ToUpper(r.Text[:1]) + r.Text[1:]
	var places []string
	for _, c := range r.Cites {
		place := fmt.Sprintf("%s:%d", c.Span.File, c.Span.Start.Line)
		if c.Rule != "" {
			place = c.Rule + " at " + place
		}
		if c.Span.File != "" {
			places = append(places, place)
		}
	}
	if len(places) == 0 {
		return text + "."
	}
	return text + " (" + strings.Join(places, ", ") + ")."
}

func targetWords(sp *model.ServicePlan) string {
	if sp.Server != "" {
		return "Durable Object that speaks " + plan.ServerTitle(sp.Server) + "'s protocol"
	}
	switch sp.Target {
	case model.TargetWorker:
		return "Worker"
	case model.TargetDurableObject:
		return "Worker with a Durable Object as its process"
	case model.TargetGateway:
		return "gateway Worker with static assets"
	case model.TargetAssets:
		return "Worker of static assets"
	}
	return string(sp.Target)
}

// watched are the folders whose changes make a new build.
func watched(sp *model.ServicePlan) []string {
	dirs := []string{}
	for _, top := range []string{"app", "mounts"} {
		for _, s := range sp.Sources {
			if strings.HasPrefix(s.To, top+"/") {
				dirs = append(dirs, top)
				break
			}
		}
	}
	if sp.Target != model.TargetAssets {
		dirs = append(dirs, "src")
	}
	return dirs
}
