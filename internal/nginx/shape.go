package nginx

import (
	"slices"
	"strconv"
	"strings"
)

// shape sorts the tree's directives into servers, locations and upstreams.
func (in *input) shape(cfg *Config) {
	for _, d := range cfg.Main {
		if d.Name != "http" {
			continue
		}
		for _, c := range d.Block {
			switch c.Name {
			case "server":
				cfg.Servers = append(cfg.Servers, in.server(c))
			case "upstream":
				cfg.Upstreams = append(cfg.Upstreams, in.upstream(c))
			default:
				cfg.HTTP = append(cfg.HTTP, c)
			}
		}
	}
}

func (in *input) server(d *Directive) *Server {
	s := &Server{At: d.At}
	for _, c := range d.Block {
		switch c.Name {
		case "listen":
			if l, ok := in.listen(c); ok {
				s.Listens = append(s.Listens, l)
			}
		case "server_name":
			s.Names = append(s.Names, c.Args...)
		case "location":
			s.Locations = append(s.Locations, in.location(c))
		default:
			s.Directives = append(s.Directives, c)
		}
	}
	return s
}

// listen reads one listen directive; ok is false when the address makes no sense.
func (in *input) listen(d *Directive) (l Listen, ok bool) {
	l = Listen{Address: d.Arg(0), At: d.At}
	for _, p := range d.Args[min(1, len(d.Args)):] {
		switch p {
		case "default_server", "default":
			l.Default = true
		case "ssl", "quic":
			l.TLS = true
		case "proxy_protocol":
			in.problem(Ignored, "listen", "proxy_protocol is left out: the platform tells the client's address itself", d.At)
		}
	}
	if strings.HasPrefix(l.Address, "unix:") {
		in.problem(Unsupported, "listen", "a Unix socket cannot be reached from another Worker", d.At)
		return l, false
	}
	port := "80"
	if i := strings.LastIndex(l.Address, ":"); i >= 0 && !strings.HasSuffix(l.Address, "]") {
		port = l.Address[i+1:]
	} else if _, err := strconv.Atoi(l.Address); err == nil {
		port = l.Address
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		in.problem(Invalid, "listen", "invalid port in "+strconv.Quote(l.Address)+": a number from 1 to 65535 is needed", d.At)
		return l, false
	}
	l.Port = n
	return l, true
}

func (in *input) location(d *Directive) *Location {
	l := &Location{At: d.At}
	l.Modifier, l.Pattern = locationPattern(d.Args)
	for _, c := range d.Block {
		if c.Name == "location" {
			l.Locations = append(l.Locations, in.location(c))
			continue
		}
		l.Directives = append(l.Directives, c)
	}
	return l
}

// locationPattern splits the arguments of location; nginx lets the modifier touch the pattern ("=/x").
func locationPattern(args []string) (modifier, pattern string) {
	if len(args) >= 2 {
		return args[0], args[1]
	}
	if len(args) == 0 {
		return "", ""
	}
	for _, m := range []string{"^~", "~*", "~", "=", "@"} {
		if strings.HasPrefix(args[0], m) {
			return m, strings.TrimPrefix(args[0], m)
		}
	}
	return "", args[0]
}

func (in *input) upstream(d *Directive) *Upstream {
	u := &Upstream{Name: d.Arg(0), At: d.At}
	for _, c := range d.Block {
		switch c.Name {
		case "server":
			u.Servers = append(u.Servers, in.upstreamAddress(c))
		case "ip_hash", "least_conn", "hash", "random":
			u.Policy, u.PolicyArgs = c.Name, c.Args
		default:
			u.Directives = append(u.Directives, c)
		}
	}
	if len(u.Servers) == 0 {
		in.problem(Invalid, "upstream", "no servers are inside upstream "+strconv.Quote(u.Name), d.At)
	}
	return u
}

func (in *input) upstreamAddress(d *Directive) UpstreamAddress {
	a := UpstreamAddress{Address: d.Arg(0), Weight: 1, MaxFails: 1, FailTimeout: 10, At: d.At}
	number := func(text string, into *int) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			in.problem(Invalid, "server", "invalid number "+strconv.Quote(text), d.At)
			return
		}
		*into = n
	}
	for _, p := range d.Args[min(1, len(d.Args)):] {
		name, value, _ := strings.Cut(p, "=")
		switch name {
		case "weight":
			number(value, &a.Weight)
		case "max_fails":
			number(value, &a.MaxFails)
		case "fail_timeout":
			if seconds, ok := parseTime(value); ok {
				a.FailTimeout = seconds
			} else {
				in.problem(Invalid, "server", "invalid time "+strconv.Quote(value), d.At)
			}
		case "backup":
			a.Backup = true
		case "down":
			a.Down = true
		default:
			a.Params = append(a.Params, p)
		}
	}
	return a
}

// parseTime reads a time of the configuration in seconds, rounded down: 30, 30s, 1m, 1h30m, 500ms.
func parseTime(text string) (seconds int, ok bool) {
	units := []struct {
		suffix string
		millis int
	}{
		{"ms", 1}, {"s", 1000}, {"m", 60_000}, {"h", 3_600_000}, {"d", 86_400_000},
		{"w", 604_800_000}, {"M", 2_592_000_000}, {"y", 31_536_000_000},
	}
	millis := 0
	for rest := text; ; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:digits])
		if err != nil {
			return 0, false
		}
		rest = rest[digits:]
		unit := 1000
		i := slices.IndexFunc(units, func(u struct {
			suffix string
			millis int
		}) bool {
			return strings.HasPrefix(rest, u.suffix)
		})
		if i >= 0 {
			unit, rest = units[i].millis, rest[len(units[i].suffix):]
		} else if rest != "" && rest[0] != ' ' {
			return 0, false
		}
		millis += n * unit
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return millis / 1000, true
		}
	}
}

// parseSize reads a size of the configuration in bytes: 0, 512, 8k, 10m, 1g.
func parseSize(text string) (size int64, ok bool) {
	factor := int64(1)
	if text != "" {
		switch text[len(text)-1] {
		case 'k', 'K':
			factor = 1 << 10
		case 'm', 'M':
			factor = 1 << 20
		case 'g', 'G':
			factor = 1 << 30
		}
	}
	if factor > 1 {
		text = text[:len(text)-1]
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, false
	}
	return n * factor, true
}
