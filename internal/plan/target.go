package plan

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dock2edge/dock2edge/internal/mapping"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

// decideTarget picks what a service becomes. The user's own choice comes first; else what it runs decides.
func (b *builder) decideTarget(sp *model.ServicePlan) {
	chosen := b.plan.Options.Targets[sp.Service.Name]
	b.decide(sp, chosen)
	if chosen == "" || chosen == sp.Target || chosen == model.TargetDurableObject && sp.Server != "" {
		return
	}
	switch chosen {
	case model.TargetExternal, model.TargetContainer, model.TargetDropped:
		// Whatever it is, its user may keep it outside or do without it.
		sp.Rejected = []model.Rejected{{Target: sp.Target, Why: sp.Why[0]}}
		sp.Target, sp.Server, sp.Why, sp.Public = chosen, "", reasons("chosen by the user"), false
	default:
		b.warn("%s cannot become %s, which was chosen for it; it becomes %s", sp.Service.Name, chosen, sp.Target)
	}
}

func (b *builder) decide(sp *model.ServicePlan, chosen model.Target) {
	service := sp.Service
	switch {
	case service.Entry != nil && service.Entry.Kind == "node" && service.Entry.Module != "":
		b.decideNode(sp, chosen)
	case service.WebServer != nil:
		b.decideWebServer(sp)
	case service.Entry != nil && (service.Entry.Kind == "static-server" || service.Entry.Kind == "dev-server") && staticRoot(service) != "":
		sp.Target = model.TargetAssets
		sp.Port = publishedPort(service)
		sp.Public = len(service.Ports) > 0
		sp.Why = reasons(fmt.Sprintf("it serves files only (%s), which assets do without running code", strings.Join(service.Entry.Argv, " ")), model.Cite{Span: service.Entry.Span})
	case service.ImageRef != "" && service.Image == nil:
		b.decideImage(sp, chosen)
	default:
		b.decideForeign(sp, chosen)
	}
}

// decideImage is for services that only name an image.
func (b *builder) decideImage(sp *model.ServicePlan, chosen model.Target) {
	m := mapping.ForImage(sp.Service.ImageRef)
	if m == nil {
		m = mapping.Unknown()
	}
	taken, rejected := m.Choose(b.choice(m, chosen))
	sp.Target, sp.Server, sp.Rejected = taken.Target, taken.Server, rejected
	sp.Why = reasons(fmt.Sprintf("the image %s is %s; %s", sp.Service.ImageRef, m.Title, taken.Why), model.Cite{Span: imageSpan(sp.Service)})
	if m.Name == "unknown" {
		b.ask(sp, model.TargetExternal, model.TargetContainer)
	}
}

// decideForeign is for programs that no isolate runs.
func (b *builder) decideForeign(sp *model.ServicePlan, chosen model.Target) {
	if sp.Service.Image != nil && sp.Service.Image.Target != nil {
		if m := mapping.ForImage(rootBase(sp.Service.Image.Target)); m != nil && (inheritsEntry(sp.Service) || startsServer(sp.Service, m)) {
			taken, rejected := m.Choose(b.choice(m, chosen))
			sp.Target, sp.Server, sp.Rejected = taken.Target, taken.Server, rejected
			sp.Why = reasons(fmt.Sprintf("its image is built on %s, %s; %s", rootBase(sp.Service.Image.Target), m.Title, taken.Why), model.Cite{Span: sp.Service.Image.Target.Span})
			return
		}
	}
	problem := "what it runs could not be read"
	span := sp.Service.Span
	if e := sp.Service.Entry; e != nil {
		if e.Problem != "" {
			problem = e.Problem
		}
		if !e.Span.IsZero() {
			span = e.Span
		}
	}
	m := mapping.Unknown()
	if !offered(m, chosen) {
		chosen = ""
	}
	taken, rejected := m.Choose(chosen)
	sp.Target, sp.Server, sp.Rejected = taken.Target, taken.Server, rejected
	sp.Why = reasons(strings.TrimSuffix(problem, ".")+"; it keeps running where it runs today and is reached over the network", model.Cite{Span: span})
	b.ask(sp, model.TargetExternal, model.TargetContainer)
}

func (b *builder) decideWebServer(sp *model.ServicePlan) {
	web := sp.Service.WebServer
	sp.Port = publishedPort(sp.Service)
	if sp.Port == 0 && len(web.Ports) > 0 {
		sp.Port = web.Ports[0]
	}
	sp.Public = len(sp.Service.Ports) > 0
	cite := model.Cite{Span: sp.Service.Span}
	if sp.Service.Entry != nil && !sp.Service.Entry.Span.IsZero() {
		cite.Span = sp.Service.Entry.Span
	}
	if web.Static != nil && len(web.Upstreams) == 0 {
		sp.Target = model.TargetAssets
		sp.Why = reasons("its web server serves files and nothing else, which assets do without running code", cite)
		sp.Rejected = []model.Rejected{{Target: model.TargetGateway, Why: model.Reason{Text: "a Worker in front of the files would bill every request and add nothing"}}}
		return
	}
	sp.Target = model.TargetGateway
	text := "its configuration does more than serving files"
	if len(web.Upstreams) > 0 {
		cite.Span = web.Upstreams[0].Span
		text = fmt.Sprintf("it passes requests on to %s, which a Worker does over service bindings", hosts(web.Upstreams))
	}
	sp.Why = reasons(text, cite)
	sp.Rejected = []model.Rejected{{Target: model.TargetAssets, Why: model.Reason{Text: "assets alone pass no request on"}}}
}

