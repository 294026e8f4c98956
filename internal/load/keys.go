package load

import (
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/compose"
	"github.com/dock2edge/dock2edge/internal/model"
)

// readKeys are the keys of a service that loading gives a meaning, with everything below them.
var readKeys = []string{
	"image", "container_name", "hostname", "profiles", "links", "ports", "expose", "volumes", "tmpfs", "volumes_from", "environment",
	"env_file", "secrets", "configs", "depends_on", "restart", "labels", "entrypoint", "command", "working_dir", "user", "extends",
	"scale", "mem_limit", "cpus", "network_mode", "net", "dockerfile",
	"build.context", "build.dockerfile", "build.dockerfile_inline", "build.target", "build.args", "build.additional_contexts",
	"healthcheck.test", "healthcheck.interval", "healthcheck.timeout", "healthcheck.retries", "healthcheck.start_period", "healthcheck.disable",
	"deploy.replicas", "deploy.mode", "deploy.resources.limits.cpus", "deploy.resources.limits.memory", "deploy.restart_policy.condition",
}

// readTopLevel are those outside of services. A `*` stands for one name.
var readTopLevel = []string{
	"name", "version", "include",
	"volumes.*.driver", "volumes.*.driver_opts", "volumes.*.external", "volumes.*.name",
	"networks.*.driver", "networks.*.external", "networks.*.internal", "networks.*.name",
	"secrets.*.file", "secrets.*.environment", "secrets.*.external", "secrets.*.name",
	"configs.*.file", "configs.*.environment", "configs.*.content", "configs.*.external", "configs.*.name",
}

// serviceKeys are a service's keys with what was read marked. Values that look like credentials are left out.
func serviceKeys(from *compose.Service, s *model.Service) []model.Key {
	secret := map[string]bool{}
	for _, v := range s.Environment {
		secret["environment."+v.Name] = v.Secret
	}
	if s.Build != nil {
		for _, v := range s.Build.Args {
			secret["build.args."+v.Name] = v.Secret
		}
	}
	keys := make([]model.Key, 0, len(from.Keys))
	for _, k := range from.Keys {
		key := model.Key{Path: k.Path, Value: k.Value, Span: k.Span, ValueSpan: k.ValueSpan}
		key.Read = covered(k.Path, readKeys) || k.Path == "build" || isNetworkName(k.Path) || hasBelow(from.Keys, k.Path)
		if secret[k.Path] || secretValue(k.Value) {
			key.Value = ""
		}
		keys = append(keys, key)
	}
	return keys
}

func topLevelKeys(from []compose.Key) []model.Key {
	keys := make([]model.Key, 0, len(from))
	for _, k := range from {
		key := model.Key{Path: k.Path, Value: k.Value, Span: k.Span, ValueSpan: k.ValueSpan}
		key.Read = covered(k.Path, readTopLevel) || hasBelow(from, k.Path) || strings.Count(k.Path, ".") == 1 && k.Value == ""
		if secretValue(k.Value) {
			key.Value = ""
		}
		keys = append(keys, key)
	}
	return keys
}

// covered tells whether path is one of the keys or below one.
func covered(path string, list []string) bool {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' })
	return slices.ContainsFunc(list, func(pattern string) bool {
		want := strings.Split(pattern, ".")
		if len(parts) < len(want) {
			return false
		}
		for i, w := range want {
			if w != "*" && w != parts[i] {
				return false
			}
		}
		return true
	})
}

// isNetworkName covers `networks`, the names below it and their aliases; addresses and priorities have no meaning on Workers.
func isNetworkName(path string) bool {
	parts := strings.Split(path, ".")
	if parts[0] != "networks" && !strings.HasPrefix(parts[0], "networks[") {
		return false
	}
	return len(parts) <= 2 || strings.HasPrefix(parts[2], "aliases")
}

// hasBelow tells whether a key only holds others, which are listed on their own.
func hasBelow(keys []compose.Key, path string) bool {
	return slices.ContainsFunc(keys, func(k compose.Key) bool {
		return strings.HasPrefix(k.Path, path+".") || strings.HasPrefix(k.Path, path+"[")
	})
}
