package load

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/dock2edge/dock2edge/internal/compose"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// builder turns the services of one Compose project into the model's.
type builder struct {
	*loading
	from    *compose.Project
	project *model.Project
	report  reporter
}

func (b *builder) service(from *compose.Service) *model.Service {
	c := from.Config
	s := &model.Service{
		Name: from.Name, Span: from.Span, ImageRef: c.Image, ContainerName: c.ContainerName, Hostname: c.Hostname,
		Profiles: c.Profiles, WorkingDir: c.WorkingDir, User: c.User, Restart: restart(c),
	}
	if c.Image != "" {
		s.ImageSpan = valueSpan(from, "image")
	}
	s.Build = b.build(from)
	s.Aliases, s.Links = aliases(c), links(c)
	s.Networks = networks(c)
	for _, p := range c.Ports {
		s.Ports = append(s.Ports, model.Port{
			Published: p.Published, Target: int(p.Target), Protocol: cmp.Or(p.Protocol, "tcp"), HostIP: p.HostIP,
			Span: from.PortAt(p.HostIP, p.Published, p.Target, cmp.Or(p.Protocol, "tcp")),
		})
	}
	for _, text := range c.Expose {
		s.Expose = append(s.Expose, exposed(text, from.At("expose:"+text))...)
	}
	s.Mounts = mounts(from)
	s.Environment = b.environment(from)
	s.Secrets = secretGrants(from)
	s.Configs = configGrants(from)
	for _, name := range slices.Sorted(maps.Keys(c.DependsOn)) {
		s.DependsOn = append(s.DependsOn, model.Dependency{
			Service: name, Condition: cmp.Or(c.DependsOn[name].Condition, types.ServiceConditionStarted), Span: from.At("depends_on." + name),
		})
	}
	s.Healthcheck = healthcheck(from)
	s.Deploy = deploy(from)
	for _, name := range slices.Sorted(maps.Keys(c.Labels)) {
		s.Labels = append(s.Labels, model.Label{Name: name, Value: c.Labels[name], Span: from.At("labels." + name)})
	}
	if c.Entrypoint != nil {
		s.Entrypoint = &model.CommandLine{Argv: c.Entrypoint, Span: valueSpan(from, "entrypoint")}
	}
	if c.Command != nil {
		s.Command = &model.CommandLine{Argv: c.Command, Span: valueSpan(from, "command")}
	}
	s.Keys = serviceKeys(from, s)
	if s.Build != nil {
		b.image(s)
	}
	if s.ImageRef == "" && s.Build == nil && c.Provider == nil {
		b.report.add("compose-no-image", s.Name, s.Span, "the service has neither `image` nor `build`; what it runs is not known")
	}
	b.fromImage(s)
	findURL(s)
	return s
}

// valueSpan reaches from a key's value's start to its end; for lists from the key to the last item.
func valueSpan(from *compose.Service, at string) source.Span {
	var span source.Span
	for _, k := range from.Keys {
		if k.Path == at {
			span = cmp.Or(k.ValueSpan, k.Span)
		} else if strings.HasPrefix(k.Path, at+"[") && k.ValueSpan.File == span.File && k.ValueSpan.End.Line > 0 {
			span.End = k.ValueSpan.End
		}
	}
	return span
}

