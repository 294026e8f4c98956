package nginx

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// handler translates a directive that decides what answers in a location; nil when it is none.
func (t *translator) handler(d *Directive, sc scope) *Handler {
	switch d.Name {
	case "proxy_pass":
		return t.proxyPass(d, sc)
	case "stub_status":
		t.problem(Differs, d, "the figures count the requests of one isolate, not of all")
		return &Handler{Kind: "status"}
	case "empty_gif":
		return &Handler{Kind: "empty-gif"}
	case "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass":
		t.problem(Unsupported, d, noFastCGI)
		return &Handler{Kind: "unavailable", Directive: d.Name}
	}
	return nil
}

var proxyURL = regexp.MustCompile(`^(https?)://([^/?#]*)(.*)$`)

func (t *translator) proxyPass(d *Directive, sc scope) *Handler {
	pass := *t.template(d, d.Arg(0))
	out := &Handler{Kind: "proxy", Pass: pass}
	m := proxyURL.FindStringSubmatch(pass)
	if m == nil {
		if strings.HasPrefix(pass, "$") {
			return out
		}
		t.problem(Invalid, d, fmt.Sprintf("invalid URL prefix in %q: it must begin with http:// or https://", pass))
		return &Handler{Kind: "unavailable", Directive: d.Name}
	}
	if m[2] == "unix" || strings.HasPrefix(m[2], "unix:") {
		t.problem(Unsupported, d, "a Unix socket cannot be reached from a Worker; the location answers 502")
		return &Handler{Kind: "unavailable", Directive: d.Name}
	}
	hasVariables := strings.Contains(pass, "$")
	if m[3] != "" && !hasVariables {
		if sc.prefix == nil || sc.inIf {
			t.problem(Invalid, d, "proxy_pass cannot have a path in a regex or named location, in an if or in limit_except")
		}
		out.Prefix = sc.prefix
	}
	if !strings.Contains(m[2], "$") {
		t.checkHost(d, m[2])
	}
	return out
}

// checkHost reports a host that nobody answers for.
func (t *translator) checkHost(d *Directive, address string) {
	host, _, _ := strings.Cut(address, ":")
	host = strings.ToLower(host)
	if slices.ContainsFunc(t.cfg.Upstreams, func(u *Upstream) bool { return strings.EqualFold(u.Name, address) }) {
		return
	}
	if _, ok := t.env.Peers[host]; ok {
		return
	}
	if isLoopback(host) {
		return
	}
	_, ipErr := netip.ParseAddr(host)
	switch {
	case host == "host.docker.internal" || ipErr == nil:
		t.problem(Unsupported, d, fmt.Sprintf("%s is outside the stack and a Worker reaches only public names; requests to it fail with 502", host))
	case strings.Contains(host, "."):
		t.problem(Differs, d, fmt.Sprintf("%s is no service of the stack: it is asked over the internet, under its own name whatever the Host header is set to", host))
	default:
		t.problem(Invalid, d, fmt.Sprintf("host not found in upstream %q: no service of the stack has that name", host))
	}
}

// isLoopback tells whether a host is the container itself.
func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func (t *translator) upstream(u *Upstream) GatewayUpstream {
	out := GatewayUpstream{Name: u.Name, Servers: []UpstreamServer{}}
	at := &Directive{Name: "upstream", At: u.At}
	for _, s := range u.Servers {
		d := &Directive{Name: "server", At: s.At}
		if strings.HasPrefix(s.Address, "unix:") {
			t.problem(Unsupported, d, "a Unix socket cannot be reached from a Worker; the server is left out")
			continue
		}
		t.checkHost(d, s.Address)
		for _, p := range s.Params {
			t.upstreamParameter(d, p)
		}
		g := UpstreamServer{Address: s.Address, Backup: s.Backup, Down: s.Down}
		if s.Weight != 1 {
			g.Weight = s.Weight
		}
		if s.MaxFails != 1 {
			g.MaxFails = &s.MaxFails
		}
		if s.FailTimeout != 10 {
			g.FailTimeout = &s.FailTimeout
		}
		out.Servers = append(out.Servers, g)
	}
	out.Balance = t.balance(u, at)
	for _, d := range u.Directives {
		v, ok := upstreamVerdicts[d.Name]
		if !ok {
			v = verdictFor(d.Name)
		}
		t.problem(v.level, d, v.why)
	}
	if len(out.Servers) > 1 {
		t.problem(Differs, at, "each isolate of the gateway balances and counts failures for itself")
	}
	return out
}

