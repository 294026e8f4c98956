// Package compose holds the rules about Compose files: what a service asks of Docker that Workers have in another way, or
// not at all.
//
// They read model.Service as loading left it, after merging and interpolation. What the specification's other keys become,
// one by one, stands in platform.ComposeServiceKeys; a rule is for what the reader has to know or decide.
package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
)

// checked is the day the claims of these rules were last held against the platform's documentation and measurements.
const checked = "2026-11-20"

// Language lists the rules.
func Language() *analysis.Language {
	return &analysis.Language{
		Name:    "compose",
		Example: "compose.yaml",
		Rules: []*analysis.Rule{
			bindConfig(), bindData(), bindHost(), bindSource(), buildSettings(), capabilities(), containerSettings(), debugPort(), dependsOn(),
			dependsOnCompleted(), devices(), dns(), dockerSocket(), externalResource(), extraHosts(), extraPorts(), healthcheck(),
			hooks(), hostNamespaces(), kernelSettings(), labelSchedule(), labelProxy(), labels(), links(), logging(), mongodbSettings(), namedVolume(), networkMode(),
			otherSettings(), privileged(), profiles(), publishedServer(), redisSettings(), replicas(), resourceLimits(), restart(), secretBuildArg(), secretEnvFile(),
			secretEnvironment(), secretFile(), sharedVolume(), staticAddress(), stopSettings(), swarmSettings(), tmpfs(), udpPort(), unknownImage(),
			userSettings(), volumesFrom(),
		},
	}
}

// Pages of the platform's documentation that several rules lead to.
const (
	routingPage      = "https://developers.cloudflare.com/workers/configuration/routing/"
	objectLimitsPage = "https://developers.cloudflare.com/durable-objects/platform/limits/"
	secretsPage      = "https://developers.cloudflare.com/workers/configuration/secrets/"
)

// becomesWorker tells whether the service runs something that can become a Worker. Settings of the others (a well-known server
// that is replaced or kept as a whole, a program in a language that is not converted) have no meaning for the move: the
// finding about the program itself says what happens, and the plan what becomes of each key.
func becomesWorker(s *model.Service) bool {
	return s.Entry == nil || slices.Contains([]string{"node", "nginx", "static-server", "dev-server", "framework"}, s.Entry.Kind)
}

// fateOfSecret says what happens to the credential of a service.
func fateOfSecret(s *model.Service) string {
	if becomesWorker(s) {
		return "it becomes a required secret, and the value is not taken along"
	}
	return "the value is not taken along"
}

// keysUnder are the keys of the service with this path, and those of the list or mapping below it, in file order.
func keysUnder(s *model.Service, path string) []model.Key {
	var keys []model.Key
	for _, k := range s.Keys {
		if k.Path == path || strings.HasPrefix(k.Path, path+".") || strings.HasPrefix(k.Path, path+"[") {
			keys = append(keys, k)
		}
	}
	return keys
}

// items are the scalar entries of a list, or the one scalar.
func items(s *model.Service, path string) []model.Key {
	var keys []model.Key
	for _, k := range keysUnder(s, path) {
		if k.Value != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// key is the first key with the path; ok is false when the service has none.
func key(s *model.Service, path string) (k model.Key, ok bool) {
	for _, k := range s.Keys {
		if k.Path == path {
			return k, true
		}
	}
	return model.Key{}, false
}

// reportKeys reports each of the paths that the service sets, with what platform's table says about it.
func reportKeys(p *analysis.ServicePass, remedy string, paths ...string) {
	if !becomesWorker(p.Service) {
		return
	}
	for _, path := range paths {
		if k, ok := key(p.Service, path); ok {
			outcome, why := platform.ComposeKey(path)
			p.Report(k.Span, fmt.Sprintf("`%s` is %s: %s", path, outcome, why), remedy)
		}
	}
}

// isolateMemory is the limit of an isolate as text: "128 MB".
func isolateMemory() string { return megabytes(platform.IsolateMemory().Paid) }

func megabytes(bytes int64) string { return fmt.Sprintf("%d MB", bytes>>20) }
