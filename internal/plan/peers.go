package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/mapping"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// connect binds what the service uses: every other service whose name it mentions, links to, passes requests to or depends
// on. Compose lets every container of a network talk to every other; a Worker reaches only what it is bound to, so what is
// not used is not bound.
func (b *builder) connect(sp *model.ServicePlan) {
	switch sp.Target {
	case model.TargetWorker, model.TargetDurableObject, model.TargetGateway:
	default:
		return
	}
	if sp.Server != "" {
		return
	}
	taken := takenNames(sp)
	if sp.Target == model.TargetDurableObject {
		sp.Bindings = append(sp.Bindings, model.Binding{
			Kind: model.BindingDurableObject, Name: "APP", Class: "App", Service: sp.Service.Name,
			Why: sp.Why[0],
		})
		sp.Peers = append(sp.Peers, selfPeers(sp.Service)...)
	}
	bound := map[string]int{}
	for _, use := range b.uses(sp.Service) {
		other := b.plan.Service(use.service)
		if !reachable(sp.Service, other.Service) {
			b.warn("%s names %s (%s), but they share no network, so they are not bound", sp.Service.Name, use.name, use.span)
			continue
		}
		if i, ok := bound[use.service]; ok {
			sp.Peers = append(sp.Peers, peerLike(sp.Peers[i], use.name))
			continue
		}
		peer, binding, ok := bind(sp, other, use, taken)
		if !ok {
			continue
		}
		bound[use.service] = len(sp.Peers)
		sp.Peers = append(sp.Peers, peer)
		if binding.Kind != "" {
			sp.Bindings = append(sp.Bindings, binding)
		}
	}
	slices.SortStableFunc(sp.Peers, func(a, b model.Peer) int { return cmp.Compare(a.Name, b.Name) })
}

// takenNames are the names that no binding may have: the Worker's own bindings, and every variable that the app gets, which
// share the namespace.
func takenNames(sp *model.ServicePlan) map[string]bool {
	taken := map[string]bool{"APP": true, "ASSETS": true}
	for _, e := range Variables(sp) {
		taken[e.Name] = true
	}
	for _, grant := range sp.Service.Secrets {
		taken[SecretVariable(grant.Source)] = true
	}
	if sp.Service.Entry != nil {
		for _, arg := range sp.Service.Entry.SecretArgs {
			taken[ArgVariable(arg)] = true
		}
	}
	return taken
}

// reachable tells whether two services share a network. One without networks of its own (network_mode) is taken to reach
// everything.
func reachable(a, b *model.Service) bool {
	if len(a.Networks) == 0 || len(b.Networks) == 0 {
		return true
	}
	return slices.ContainsFunc(a.Networks, func(name string) bool { return slices.Contains(b.Networks, name) })
}

// use is a network name with the service behind it and the first place it is used at.
type use struct {
	name, service string
	span          source.Span
	// rank orders evidence: a mention in code or configuration says more than depends_on.
	rank int
}

// uses are the network names that a service uses, best evidence first, one per name.
func (b *builder) uses(service *model.Service) []use {
	names := b.names(service)
	var list []use
	for _, m := range service.Mentions {
		list = append(list, use{name: m.Name, service: names[m.Name], span: m.Span})
	}
	if service.WebServer != nil {
		for _, u := range service.WebServer.Upstreams {
			list = append(list, use{name: u.Host, service: names[u.Host], span: u.Span})
		}
	}
	for alias, target := range service.Links {
		list = append(list, use{name: alias, service: target, span: service.KeySpan("links"), rank: 1})
	}
	for _, d := range service.DependsOn {
		if d.Condition != "service_completed_successfully" {
			list = append(list, use{name: d.Service, service: d.Service, span: d.Span, rank: 2})
		}
	}
	slices.SortStableFunc(list, func(a, b use) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name), source.Compare(a.span, b.span))
	})
	seen := map[string]bool{}
	out := list[:0]
	for _, u := range list {
		if u.service == "" || u.service == service.Name || seen[u.name] || b.project.Service(u.service) == nil {
			continue
		}
		seen[u.name] = true
		out = append(out, u)
	}
	return out
}

// names are all network names that a service can use for others.
func (b *builder) names(service *model.Service) map[string]string {
	names := map[string]string{}
	for _, other := range b.project.Services {
		for _, alias := range other.Aliases {
			names[alias] = other.Name
		}
	}
	for _, other := range b.project.Services {
		names[other.Name] = other.Name
	}
	for alias, target := range service.Links {
		names[alias] = target
	}
	return names
}

func selfPeers(service *model.Service) []model.Peer {
	peers := []model.Peer{{Name: service.Name, Kind: model.PeerSelf, Service: service.Name}}
	for _, alias := range service.Aliases {
		if alias != service.Name {
			peers = append(peers, model.Peer{Name: alias, Kind: model.PeerSelf, Service: service.Name})
		}
	}
	return peers
}

func peerLike(peer model.Peer, name string) model.Peer {
	peer.Name = name
	return peer
}

// bind connects sp to other. ok is false where other is nothing that can be reached (dropped, assets without code).
func bind(sp, other *model.ServicePlan, u use, taken map[string]bool) (model.Peer, model.Binding, bool) {
	peer := model.Peer{Name: u.name, Service: other.Service.Name}
	cite := model.Cite{Span: u.span}
	because := func(format string, args ...any) model.Reason {
		return model.Reason{Text: fmt.Sprintf(format, args...), Cites: []model.Cite{cite, {Span: imageSpan(other.Service)}}}
	}
	binding := model.Binding{Service: other.Service.Name, Worker: other.WorkerName}
	if other.Server != "" {
		peer.Kind, binding.Kind, binding.Class = model.PeerServer, model.BindingDurableObject, ServerClass(other.Server)
		binding.Why = because("Replaces the connection to %s: the Durable Object of the Worker %s that speaks %s's protocol", u.name, other.WorkerName, ServerTitle(other.Server))
		binding.Name = bindingName(other.Service.Name, taken)
		peer.Binding = binding.Name
		return peer, binding, true
	}
	switch other.Target {
	case model.TargetWorker, model.TargetDurableObject, model.TargetGateway, model.TargetAssets:
		peer.Kind, binding.Kind = model.PeerApp, model.BindingService
		binding.Why = because("Replaces http://%s: a service binding to the Worker %s", u.name, other.WorkerName)
	case model.TargetHyperdrive:
		m := mapping.ForImage(other.Service.ImageRef)
		if m == nil && other.Service.Image != nil && other.Service.Image.Target != nil {
			m = mapping.ForImage(rootBase(other.Service.Image.Target))
		}
		peer.Kind, peer.Protocol, binding.Kind = model.PeerHyperdrive, m.Protocol, model.BindingHyperdrive
		binding.Why = because("Replaces the connection to %s (%s): Hyperdrive pools connections to the database and holds its credentials", u.name, m.Title)
	case model.TargetExternal, model.TargetContainer:
		peer.Kind = model.PeerExternal
		peer.Binding = addressVariable(other.Service.Name, taken)
		return peer, model.Binding{}, true
	default:
		return peer, binding, false
	}
	binding.Name = bindingName(other.Service.Name, taken)
	peer.Binding = binding.Name
	return peer, binding, true
}

// addressVariable names the variable that holds host:port of a server outside. A variable of the app with that name is
// another one: its value is an address inside the stack.
func addressVariable(service string, taken map[string]bool) string {
	return unusedName([]string{variableName(service) + "_ADDRESS", variableName(service) + "_OUTSIDE_ADDRESS"}, taken)
}
