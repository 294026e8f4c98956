package nginx

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Environment is what Translate knows about the stack around the gateway.
type Environment struct {
	// Peers are the network names of the stack and the service bindings behind them; the gateway's own names are Self.
	Peers map[string]Peer
	// Ports are the container's published ports, the most important first. Empty means all that are listened on.
	Ports []int
	// Files say where the image's files are among the assets. Empty means that every path is the same there.
	Files []FileMount
	// SecretFiles are files of the image whose text is a secret, and the names of the variables that hold them.
	SecretFiles map[string]string
	// ReadFile reads a file of the image, to check password files; nil leaves them unchecked.
	ReadFile func(imagePath string) ([]byte, error)
}

// translator carries what the parts of a translation share.
type translator struct {
	cfg      *Config
	env      Environment
	defined  map[string]string
	problems []Problem
	out      Gateway
}

// Translate turns a configuration into the gateway's, and lists what is not carried over, sorted by place.
func Translate(cfg *Config, env Environment) (Gateway, []Problem) {
	t := &translator{cfg: cfg, env: env, defined: map[string]string{}}
	definedVariables(cfg.Main, t.defined)
	t.out = Gateway{
		Servers: []GatewayServer{}, Peers: env.Peers, Files: env.Files, SecretFiles: env.SecretFiles,
		MimeTypes: map[string]map[string]string{},
	}
	if t.out.Peers == nil {
		t.out.Peers = map[string]Peer{}
	}
	t.main()
	for _, u := range cfg.Upstreams {
		t.out.Upstreams = append(t.out.Upstreams, t.upstream(u))
	}
	settings := &Settings{}
	for _, d := range cfg.HTTP {
		if d.Name == "map" {
			t.out.Maps = append(t.out.Maps, t.variableMap(d))
		} else {
			t.setting(settings, d, scope{})
		}
	}
	t.out.Settings = orNil(settings)
	for _, s := range cfg.Servers {
		t.out.Servers = append(t.out.Servers, t.server(s))
	}
	t.out.Entry = t.entry()
	return t.out, sortProblems(t.problems)
}

// problem notes a problem at a directive.
func (t *translator) problem(level Level, d *Directive, message string) {
	t.problems = append(t.problems, Problem{Level: level, Directive: d.Name, Message: message, At: d.At})
}

// main judges the directives outside http.
func (t *translator) main() {
	found := false
	for _, d := range t.cfg.Main {
		switch d.Name {
		case "http":
			found = true
		default:
			t.leaveOut(d)
		}
	}
	if !found && len(t.cfg.Main) > 0 {
		t.problem(Invalid, t.cfg.Main[0], "the configuration has no http block, so nothing would be served")
	}
}

// leaveOut reports a directive that is not translated. What the official image's own files say and need not do here is no news.
func (t *translator) leaveOut(d *Directive) {
	v := verdictFor(d.Name)
	if v.level != Ignored || d.At.File != "" {
		t.problem(v.level, d, v.why)
	}
}

// entry chooses which ports the outside reaches. 80 and the first TLS port come first, as they would be published.
func (t *translator) entry() Entry {
	var plain, tls []int
	for _, s := range t.out.Servers {
		for _, l := range s.Listen {
			if len(t.env.Ports) > 0 && !slices.Contains(t.env.Ports, l.Port) {
				continue
			}
			if l.SSL {
				tls = append(tls, l.Port)
			} else {
				plain = append(plain, l.Port)
			}
		}
	}
	rank := func(a, b int) int { return slices.Index(t.env.Ports, a) - slices.Index(t.env.Ports, b) }
	if len(t.env.Ports) > 0 {
		slices.SortStableFunc(plain, rank)
		slices.SortStableFunc(tls, rank)
	}
	e := Entry{HTTP: 80, HTTPS: 80}
	switch {
	case slices.Contains(plain, 80):
		e.HTTP = 80
	case len(plain) > 0:
		e.HTTP = plain[0]
	case len(tls) > 0:
		e.HTTP = tls[0]
	case len(t.env.Ports) > 0:
		e.HTTP = t.env.Ports[0]
	}
	e.HTTPS = e.HTTP
	if len(tls) > 0 {
		e.HTTPS = tls[0]
	}
	t.reportOtherPorts(e)
	return e
}