// decideNode chooses between one Durable Object as the process and a plain Worker.
func (b *builder) decideNode(sp *model.ServicePlan, chosen model.Target) {
	sp.Port = httpPort(sp)
	sp.Public = len(sp.Service.Ports) > 0 && sp.Port != 0
	reason, stateful := processReason(sp)
	if !stateful && sp.Port == 0 {
		reason, stateful = model.Reason{
			Text: "it serves no port, so it runs as one long-lived process that a cron trigger wakes", Cites: []model.Cite{{Span: sp.Service.Span}},
		}, true
	}
	switch {
	case chosen == model.TargetWorker || chosen == "" && !stateful:
		sp.Target = model.TargetWorker
		sp.Why = reasons("nothing in it outlives a request: no connection, timer or memory is kept, and all its packages are known to work that way", model.Cite{Span: sp.Service.Entry.ModuleSpan})
		if stateful {
			sp.Why = reasons("chosen by the user, although "+reason.Text, reason.Cites...)
		}
		sp.Rejected = []model.Rejected{{Target: model.TargetDurableObject, Why: model.Reason{Text: "one object for all requests would answer from one place only and bill for its duration"}}}
	default:
		sp.Target = model.TargetDurableObject
		sp.Why = []model.Reason{reason}
		if chosen == model.TargetDurableObject {
			sp.Why = reasons("chosen by the user")
		}
		sp.Rejected = []model.Rejected{{Target: model.TargetWorker, Why: reason}}
	}
	sp.Rejected = append(sp.Rejected, model.Rejected{Target: model.TargetContainer, Why: model.Reason{Text: "the app runs in an isolate unmodified, so a container's cold starts and its price buy nothing"}})
}

// processReason tells what makes one long-lived process necessary.
func processReason(sp *model.ServicePlan) (model.Reason, bool) {
	for _, kind := range []struct {
		kind model.NeedKind
		text string
	}{
		{model.NeedProcess, "%s must outlive a request, and in a plain Worker everything belongs to the request that made it"},
		{model.NeedSQL, "its database connections outlive a request"},
		{model.NeedRedis, "its Redis connections outlive a request"},
		{model.NeedStore, "its connections to a data store outlive a request"},
		{model.NeedWebSocket, "its WebSocket connections outlive a request and share memory"},
		{model.NeedTCPListen, "other services open TCP connections to it"},
		{model.NeedDisk, "its files must survive a request"},
		{model.NeedSchedule, "it runs at times of its own"},
	} {
		list, cites := needs(sp, kind.kind)
		if len(list) == 0 {
			continue
		}
		text := kind.text
		if kind.kind == model.NeedProcess {
			text = fmt.Sprintf(text, processDetails(list))
		}
		return model.Reason{Text: text, Cites: firstCites(cites)}, true
	}
	for _, m := range sp.Service.Mounts {
		if keepsData(sp, m) {
			return model.Reason{Text: fmt.Sprintf("it keeps files in the %s %s", m.Type, m.Source), Cites: []model.Cite{{Span: m.Span}}}, true
		}
	}
	return unknownPackages(sp)
}

// keepsData tells whether a mount is there for what the app writes: a named volume, or a folder of the host without files of
// the repository.
func keepsData(sp *model.ServicePlan, m model.Mount) bool {
	if m.ReadOnly || m.Source == "" || shieldsPackages(m) || m.Target == dockerSocket {
		return false
	}
	return m.Type == "volume" || m.Type == "bind" && !isOverlay(sp, m)
}

// unknownPackages errs on the safe side: a package nobody has seen run across requests may keep sockets or timers.
func unknownPackages(sp *model.ServicePlan) (model.Reason, bool) {
	if sp.Service.Ship == nil {
		return model.Reason{Text: "its source could not be followed, so nothing is known about what it keeps", Cites: []model.Cite{{Span: sp.Service.Span}}}, true
	}
	if len(sp.Service.Ship.Dynamic) > 0 {
		d := sp.Service.Ship.Dynamic[0]
		return model.Reason{Text: "it loads modules by names computed at run time, so not everything it does is known", Cites: []model.Cite{{Span: d.Span}}}, true
	}
	for _, p := range sp.Service.Ship.Packages {
		if platform.Stateless(p.Name) || p.Dev {
			continue
		}
		cite := model.Cite{Span: sp.Service.Span}
		if len(p.Spans) > 0 {
			cite.Span = p.Spans[0]
		}
		return model.Reason{Text: "the package " + p.Name + " is not known to keep nothing between requests", Cites: []model.Cite{cite}}, true
	}
	return model.Reason{}, false
}

