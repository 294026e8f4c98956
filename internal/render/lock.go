package render

import (
	"cmp"
	"slices"

	"github.com/dock2edge/dock2edge/internal/model"
)

func lockOf(p *model.Plan, version string) model.Lock {
	l := model.Lock{
		Version: 1, Tool: version, Project: p.Project.Name, Services: []model.LockService{},
		Options: model.LockOptions{CompatibilityDate: p.Options.CompatibilityDate, Plan: p.Options.PlanName, Transport: p.Options.Transport},
		Files:   map[string]string{},
	}
	for name, target := range p.Options.Targets {
		if l.Options.Targets == nil {
			l.Options.Targets = map[string]string{}
		}
		l.Options.Targets[name] = string(target)
	}
	for _, sp := range p.Services {
		l.Services = append(l.Services, lockService(sp))
	}
	return l
}

func lockService(sp *model.ServicePlan) model.LockService {
	s := model.LockService{Name: sp.Service.Name, Target: string(sp.Target), Worker: sp.WorkerName, Public: sp.Public, Port: sp.Port, Wakes: wakes(sp)}
	if sp.WorkerName != "" {
		s.Directory = Dir(sp)
	}
	for _, p := range sp.Service.Ports {
		if p.Target == sp.Port && p.Protocol != "udp" && p.Published != "" {
			s.Published = append(s.Published, p.Published)
		}
	}
	if h := sp.Service.Healthcheck; h != nil && !h.Disabled {
		s.Health = h.URLPath
	}
	for _, r := range sp.Service.Routes {
		s.Routes = append(s.Routes, model.LockRoute{Method: r.Method, Path: r.Path})
	}
	slices.SortFunc(s.Routes, func(a, b model.LockRoute) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	s.Routes = slices.Compact(s.Routes)
	for _, secret := range sp.Secrets {
		s.Secrets = append(s.Secrets, secret.Name)
	}
	protocols := map[string]string{}
	for _, peer := range sp.Peers {
		switch peer.Kind {
		case model.PeerHyperdrive:
			protocols[peer.Binding] = peer.Protocol
		case model.PeerExternal:
			if s.Addresses == nil {
				s.Addresses = map[string]string{}
			}
			s.Addresses[peer.Service] = peer.Binding
		}
	}
	for _, b := range sp.Bindings {
		s.Bindings = append(s.Bindings, model.LockBinding{Kind: string(b.Kind), Name: b.Name, Service: b.Service, Worker: b.Worker, Protocol: protocols[b.Name]})
	}
	return s
}
