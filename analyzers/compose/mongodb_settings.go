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

func mongodbSettings() *analysis.Rule {
	return &analysis.Rule{
		Name: "mongodb-settings", Category: model.CategoryDatastore, Severity: model.Major,
		Title: "MongoDB settings that the server in a Durable Object has not",
		What: "Shell scripts in a MongoDB container's `/docker-entrypoint-initdb.d`, a replica set of several services, sharding and TLS " +
			"on its command line.",
		Why: "The Durable Object runs `.js` scripts, with the shell's `db`, but has no shell: a `.sh` file stops it with an error. It is a replica set " +
			"of one: several services with the same `--replSet` would each hold data of their own. Clients reach it inside the platform, without TLS.",
		Remedy: "Write shell scripts as `.js` scripts, and let one service stand for the replica set; or keep this MongoDB outside (`--target SERVICE=external`).",
		Bad: `services:
  mongo:
    image: mongo:7
    command: mongod --shardsvr
`,
		Good: `services:
  mongo:
    image: mongo:7
    command: mongod --replSet rs0 --bind_ip_all
`,
		Since:        checked,
		CheckService: checkMongoDBSettings,
	}
}

var mongodbImage = regexp.MustCompile(`(?:^|/)(?:mongo|mongodb|mongodb-community-server|mongodb-enterprise-server|percona-server-mongodb|mongodb-atlas-local)(?::|@|$)`)

const mongodbInitFolder = "/docker-entrypoint-initdb.d"

func checkMongoDBSettings(p *analysis.ServicePass) {
	s := p.Service
	if !mongodbImage.MatchString(s.ImageRef) {
		return
	}
	outside := fmt.Sprintf("keep it outside with --target %s=external", s.Name)
	for _, mount := range s.MountFiles {
		if mount.Target != mongodbInitFolder && !strings.HasPrefix(mount.Target, mongodbInitFolder+"/") {
			continue
		}
		for _, file := range mount.Files {
			if path.Ext(file) == ".sh" {
				p.Report(mount.Span, fmt.Sprintf("The init script %s is a shell script, and the Durable Object has no shell", path.Base(file)),
					"Write what it does to the database as a .js script beside it, or "+outside+".", model.Need{})
			}
		}
	}
	name, span := replicaSetOf(s)
	for _, other := range p.Project.Services {
		if otherName, _ := replicaSetOf(other); other != s && name != "" && otherName == name {
			p.Report(span, fmt.Sprintf("The replica set %s has several members; each Durable Object would hold data of its own", name),
				"Name one of them alone in the clients' addresses and leave the others out, or "+outside+".", model.Need{})
			break
		}
	}
	if s.Command != nil {
		for _, word := range strings.Fields(strings.Join(s.Command.Argv, " ")) {
			reportMongoDBOption(p, s.Command.Span, word, outside)
		}
	}
}

// replicaSetOf is the name of the replica set that a MongoDB service's command line gives, empty without one.
func replicaSetOf(s *model.Service) (string, source.Span) {
	if s.Command == nil || !mongodbImage.MatchString(s.ImageRef) {
		return "", source.Span{}
	}
	words := strings.Fields(strings.Join(s.Command.Argv, " "))
	for i, word := range words {
		name, value, joined := strings.Cut(word, "=")
		if name != "--replSet" {
			continue
		}
		if !joined && i+1 < len(words) {
			value = words[i+1]
		}
		return strings.Trim(value, `"'`), s.Command.Span
	}
	return "", source.Span{}
}

func reportMongoDBOption(p *analysis.ServicePass, span source.Span, word, outside string) {
	name, _, _ := strings.Cut(word, "=")
	why := ""
	switch name {
	case "--shardsvr", "--configsvr", "--configdb":
		why = "there is no sharding"
	case "--tlsMode", "--sslMode", "--tlsCertificateKeyFile", "--sslPEMKeyFile":
		why = "its clients connect inside the platform and without TLS"
	}
	if why != "" {
		p.Report(span, fmt.Sprintf("MongoDB is started with %s; in the Durable Object %s", name, why), strings.ToUpper(outside[:1])+outside[1:]+".", model.Need{})
	}
}