// build is Compose's `build:`, and the service's own `dockerfile:` of the first format.
func (b *builder) build(from *compose.Service) *model.Build {
	c := from.Config.Build
	if c == nil {
		return nil
	}
	build := &model.Build{
		Context: cmp.Or(c.Context, b.project.Dir), Inline: c.DockerfileInline, Target: c.Target,
		AdditionalContexts: c.AdditionalContexts, Span: from.At("build"),
	}
	for _, name := range slices.Sorted(maps.Keys(c.Args)) {
		v := model.EnvVar{Name: name, Origin: "build-arg", Span: entrySpan(from, "build.args."+name), Refs: from.Refs("build.args." + name)}
		if value := c.Args[name]; value != nil {
			v.Value, v.HasValue = *value, true
		} else {
			v.Value, v.HasValue = b.from.Lookup(name)
		}
		v.Secret = looksSecret(v.Name, v.Value)
		build.Args = append(build.Args, v)
	}
	if build.Inline == "" && !build.Remote() {
		name := cmp.Or(c.Dockerfile, from.Config.Dockerfile, "Dockerfile")
		build.Dockerfile = source.Join(build.Context, name)
		if lower := path.Join(build.Context, "dockerfile"); name == "Dockerfile" && !b.tree.IsFile(build.Dockerfile) && b.tree.IsFile(lower) {
			build.Dockerfile = lower
		}
	}
	return build
}

// aliases are the names by which other services reach this one, besides its own.
func aliases(c types.ServiceConfig) []string {
	var names []string
	for _, network := range c.Networks {
		if network != nil {
			names = append(names, network.Aliases...)
		}
	}
	names = append(names, c.ContainerName, c.Hostname)
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" || n == c.Name })
	slices.Sort(names)
	return slices.Compact(names)
}

func links(c types.ServiceConfig) map[string]string {
	names := map[string]string{}
	for _, link := range c.Links {
		service, alias, _ := strings.Cut(link, ":")
		names[cmp.Or(alias, service)] = service
	}
	if len(names) == 0 {
		return nil
	}
	return names
}

// networks are the names of the networks the service is on; none when it shares the host's or another container's.
func networks(c types.ServiceConfig) []string {
	if mode := cmp.Or(c.NetworkMode, c.Net); mode != "" && mode != "bridge" && mode != "default" {
		return nil
	}
	if len(c.Networks) == 0 {
		return []string{"default"}
	}
	return slices.Sorted(maps.Keys(c.Networks))
}

// restart is `restart:`, or what `deploy.restart_policy` means by it.
func restart(c types.ServiceConfig) string {
	if c.Restart != "" || c.Deploy == nil || c.Deploy.RestartPolicy == nil {
		return c.Restart
	}
	switch c.Deploy.RestartPolicy.Condition {
	case "none":
		return "no"
	case "on-failure":
		return "on-failure"
	}
	return "always"
}

// mounts are `volumes` and `tmpfs`, by target.
func mounts(from *compose.Service) []model.Mount {
	var list []model.Mount
	for _, v := range from.Config.Volumes {
		list = append(list, model.Mount{
			Type: v.Type, Source: v.Source, Target: v.Target, ReadOnly: v.ReadOnly, Span: from.At("volumes:" + path.Clean(v.Target)),
		})
	}
	for _, text := range from.Config.Tmpfs {
		target, options, _ := strings.Cut(text, ":")
		list = append(list, model.Mount{
			Type: "tmpfs", Target: target, ReadOnly: slices.Contains(strings.Split(options, ","), "ro"), Span: from.At("tmpfs:" + text),
		})
	}
	return list
}

// shareVolumes gives the mounts of other services to those that take them with `volumes_from`.
func (b *builder) shareVolumes() {
	for _, from := range b.from.Services {
		s := b.project.Service(from.Name)
		for _, text := range from.Config.VolumesFrom {
			name, mode, _ := strings.Cut(strings.TrimPrefix(text, "service:"), ":")
			other := b.project.Service(name)
			if other == nil || other == s {
				continue
			}
			for _, m := range other.Mounts {
				if slices.ContainsFunc(s.Mounts, func(own model.Mount) bool { return own.Target == m.Target }) {
					continue
				}
				m.ReadOnly = m.ReadOnly || mode == "ro"
				m.Span = from.At("volumes_from:" + text)
				s.Mounts = append(s.Mounts, m)
			}
		}
	}
}