func (t *translator) upstreamParameter(d *Directive, parameter string) {
	name, _, _ := strings.Cut(parameter, "=")
	switch name {
	case "resolve", "service":
		t.problem(Ignored, d, noSockets)
	case "max_conns", "slow_start", "route", "drain":
		t.problem(Unsupported, d, fmt.Sprintf("the parameter %s has no effect", name))
	default:
		t.problem(Invalid, d, fmt.Sprintf("invalid parameter %q", parameter))
	}
}

func (t *translator) balance(u *Upstream, at *Directive) any {
	switch u.Policy {
	case "ip_hash":
		return "ip-hash"
	case "least_conn":
		return "least-connections"
	case "random":
		return "random"
	case "hash":
		if len(u.PolicyArgs) == 0 {
			t.problem(Invalid, at, "hash needs a key")
			return nil
		}
		consistent := len(u.PolicyArgs) > 1 && u.PolicyArgs[1] == "consistent"
		if consistent {
			t.problem(Differs, at, "hash consistent picks servers by a simple hash: keys move when servers are added")
		}
		return HashBalance{Hash: *t.template(at, u.PolicyArgs[0])}
	}
	return nil
}

// proxySetting translates what is asked of the upstream.
func (t *translator) proxySetting(s *Settings, d *Directive) bool {
	switch d.Name {
	case "proxy_set_header":
		s.ProxyHeaders = append(s.ProxyHeaders, HeaderSetting{Name: d.Arg(0), Value: *t.template(d, d.Arg(1))})
	case "proxy_method":
		s.ProxyMethod = t.template(d, strings.ToUpper(d.Arg(0)))
	case "proxy_set_body":
		s.ProxyBody = t.template(d, d.Arg(0))
	case "proxy_pass_request_headers":
		s.ProxyPassRequestHeaders = t.flag(d)
	case "proxy_pass_request_body":
		s.ProxyPassRequestBody = t.flag(d)
	case "proxy_next_upstream":
		s.NextUpstream = d.Args
	case "proxy_next_upstream_tries":
		s.NextUpstreamTries = t.number(d, d.Arg(0))
	case "proxy_read_timeout":
		seconds, ok := parseTime(d.Arg(0))
		if !ok {
			t.problem(Invalid, d, fmt.Sprintf("%q is not a time", d.Arg(0)))
			return true
		}
		s.ProxyReadTimeout = &seconds
	default:
		return false
	}
	return true
}

// proxyChange translates what is changed in the upstream's answer.
func (t *translator) proxyChange(s *Settings, d *Directive) bool {
	switch d.Name {
	case "proxy_hide_header":
		s.ProxyHideHeaders = append(s.ProxyHideHeaders, d.Arg(0))
	case "proxy_pass_header":
		s.ProxyPassHeaders = append(s.ProxyPassHeaders, d.Arg(0))
	case "proxy_ignore_headers":
		s.ProxyIgnoreHeaders = d.Args
	case "proxy_intercept_errors":
		s.ProxyInterceptErrors = t.flag(d)
	case "proxy_redirect":
		t.proxyRedirect(s, d)
	case "proxy_cookie_domain":
		if r := t.replacement(d, 2); r != nil {
			s.ProxyCookieDomains = append(s.ProxyCookieDomains, r)
		}
	case "proxy_cookie_path":
		if r := t.replacement(d, 2); r != nil {
			s.ProxyCookiePaths = append(s.ProxyCookiePaths, r)
		}
	default:
		return false
	}
	return true
}

func (t *translator) proxyRedirect(s *Settings, d *Directive) {
	list, _ := s.ProxyRedirects.([]any)
	switch {
	case d.Arg(0) == "off" && len(d.Args) == 1:
		s.ProxyRedirects = "off"
	case d.Arg(0) == "default" && len(d.Args) == 1:
		s.ProxyRedirects = append(list, "default")
	default:
		if r := t.replacement(d, 2); r != nil {
			s.ProxyRedirects = append(list, r)
		}
	}
}

// replacement reads FROM TO, where FROM may be a regular expression, or the word off.
func (t *translator) replacement(d *Directive, n int) any {
	if d.Arg(0) == "off" && len(d.Args) == 1 {
		return "off"
	}
	if len(d.Args) != n {
		t.problem(Invalid, d, "two arguments are needed: what to replace and by what")
		return nil
	}
	to := *t.template(d, d.Arg(1))
	pattern, isRegex := strings.CutPrefix(d.Arg(0), "~")
	if !isRegex {
		return Replacement{From: *t.template(d, d.Arg(0)), To: to}
	}
	pattern, ignoreCase := strings.CutPrefix(pattern, "*")
	re := t.regex(d, pattern, ignoreCase)
	if re == nil {
		return nil
	}
	return Replacement{From: re, To: to}
}