func processDetails(list []model.Need) string {
	names := map[string]string{
		"pool": "a connection pool", "memory": "memory shared between requests", "timer": "a timer", "socket": "a socket",
		"websocket": "a WebSocket", "boot-io": "I/O done at start-up", "schedule": "a schedule", "threads": "a worker thread", "processes": "a forked process",
	}
	var parts []string
	seen := map[string]bool{}
	for _, n := range list {
		text := names[n.Detail]
		if text == "" {
			text = "state"
		}
		if !seen[text] {
			seen[text] = true
			parts = append(parts, text)
		}
	}
	return joinWords(parts)
}

// httpPort is the port requests go to: the published one, else the one the code listens on, else one that something else
// names. Of several that the code listens on it is the one named elsewhere as well: the others are for metrics and the like.
func httpPort(sp *model.ServicePlan) int {
	if port := publishedPort(sp.Service); port != 0 {
		return port
	}
	list, _ := needs(sp, model.NeedHTTP)
	var heard []int
	for _, n := range list {
		if port, err := strconv.Atoi(n.Detail); err == nil {
			heard = append(heard, port)
		}
	}
	named := namedPorts(sp.Service)
	for _, port := range named {
		if slices.Contains(heard, port) {
			return port
		}
	}
	switch {
	case len(heard) > 0:
		return heard[0]
	case len(named) > 0:
		return named[0]
	case len(list) > 0:
		return 3000
	}
	return 0
}

// namedPorts are the ports that health check, image, Compose file and environment name, most telling first.
func namedPorts(service *model.Service) []int {
	var ports []int
	if h := service.Healthcheck; h != nil && h.Port != 0 {
		ports = append(ports, h.Port)
	}
	exposed := service.Expose
	if service.Image != nil && service.Image.Target != nil {
		exposed = slices.Concat(service.Image.Target.Expose, exposed)
	}
	for _, p := range exposed {
		if p.Protocol != "udp" {
			ports = append(ports, p.Target)
		}
	}
	for _, e := range service.Environment {
		if e.Name == "PORT" || e.Name == "HTTP_PORT" || e.Name == "APP_PORT" || e.Name == "SERVER_PORT" {
			if port, err := strconv.Atoi(e.Value); err == nil {
				ports = append(ports, port)
			}
		}
	}
	return ports
}

// debugPorts are published for debuggers, not for users.
var debugPorts = map[int]bool{9229: true, 9230: true, 5858: true, 35729: true, 24678: true}

func publishedPort(service *model.Service) int {
	for _, p := range service.Ports {
		if p.Protocol != "udp" && !debugPorts[p.Target] {
			return p.Target
		}
	}
	return 0
}

// ask puts a choice to the user, unless it is made already.
func (b *builder) ask(sp *model.ServicePlan, choices ...model.Target) {
	switch b.plan.Options.Targets[sp.Service.Name] {
	case model.TargetExternal, model.TargetContainer, model.TargetDropped:
		return
	}
	b.plan.Questions = append(b.plan.Questions, model.Question{
		Service: sp.Service.Name,
		Text:    "Where should " + sp.Service.Name + " run? An isolate cannot hold it.",
		Choices: choices,
	})
}

// choice is the target that the user chose of a mapping: for the service, else for all services of its kind; empty when there
// is none or the mapping does not offer it. "durable-object" means the protocol server, whatever the target is called.
func (b *builder) choice(m *mapping.Mapping, chosen model.Target) model.Target {
	for _, o := range m.Options {
		if o.Server == "" {
			continue
		}
		if chosen == "" {
			chosen = b.plan.Options.Servers[o.Server]
		}
		if chosen == model.TargetDurableObject {
			chosen = o.Target
		}
	}
	if !offered(m, chosen) {
		return ""
	}
	return chosen
}

func offered(m *mapping.Mapping, target model.Target) bool {
	for _, o := range m.Options {
		if o.Target == target && o.Offered {
			return true
		}
	}
	return false
}

// rootBase is the image a stage is built on in the end.
func rootBase(stage *model.Stage) string {
	for stage.BaseStage != nil {
		stage = stage.BaseStage
	}
	return stage.Base
}

// inheritsEntry tells whether the image runs what its base runs.
func inheritsEntry(service *model.Service) bool {
	t := service.Image.Target
	return t.Entrypoint == nil && t.Cmd == nil && service.Entrypoint == nil && (service.Entry == nil || service.Entry.Kind != "node")
}

// startsServer tells whether the image runs the server of the image it is built on, with arguments of its own.
func startsServer(service *model.Service, m *mapping.Mapping) bool {
	if service.Entry == nil {
		return false
	}
	for _, word := range service.Entry.Argv {
		switch name := path.Base(word); {
		case slices.Contains(m.Programs, name):
			return true
		case name != "docker-entrypoint.sh":
			return false
		}
	}
	return false
}

// staticRoot is the image folder a static or development server serves.
func staticRoot(service *model.Service) string {
	if service.Entry == nil {
		return ""
	}
	return service.Entry.StaticRoot
}
