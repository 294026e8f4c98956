// Package model holds the words of the product as data: what was found in a repository (Workspace, Project, Service,
// Image), what is wrong with it (Finding), what it becomes (Plan) and what is written (Artifact). It judges nothing and
// reads nothing; the only behaviour here is ordering.
package model

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Workspace is everything one run looks at: the projects found under the path the user named.
type Workspace struct {
	// Root is the absolute path of the directory. It never appears in output.
	Root string
	// Projects are sorted by Dir.
	Projects []*Project
	// Findings are about files that belong to no project, for example a Compose file that cannot be read at all.
	Findings []Finding
}

// Project is one Compose application, or one lone Dockerfile.
type Project struct {
	// Name is the Compose project name: `name:`, else the directory's base name, normalised as Compose does.
	Name string
	// Dir is the project directory relative to the workspace root, "." for the root itself.
	Dir string
	// ComposeFiles are the files read, in merge order. Empty for a lone Dockerfile.
	ComposeFiles []string
	// Services are sorted by name. Services that only a profile enables are included and carry their Profiles.
	Services []*Service
	Volumes  []*NamedVolume
	Networks []*NamedNetwork
	// Secrets and Configs of the top level, sorted by name.
	Secrets []*FileObject
	Configs []*FileObject
	// Keys are all keys of the Compose files outside services, flattened, in file order.
	Keys []Key
	// Findings are what loading could not read or had to assume.
	Findings []Finding
}

