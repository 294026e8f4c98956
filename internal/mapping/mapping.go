// Package mapping says what on Cloudflare can stand in for a backing service, best first, and when it is unfit. One file
// per kind of service; the plan picks. A mapping knows images, ports and client packages, never source code.
package mapping

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// Mapping is one kind of backing service.
type Mapping struct {
	// Name is the kind: "postgres", "redis", "dev-tool".
	Name string
	// Title is how a report speaks of it: "PostgreSQL".
	Title string
	// Images are repository names without registry and tag ("postgres", "bitnami/postgresql"); a trailing /* matches a
	// whole organisation, a leading */ any organisation.
	Images []string
	// Programs are the server's own commands, by which a Dockerfile built on such an image starts it.
	Programs []string
	// Packages are client packages of npm that give it away.
	Packages []string
	// Port is the port its protocol listens on; 0 when it varies.
	Port int
	// Protocol is how its peers speak to it: "postgres", "mysql", "redis", "amqp" … or empty.
	Protocol string
	// Options are the targets, best first.
	Options []Option
}

// Option is one target of a mapping.
type Option struct {
	Target model.Target
	// Server is the server whose protocol the Durable Object speaks, for targets that are one.
	Server model.ServerKind
	// Why says, in a sentence without a final stop, what makes it fit; it is written when the option is taken.
	Why string
	// Against says when it is unfit; it is written when another option is taken.
	Against string
	// Offered tells that a user may choose it; options that are not offered are only there to say why not.
	Offered bool
}

// All lists the mappings in the order they are tried.
func All() []*Mapping {
	return []*Mapping{postgres(), mysql(), redis(), mongodb(), rabbitmq(), broker(), memcached(), objectStore(), mail(), devTools()}
}

// ForImage finds the mapping of an image reference, or nil.
func ForImage(ref string) *Mapping {
	repository := Repository(ref)
	if repository == "" {
		return nil
	}
	for _, m := range All() {
		if slices.ContainsFunc(m.Images, func(pattern string) bool { return matches(pattern, repository) }) {
			return m
		}
	}
	return nil
}

// Repository is an image reference without registry, tag and digest: "docker.io/library/postgres:16" gives "postgres".
func Repository(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if slash := strings.LastIndexByte(ref, '/'); strings.LastIndexByte(ref, ':') > slash {
		ref = ref[:strings.LastIndexByte(ref, ':')]
	}
	first, rest, more := strings.Cut(ref, "/")
	if more && (strings.ContainsAny(first, ".:") || first == "localhost") {
		ref = rest
	}
	return strings.ToLower(strings.TrimPrefix(ref, "library/"))
}

func matches(pattern, repository string) bool {
	if name, ok := strings.CutPrefix(pattern, "*/"); ok {
		return path.Base(repository) == name
	}
	if organisation, ok := strings.CutSuffix(pattern, "/*"); ok {
		return strings.HasPrefix(repository, organisation+"/")
	}
	return pattern == repository
}

// Choose picks the first option that is offered, or the one the user chose. rejected are the others with their reasons.
func (m *Mapping) Choose(chosen model.Target) (taken Option, rejected []model.Rejected) {
	index := -1
	for i, option := range m.Options {
		if index < 0 && (chosen == option.Target || chosen == "" && option.Offered) {
			index = i
			continue
		}
		rejected = append(rejected, model.Rejected{Target: option.Target, Why: model.Reason{Text: option.Against}})
	}
	if index < 0 {
		return external("no option of " + m.Title + " fits"), rejected
	}
	return m.Options[index], rejected
}

// Unknown is what an image becomes that no mapping knows.
func Unknown() *Mapping {
	return &Mapping{Name: "unknown", Title: "an image that is not built here", Options: []Option{
		external("its program is not in this repository, so it keeps running where it runs today and is reached over the network"),
		container("the image could run as a Cloudflare Container behind a Durable Object; it bills per second and starts cold in seconds"),
	}}
}

func external(why string) Option {
	return Option{Target: model.TargetExternal, Why: why, Offered: true,
		Against: "keeping it outside means a server to run and a network hop to it"}
}

func container(against string) Option {
	return Option{Target: model.TargetContainer, Why: "no isolate can hold it", Against: against, Offered: true}
}