func secretGrants(from *compose.Service) []model.FileGrant {
	var list []model.FileGrant
	for _, g := range from.Config.Secrets {
		target := cmp.Or(g.Target, g.Source)
		if !path.IsAbs(target) {
			target = path.Join("/run/secrets", target)
		}
		list = append(list, model.FileGrant{Source: g.Source, Target: target, Span: from.At("secrets:" + g.Source + "|" + g.Target)})
	}
	return list
}

func configGrants(from *compose.Service) []model.FileGrant {
	var list []model.FileGrant
	for _, g := range from.Config.Configs {
		target := path.Join("/", cmp.Or(g.Target, g.Source))
		list = append(list, model.FileGrant{Source: g.Source, Target: target, Span: from.At("configs:" + g.Source + "|" + g.Target)})
	}
	return list
}

func healthcheck(from *compose.Service) *model.Healthcheck {
	c := from.Config.HealthCheck
	if c == nil {
		return nil
	}
	h := &model.Healthcheck{Test: c.Test, Disabled: c.Disable, Span: from.At("healthcheck")}
	if len(c.Test) > 0 && c.Test[0] == "NONE" {
		h.Disabled = true
	}
	text := func(d *types.Duration) string {
		if d == nil {
			return ""
		}
		return d.String()
	}
	h.Interval, h.Timeout, h.Start = text(c.Interval), text(c.Timeout), text(c.StartPeriod)
	if c.Retries != nil {
		h.Retries = int(*c.Retries)
	}
	return h
}

func deploy(from *compose.Service) model.Deploy {
	c := from.Config
	d := model.Deploy{Replicas: c.GetScale(), MemoryBytes: int64(c.MemLimit), CPUs: float64(c.CPUS)}
	for _, key := range []string{"cpus", "mem_limit", "scale", "deploy"} {
		if span := from.At(key); span != from.Span {
			d.Span = span
		}
	}
	if c.Deploy == nil {
		return d
	}
	d.Mode = c.Deploy.Mode
	if limits := c.Deploy.Resources.Limits; limits != nil {
		d.MemoryBytes = cmp.Or(int64(limits.MemoryBytes), d.MemoryBytes)
		d.CPUs = cmp.Or(float64(limits.NanoCPUs.Value()), d.CPUs)
	}
	return d
}

// exposed reads an entry of `expose`: "3000", "3000/udp", "3000-3005".
func exposed(text string, span source.Span) []model.Port {
	numbers, protocol, _ := strings.Cut(text, "/")
	var first, last int
	if n, _ := fmt.Sscanf(numbers, "%d-%d", &first, &last); n == 1 {
		last = first
	} else if n == 0 {
		return nil
	}
	var ports []model.Port
	for n := first; n <= last && n <= 65535; n++ {
		ports = append(ports, model.Port{Target: n, Protocol: cmp.Or(strings.ToLower(protocol), "tcp"), Span: span})
	}
	return ports
}

// resources are the volumes, networks, secrets and configs of the top level.
func (b *builder) resources() {
	p := b.project
	for _, v := range b.from.Volumes {
		p.Volumes = append(p.Volumes, &model.NamedVolume{
			Name: v.Name, Driver: v.Config.Driver, External: bool(v.Config.External), Options: v.Config.DriverOpts, Span: v.Span,
		})
	}
	for _, n := range b.from.Networks {
		p.Networks = append(p.Networks, &model.NamedNetwork{
			Name: n.Name, Driver: n.Config.Driver, External: bool(n.Config.External), Internal: n.Config.Internal, Span: n.Span,
		})
	}
	object := func(o *compose.FileObject) *model.FileObject {
		return &model.FileObject{
			Name: o.Name, File: o.Config.File, Environment: o.Config.Environment, Content: o.Config.Content,
			External: bool(o.Config.External), Span: o.Span,
		}
	}
	for _, o := range b.from.Secrets {
		p.Secrets = append(p.Secrets, object(o))
	}
	for _, o := range b.from.Configs {
		p.Configs = append(p.Configs, object(o))
	}
}