// reportOtherPorts says which ports the outside no longer reaches.
func (t *translator) reportOtherPorts(e Entry) {
	for _, s := range t.cfg.Servers {
		for _, l := range s.Listens {
			published := len(t.env.Ports) == 0 || slices.Contains(t.env.Ports, l.Port)
			if published && l.Port != e.HTTP && l.Port != e.HTTPS {
				t.problems = append(t.problems, Problem{
					Level: Differs, Directive: "listen", At: l.At,
					Message: fmt.Sprintf("from outside only port %d is reached (by https: %d); port %d answers other services only", e.HTTP, e.HTTPS, l.Port),
				})
			}
		}
	}
}

func (t *translator) server(s *Server) GatewayServer {
	out := GatewayServer{Listen: []GatewayListen{}}
	for _, l := range s.Listens {
		g := GatewayListen{Port: l.Port, Default: l.Default, SSL: l.TLS}
		i := slices.IndexFunc(out.Listen, func(o GatewayListen) bool { return o.Port == l.Port })
		if i < 0 {
			out.Listen = append(out.Listen, g)
			continue
		}
		// The same port on another address (IPv6) is one port here.
		out.Listen[i].Default = out.Listen[i].Default || g.Default
		out.Listen[i].SSL = out.Listen[i].SSL || g.SSL
	}
	if len(s.Listens) == 0 {
		out.Listen = append(out.Listen, GatewayListen{Port: 80})
	}
	at := &Directive{Name: "server_name", At: s.At}
	for _, n := range s.Names {
		if name, ok := t.serverName(at, n); ok {
			out.Names = append(out.Names, name)
		}
	}
	settings := &Settings{}
	for _, d := range s.Directives {
		switch {
		case isStep(d):
			out.Steps = append(out.Steps, t.step(d, scope{})...)
		case d.Name == "try_files":
			out.TryFiles = t.tryFiles(d)
		case d.Name == "merge_slashes":
			out.MergeSlashes = t.flag(d)
		case d.Name == "underscores_in_headers":
			out.UnderscoresInHeaders = t.flag(d)
		default:
			t.setting(settings, d, scope{})
		}
	}
	out.Settings = orNil(settings)
	for _, l := range s.Locations {
		if g, ok := t.location(l); ok {
			out.Locations = append(out.Locations, g)
		}
	}
	return out
}

// serverName reads one argument of server_name.
func (t *translator) serverName(d *Directive, name string) (ServerName, bool) {
	if pattern, ok := strings.CutPrefix(name, "~"); ok {
		re := t.regex(d, pattern, true)
		return ServerName{Kind: "regex", Regex: re}, re != nil
	}
	name = strings.ToLower(name)
	switch {
	case strings.HasPrefix(name, "*."):
		return ServerName{Kind: "leading-wildcard", Value: ptr(name[1:])}, true
	case strings.HasPrefix(name, "."):
		return ServerName{Kind: "leading-wildcard", Value: &name, Bare: true}, true
	case strings.HasSuffix(name, ".*"):
		return ServerName{Kind: "trailing-wildcard", Value: ptr(strings.TrimSuffix(name, "*"))}, true
	case strings.Contains(name, "*"):
		t.problem(Invalid, d, fmt.Sprintf("server name %q has an asterisk in the middle; it may only stand first or last", name))
		return ServerName{}, false
	}
	return ServerName{Kind: "exact", Value: &name}, true
}

