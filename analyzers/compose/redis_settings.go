package compose

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

func redisSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "redis-settings", Category: model.CategoryDatastore, Severity: model.Major,
		Title: "Redis settings that the server in a Durable Object has not",
		What: "Options of a Redis server, on its command line or in its configuration file, and images that bring what stock Redis has not: modules (search, " +
			"JSON, Bloom filters, time series), ACL users, cluster mode, replication, Sentinel and TLS.",
		Why: "The Durable Object speaks the commands of Redis 7.2 for one user on one node. A module's commands (`FT.SEARCH`, `JSON.SET`) are answered with " +
			"\"unknown command\", a login as an ACL user with WRONGPASS; there is nobody to replicate to, and a client that asks for TLS or a cluster is refused.",
		Remedy: "Keep this Redis outside (`--target SERVICE=external`), or take the option and what relies on it out of the app.",
		Bad: `services:
  cache:
    image: redis:7
    command: redis-server --cluster-enabled yes
`,
		Good: `services:
  cache:
    image: redis:7
    command: redis-server --requirepass ${REDIS_PASSWORD}
`,
		Since:        checked,
		CheckService: checkRedisSettings,
	}
}

// redisImage matches images of Redis and of servers that stand in for it; moduleImage those that bring modules along.
var (
	redisImage  = regexp.MustCompile(`(?:^|/)(?:redis|valkey|keydb|dragonfly|redis-stack|redis-stack-server|valkey-bundle|redismod|rejson|redisearch)(?::|@|$)`)
	moduleImage = regexp.MustCompile(`(?:^|/)(?:redis-stack|redis-stack-server|valkey-bundle|redismod|rejson|redisearch)(?::|@|$)`)
)

func checkRedisSettings(p *analysis.ServicePass) {
	s := p.Service
	if !redisImage.MatchString(s.ImageRef) {
		return
	}
	remedy := fmt.Sprintf("Keep it outside with --target %s=external, or take what relies on it out of the app.", s.Name)
	need := model.Need{Kind: model.NeedRedis}
	if moduleImage.MatchString(s.ImageRef) {
		p.Report(s.ImageSpan, fmt.Sprintf("The image %s brings Redis modules; their commands are not known to the server in a Durable Object", s.ImageRef), remedy, need)
	}
	var words []string
	if s.Command != nil {
		words = strings.Fields(strings.Join(s.Command.Argv, " "))
		for i, word := range words {
			if name, isOption := strings.CutPrefix(word, "--"); isOption {
				value := ""
				if i+1 < len(words) {
					value = words[i+1]
				}
				reportRedisOption(p, s.Command.Span, name, value, remedy, need)
			}
		}
	}
	for _, setting := range s.Settings {
		if !mentions(words, setting.Path) {
			continue
		}
		for n, line := range strings.Split(setting.Text, "\n") {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			span := setting.Span
			span.Start.Line += n
			span.End.Line = span.Start.Line
			reportRedisOption(p, span, strings.ToLower(name), strings.Trim(strings.TrimSpace(value), `"'`), remedy, need)
		}
	}
}

// mentions tells whether a command names a configuration file.
func mentions(words []string, file string) bool {
	for _, word := range words {
		if word == file || word == path.Base(file) {
			return true
		}
	}
	return false
}

// reportRedisOption reports an option that has no counterpart. Values are not shown: they may be credentials.
func reportRedisOption(p *analysis.ServicePass, span source.Span, name, value, remedy string, need model.Need) {
	why := ""
	switch name {
	case "loadmodule":
		why = "modules cannot be loaded, so their commands are not known"
	case "user", "aclfile":
		why = "there is one user, default; a login as another one is refused"
	case "cluster-enabled":
		if value == "yes" {
			why = "there is one node, and CLUSTER is refused"
		}
	case "replicaof", "slaveof":
		why = "there is no replication; this server would be a second, empty one"
	case "tls-port", "tls-cluster", "tls-replication":
		if value != "0" && value != "no" {
			why = "its clients connect inside the platform and without TLS"
		}
	case "sentinel":
		why = "there is no Sentinel and nothing to fail over to"
	}
	if why != "" {
		p.Report(span, fmt.Sprintf("Redis is started with %s; in the Durable Object %s", name, why), remedy, need)
	}
}
