// Package nginx reads an nginx configuration out of an image and turns it into the configuration of a gateway Worker.
//
// Reading and judging are two steps:
//
//	cfg, problems := nginx.Parse(nginx.Image{Files: imageFS, Env: env})
//	gateway, more := nginx.Translate(cfg, nginx.Environment{Peers: peers})
//
// Parse starts at /etc/nginx/nginx.conf, follows includes inside the image and falls back to the files of the official image
// where the image replaces none. It keeps every directive with its position, also those nobody knows. Translate decides for
// each directive whether the gateway does the same, whether it has no meaning on the platform, or whether it is missing; the
// last two become problems with a position. A directive that neither Translate nor the tables of this package know is
// reported, never skipped.
//
// The gateway itself is templates/packages/runtime/src/gateway; its config.ts is the same structure as Gateway here.
package nginx

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Level says how a problem weighs.
type Level string

// The levels, worst first.
const (
	// Invalid: nginx itself would refuse to start with this configuration.
	Invalid Level = "invalid"
	// Unsupported: the gateway leaves the directive out and answers differently for want of it.
	Unsupported Level = "unsupported"
	// Differs: the gateway does something close to it; the message says what is different.
	Differs Level = "differs"
	// Ignored: the directive has nothing to act on here, or the platform does its work. Nothing is lost.
	Ignored Level = "ignored"
)

// Problem is one thing to know about a place in the configuration.
type Problem struct {
	Level Level
	// Directive is the directive's name; empty for an error of syntax.
	Directive string
	// Message is one sentence without a full stop.
	Message string
	// At is the directive's name in the user's file. Its File is empty inside the official image's own files.
	At source.Span
}

// Error is the problem as file:line:column: message.
func (p Problem) Error() string { return fmt.Sprintf("%s: %s", p.At, p.Message) }

// sortProblems orders by place, then level and text, and drops repetitions (an included file may be read twice).
func sortProblems(problems []Problem) []Problem {
	slices.SortFunc(problems, func(a, b Problem) int {
		return cmp.Or(
			source.Compare(a.At, b.At),
			cmp.Compare(a.Directive, b.Directive),
			cmp.Compare(a.Level, b.Level),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(problems)
}

// Directive is one directive as written, or a block with what stands in it. Includes are already replaced by their files.
type Directive struct {
	Name string
	// Args are the words after the name, quotes and escapes resolved. The parentheses of an `if` are left out.
	Args []string
	// Block holds the directives between braces; nil when there are none.
	Block []*Directive
	// At is where the name stands.
	At source.Span
}

// Arg is argument i, or "" when there are fewer.
func (d *Directive) Arg(i int) string {
	if i < len(d.Args) {
		return d.Args[i]
	}
	return ""
}

// Config is a configuration as read.
type Config struct {
	// Main is the whole tree: what stands in nginx.conf with its includes.
	Main []*Directive
	// HTTP are the directives of the http block that are neither servers nor upstreams.
	HTTP []*Directive
	// Servers in the order nginx reads them.
	Servers []*Server
	// Upstreams in the order nginx reads them.
	Upstreams []*Upstream
	// Files are the user's files that were read, sorted.
	Files []string
	// ServerRoot is the folder that relative paths of the configuration start from.
	ServerRoot string
}

// Server is one server block.
type Server struct {
	Listens []Listen
	// Names are the arguments of server_name, as written.
	Names []string
	// Directives are all that are not locations, in order.
	Directives []*Directive
	Locations  []*Location
	At         source.Span
}

// Listen is one address a server listens on.
type Listen struct {
	// Address is the argument as written.
	Address string
	// Port is 0 for a Unix socket.
	Port    int
	Default bool
	TLS     bool
	At      source.Span
}

// Location is one location block.
type Location struct {
	// Modifier is "", "=", "^~", "~", "~*" or "@" for a named location.
	Modifier string
	// Pattern is the path, regular expression or name (without the @).
	Pattern string
	// Directives are all that are not locations, in order.
	Directives []*Directive
	// Locations are those nested in this one.
	Locations []*Location
	At        source.Span
}

// Upstream is one upstream block.
type Upstream struct {
	Name    string
	Servers []UpstreamAddress
	// Policy is ip_hash, least_conn, hash, random or "" for round robin; PolicyArgs are its arguments.
	Policy     string
	PolicyArgs []string
	// Directives are all others.
	Directives []*Directive
	At         source.Span
}

// UpstreamAddress is one server of an upstream.
type UpstreamAddress struct {
	// Address is host, host:port or unix:path, as written.
	Address string
	// Weight is 1 unless set.
	Weight int
	Backup bool
	Down   bool
	// MaxFails is 1 and FailTimeout 10 (seconds) unless set.
	MaxFails    int
	FailTimeout int
	// Params are the parameters that were not understood, as written.
	Params []string
	At     source.Span
}