func (t *translator) location(l *Location) (GatewayLocation, bool) {
	at := &Directive{Name: "location", At: l.At}
	out := GatewayLocation{}
	sc := scope{inLocation: true}
	switch l.Modifier {
	case "=":
		out.Match, sc.prefix = Match{Kind: "exact", Path: l.Pattern}, &l.Pattern
	case "^~":
		out.Match, sc.prefix = Match{Kind: "prefix-only", Path: l.Pattern}, &l.Pattern
	case "":
		out.Match, sc.prefix = Match{Kind: "prefix", Path: l.Pattern}, &l.Pattern
	case "@":
		out.Match = Match{Kind: "named", Name: l.Pattern}
	case "~", "~*":
		re := t.regex(at, l.Pattern, l.Modifier == "~*")
		if re == nil {
			return out, false
		}
		out.Match = Match{Kind: "regex", Regex: re}
	default:
		t.problem(Invalid, at, fmt.Sprintf("invalid location modifier %q: =, ^~, ~ and ~* are known", l.Modifier))
		return out, false
	}
	settings := &Settings{}
	for _, d := range l.Directives {
		t.locationDirective(&out, settings, d, sc)
	}
	out.Settings = orNil(settings)
	for _, inner := range l.Locations {
		if g, ok := t.location(inner); ok {
			out.Locations = append(out.Locations, g)
		}
	}
	return out, true
}

// locationDirective translates one directive of a location.
func (t *translator) locationDirective(out *GatewayLocation, settings *Settings, d *Directive, sc scope) {
	switch {
	case isStep(d):
		out.Steps = append(out.Steps, t.step(d, sc)...)
	case d.Name == "internal":
		out.Internal = true
	case d.Name == "try_files":
		out.TryFiles = t.tryFiles(d)
	default:
		if h := t.handler(d, sc); h != nil {
			out.Handler = h
			return
		}
		t.setting(settings, d, sc)
	}
}

// tryFiles reads try_files, of which the last argument is what happens when no file exists.
func (t *translator) tryFiles(d *Directive) *TryFiles {
	if len(d.Args) < 2 {
		t.problem(Invalid, d, "try_files needs at least one path and what to do when it does not exist")
		return nil
	}
	for _, a := range d.Args {
		t.checkVariables(d, a)
	}
	last := d.Args[len(d.Args)-1]
	out := &TryFiles{Paths: d.Args[:len(d.Args)-1]}
	switch {
	case strings.HasPrefix(last, "="):
		status, err := strconv.Atoi(last[1:])
		if err != nil || status < 200 || status > 999 {
			t.problem(Invalid, d, fmt.Sprintf("invalid code %q: a status such as =404 is needed", last))
			return nil
		}
		out.Otherwise.Status = status
	case strings.HasPrefix(last, "@"):
		out.Otherwise.Location = last[1:]
	default:
		out.Otherwise.URI = last
	}
	return out
}

// absolute resolves a path of the configuration that is relative to nginx's own folder.
func (t *translator) absolute(p string) string {
	if p == "" || strings.HasPrefix(p, "/") || strings.HasPrefix(p, "$") {
		return p
	}
	joined := path.Join(t.cfg.ServerRoot, p)
	if strings.HasSuffix(p, "/") {
		joined += "/"
	}
	return joined
}

func (t *translator) regex(d *Directive, pattern string, ignoreCase bool) *Regex {
	re, err := toJavaScript(pattern, ignoreCase)
	if err != nil {
		t.problem(Unsupported, d, "the regular expression cannot be carried over: "+err.Error())
		return nil
	}
	return re
}

// flag reads on or off; anything else is reported and nil.
func (t *translator) flag(d *Directive) *bool {
	switch d.Arg(0) {
	case "on":
		return ptr(true)
	case "off":
		return ptr(false)
	}
	t.problem(Invalid, d, fmt.Sprintf("%q must be on or off", d.Arg(0)))
	return nil
}

func ptr[T any](v T) *T { return &v }

// orNil is nil for settings without a field set, so that they are left out of the JSON.
func orNil(s *Settings) *Settings {
	if isEmpty(s) {
		return nil
	}
	return s
}
