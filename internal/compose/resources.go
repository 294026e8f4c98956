package compose

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/dock2edge/dock2edge/internal/source"
)

// resources reads the top-level sections beside services.
func (l *reader) resources(main *unit, project *Project) {
	for _, name := range main.names("volumes") {
		v := &Volume{Name: name}
		v.Span = l.resource(main, "volumes", name, &v.Config)
		project.Volumes = append(project.Volumes, v)
	}
	for _, name := range main.names("networks") {
		n := &Network{Name: name}
		n.Span = l.resource(main, "networks", name, &n.Config)
		project.Networks = append(project.Networks, n)
	}
	for _, name := range main.names("secrets") {
		s := &FileObject{Name: name}
		s.Span = l.resource(main, "secrets", name, &s.Config)
		project.Secrets = append(project.Secrets, s)
	}
	for _, name := range main.names("configs") {
		c := &FileObject{Name: name}
		c.Span = l.resource(main, "configs", name, &c.Config)
		project.Configs = append(project.Configs, c)
	}
	keys := newKeyList(l.schema, l.problems)
	l.otherKeys(main, &keys)
	project.Keys = keys.list
}

// resource merges the layers of one entry of a section into config.
func (l *reader) resource(main *unit, section, name string, config any) source.Span {
	var span source.Span
	merged := map[string]any{}
	for _, layer := range l.layers(main, section, name) {
		span = layer.span
		if layer.body.kind != mapping {
			if !layer.body.isNull() {
				l.problems.add(InvalidValue, layer.body.span, "%s.%s must be a mapping; this is not read", section, name)
			}
			continue
		}
		for _, f := range layer.body.fields {
			if f.value.isNull() || strings.HasPrefix(f.key, "x-") {
				continue
			}
			inner, _ := l.schema.child(reflect.TypeOf(config), f.key)
			value := rebase(f.key, l.schema.plain(f.value, inner), layer.dir)
			if external, ok := value.(map[string]any); ok && f.key == "external" {
				// The old form `external: {name: …}`.
				value = true
				if named, ok := external["name"]; ok {
					merged["name"] = named
				}
			}
			if into, ok := merged[f.key].(map[string]any); ok {
				if from, ok := value.(map[string]any); ok {
					maps.Copy(into, from)
					continue
				}
			}
			alone := reflect.New(reflect.TypeOf(config).Elem()).Interface()
			if err := transformInto(map[string]any{f.key: value}, alone); err != nil {
				l.problems.add(InvalidValue, f.value.span, "the value of %s.%s.%s is not valid and is not read%s", section, name, f.key, reasonOf(err))
				continue
			}
			merged[f.key] = value
		}
	}
	if err := transformInto(merged, config); err != nil {
		l.problems.add(InvalidValue, span, "%s.%s is not valid and is not read%s", section, name, reasonOf(err))
	}
	return span
}

// root types the sections whose keys are checked against compose-go.
type root struct {
	Version  string                            `yaml:"version"`
	Name     string                            `yaml:"name"`
	Include  []types.IncludeConfig             `yaml:"include"`
	Volumes  map[string]types.VolumeConfig     `yaml:"volumes"`
	Networks map[string]types.NetworkConfig    `yaml:"networks"`
	Secrets  map[string]types.FileObjectConfig `yaml:"secrets"`
	Configs  map[string]types.FileObjectConfig `yaml:"configs"`
	Models   map[string]types.ModelConfig      `yaml:"models"`
	Jobs     map[string]any                    `yaml:"jobs"`
}

// otherKeys flattens what stands beside services, included files first.
func (l *reader) otherKeys(u *unit, keys *keyList) {
	for _, doc := range u.docs {
		for _, in := range doc.included {
			l.otherKeys(in, keys)
		}
		for _, f := range doc.root.fields {
			if f.key != "services" {
				keys.add(f, reflect.TypeFor[root]())
			}
		}
	}
}

// references reports names that nothing defines.
func (l *reader) references(project *Project) {
	services := map[string]bool{}
	for _, s := range project.Services {
		services[s.Name] = true
	}
	volumes, networks := map[string]bool{}, map[string]bool{"default": true}
	for _, v := range project.Volumes {
		volumes[v.Name] = true
	}
	for _, n := range project.Networks {
		networks[n.Name] = true
	}
	secrets, configs := map[string]bool{}, map[string]bool{}
	for _, s := range project.Secrets {
		secrets[s.Name] = true
	}
	for _, c := range project.Configs {
		configs[c.Name] = true
	}
	for _, s := range project.Services {
		problems := l.problems.of(s.Name)
		check := func(defined map[string]bool, name, at, what string) {
			if name != "" && !defined[name] {
				problems.add(UndefinedReference, s.At(at), "%s %q is used here and not defined", what, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s.Config.DependsOn)) {
			check(services, name, "depends_on."+name, "the service")
		}
		for _, link := range s.Config.Links {
			name, _, _ := strings.Cut(link, ":")
			check(services, name, "links:"+link, "the service")
		}
		for _, v := range s.Config.Volumes {
			if v.Type == types.VolumeTypeVolume {
				check(volumes, v.Source, "volumes:"+v.Target, "the volume")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s.Config.Networks)) {
			check(networks, name, "networks."+name, "the network")
		}
		for _, grant := range s.Config.Secrets {
			check(secrets, grant.Source, "secrets:"+grant.Source+"|"+grant.Target, "the secret")
		}
		for _, grant := range s.Config.Configs {
			check(configs, grant.Source, "configs:"+grant.Source+"|"+grant.Target, "the config")
		}
		for _, mode := range []string{s.Config.NetworkMode, s.Config.Net} {
			if name, ok := strings.CutPrefix(mode, types.ServicePrefix); ok {
				check(services, name, "network_mode", "the service")
			}
		}
	}
}

// envFiles reads the env files of a service.
func (l *reader) envFiles(s *Service) {
	problems := l.problems.of(s.Name)
	for _, entry := range s.Config.EnvFiles {
		span := s.At("env_file:" + entry.Path)
		e := EnvFile{Wanted: entry.Path, Span: span}
		switch template := ""; {
		case l.tree.IsFile(entry.Path):
			e.Path = entry.Path
		default:
			template = templateOf(l.tree, entry.Path)
			if template == "" {
				if entry.Required {
					problems.add(EnvFileMissing, span, "the env file %s does not exist and has no example beside it; its variables are not known", entry.Path)
				} else {
					problems.optional().add(EnvFileMissing, span, "the optional env file %s does not exist; its variables are not known", entry.Path)
				}
				s.EnvFiles = append(s.EnvFiles, e)
				continue
			}
			e.Path, e.Template = template, true
			problems.add(EnvFileTemplate, span, "the env file %s does not exist; its variables are taken from %s", entry.Path, template)
		}
		e.Vars = readEnv(l.tree, e.Path, entry.Format, l.project.Lookup, problems)
		s.EnvFiles = append(s.EnvFiles, e)
	}
}