// Service returns the service of that name, or nil.
func (p *Project) Service(name string) *Service {
	for _, s := range p.Services {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Service is one Compose service (or the one service of a lone Dockerfile), with defaults from its image filled in.
type Service struct {
	Name string
	// Span is the service's key in the Compose file, or the first line of the lone Dockerfile.
	Span source.Span
	// ImageRef is `image:` after interpolation; empty when the service only builds.
	ImageRef  string
	ImageSpan source.Span
	Build     *Build
	// Image is what the Dockerfile describes. Nil when the service only names an image or the Dockerfile cannot be read.
	Image *Image

	ContainerName string
	Hostname      string
	Profiles      []string
	// Aliases are all names that reach this service from others: network aliases, container_name, hostname.
	Aliases []string
	// Links are names this service uses for others (`links: [db:database]` gives database → db).
	Links map[string]string
	// Networks are the names of the networks the service is on, sorted; "default" when none is named.
	Networks []string

	Ports       []Port
	Expose      []Port
	Mounts      []Mount
	Environment []EnvVar
	Secrets     []FileGrant
	Configs     []FileGrant
	DependsOn   []Dependency
	Healthcheck *Healthcheck
	Deploy      Deploy
	Restart     string
	Labels      []Label

	// Entrypoint and Command are Compose's own overrides; nil when not set (then the image's hold).
	Entrypoint *CommandLine
	Command    *CommandLine
	WorkingDir string
	User       string

	// Keys are all keys of the service in the Compose files, flattened ("ports[0]", "deploy.replicas"), in file order.
	Keys []Key

	// Entry is what the container runs, followed to the program; never nil after loading.
	Entry *Entry
	// Ship is the source that really ships. Nil when nothing could be followed.
	Ship *Ship
	// Routes are HTTP routes seen in the source; analysis fills them.
	Routes []Route
	// Mentions are names of other services that occur in this service's environment, shipped source or configuration, the
	// first place of each, sorted by name.
	Mentions []Mention
	// WebServer is the configuration of a web server that the service runs, read and translated; nil for others.
	WebServer *WebServer
	// MountFiles are the files of the repository that bind mounts and configs bring into the container, in mount order.
	// Folders that only hold data the app writes are not in it.
	MountFiles []MountFiles
	// Settings are the configuration files in the container of a service that runs an image's own server, sorted by path.
	Settings []Setting
}

// MountFiles are the files behind one bind mount or config.
type MountFiles struct {
	// Target is the mount's path in the container; IsFile tells that it is a single file.
	Target string
	IsFile bool
	// Source is the folder or file, Files what is in it, both relative to the workspace root; Files is sorted.
	Source string
	Files  []string
	Span   source.Span
}

// Setting is a configuration file of a server.
type Setting struct {
	// Path in the container.
	Path string
	Text string
	// Span is its first line in the repository.
	Span source.Span
}

// Mention is the use of another service's network name.
type Mention struct {
	// Name as written: the service's name or one of its aliases.
	Name string
	Span source.Span
}

// WebServer is what nginx (or a server configured like it) does in a service.
type WebServer struct {
	// Config is the translated configuration, ready to be written as JSON for the gateway runtime.
	Config any
	// Upstreams are the hosts that requests are passed to, sorted.
	Upstreams []Upstream
	// Roots are the image folders that files are served from, sorted.
	Roots []string
	// Static is set when nothing but files is served in a way that assets serve as well.
	Static *StaticSite
	// Ports are the ports it listens on, the default server's first.
	Ports []int
}

// Upstream is one host that a web server passes requests to.
type Upstream struct {
	Host string
	Port int
	Span source.Span
}

// StaticSite is a site that needs no code.
type StaticSite struct {
	// Root is the image folder.
	Root string
	// NotFound is "single-page-application", "404-page" or "none"; HTML is the value of html_handling.
	NotFound, HTML string
	// Differences are sentences about what assets do differently.
	Differences []string
}

// KeySpan is the position of the first key with that path, or the service's own.
func (s *Service) KeySpan(path string) source.Span {
	for _, k := range s.Keys {
		if k.Path == path {
			return k.Span
		}
	}
	return s.Span
}

// Key is one key of a Compose file with its scalar value.
type Key struct {
	// Path is relative to the service (or the file): "deploy.replicas", "ports[0].target", "environment.NODE_ENV".
	Path string
	// Value is the scalar as written, after interpolation where that could be done; empty for maps and lists.
	Value string
	Span  source.Span
	// ValueSpan is the value's position; zero for maps and lists.
	ValueSpan source.Span
	// Read tells whether loading gave the key a meaning. Keys nobody read become findings.
	Read bool
}

// Build is Compose's `build:`.
type Build struct {
	// Context is the build context relative to the workspace root ("../x" outside of it); a URL is kept as written.
	Context string
	// Dockerfile is the file's path relative to the workspace root; empty with Inline.
	Dockerfile string
	// Inline is `dockerfile_inline`.
	Inline string
	Target string
	Args   []EnvVar
	// Platforms, additional contexts and so on stay in Service.Keys.
	AdditionalContexts map[string]string
	Span               source.Span
}

// Remote tells whether the context is not a local directory: a URL or a git repository.
func (b *Build) Remote() bool {
	return b != nil && (b.Context == "" || strings.Contains(b.Context, "://") || strings.HasPrefix(b.Context, "git@") || strings.HasPrefix(b.Context, "github.com/"))
}

// Port is one published or exposed port.
type Port struct {
	// Published is the host port or range as text; empty for exposed or randomly published ports.
	Published string
	// Target is the container port.
	Target int
	// Protocol is "tcp" or "udp".
	Protocol string
	HostIP   string
	Span     source.Span
}

// Mount is one entry of `volumes:` or `tmpfs:`, or a VOLUME of the image.
type Mount struct {
	// Type is "volume", "bind", "tmpfs", "npipe" or "cluster" as in Compose; anonymous volumes are "volume" without Source.
	Type string
	// Source is the volume's name, or for binds a path relative to the workspace root (absolute host paths stay absolute).
	Source string
	// Target is the absolute path in the container.
	Target   string
	ReadOnly bool
	// FromImage tells that a VOLUME instruction declared it.
	FromImage bool
	Span      source.Span
}

// EnvVar is one variable of a service or a build argument.
type EnvVar struct {
	Name string
	// Value after interpolation. It may be a secret: never print it without looking at Secret.
	Value string
	// HasValue is false for `- NAME` without a value, taken from the caller's environment.
	HasValue bool
	// Origin is "dockerfile", "environment", "env_file", "build-arg" or "template" (an example file standing in for a missing one).
	Origin string
	// File is the env_file it came from, relative to the workspace root.
	File string
	// Secret tells that the name or the value looks like a credential.
	Secret bool
	// Refs are the names of variables that interpolation used.
	Refs []string
	Span source.Span
}

// FileGrant is a service's use of a top-level secret or config.
type FileGrant struct {
	Source string
	// Target is the absolute path in the container (/run/secrets/<name> by default for secrets).
	Target string
	Span   source.Span
}

// FileObject is a top-level secret or config.
type FileObject struct {
	Name string
	// File is relative to the workspace root; Environment names a variable; Content is inline text (configs only).
	File        string
	Environment string
	Content     string
	External    bool
	Span        source.Span
}

// NamedVolume is a top-level volume.
type NamedVolume struct {
	Name     string
	Driver   string
	External bool
	Options  map[string]string
	Span     source.Span
}

// NamedNetwork is a top-level network.
type NamedNetwork struct {
	Name     string
	Driver   string
	External bool
	Internal bool
	Span     source.Span
}

// Dependency is one entry of depends_on.
type Dependency struct {
	Service string
	// Condition is service_started, service_healthy or service_completed_successfully.
	Condition string
	Span      source.Span
}

// Healthcheck is Compose's or the image's. Disabled with Test ["NONE"].
type Healthcheck struct {
	Test     []string
	Interval string
	Timeout  string
	Retries  int
	Start    string
	Disabled bool
	// FromImage tells that a HEALTHCHECK instruction declared it.
	FromImage bool
	// URLPath is the path that curl or wget asks on the service itself ("/healthz"); Port its port; empty when the test is something else.
	URLPath string
	Port    int
	Span    source.Span
}

// Deploy is what matters of `deploy:` and its older spellings (`scale`, `mem_limit`, `cpus`).
type Deploy struct {
	// Replicas is 1 when not set.
	Replicas    int
	MemoryBytes int64
	CPUs        float64
	Mode        string
	Span        source.Span
}

// Label is one label of a service.
type Label struct {
	Name, Value string
	Span        source.Span
}

// CommandLine is an ENTRYPOINT, CMD, entrypoint or command.
type CommandLine struct {
	// Argv is the exec form, or ["/bin/sh", "-c", text] for the shell form of a Dockerfile. Compose splits its strings itself.
	Argv []string
	// Shell tells that it was written in shell form.
	Shell bool
	Span  source.Span
}
