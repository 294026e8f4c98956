package nginx

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// serverConf puts text into conf.d/default.conf of an otherwise official image.
func serverConf(text string) Image {
	return Image{Files: fstest.MapFS{"etc/nginx/conf.d/default.conf": {Data: []byte(text)}}}
}

// translated parses and translates, with the service api as the only peer, and lists the problems that are worth a finding.
func translated(img Image) (Gateway, []string) {
	cfg, problems := Parse(img)
	g, more := Translate(cfg, Environment{Peers: map[string]Peer{"api": {Binding: "API"}}})
	var list []string
	for _, p := range sortProblems(append(problems, more...)) {
		if p.Level != Ignored {
			list = append(list, fmt.Sprintf("%d:%d %s %s: %s", p.At.Start.Line, p.At.Start.Column, p.Level, p.Directive, p.Message))
		}
	}
	return g, list
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name, conf string
		want       []string
	}{
		{"clean", "server { location / { proxy_pass http://api; } }", nil},
		{
			"unknown directive", "server {\n  frobnicate on;\n}",
			[]string{"2:3 unsupported frobnicate: the directive is not known to the gateway"},
		},
		{
			"backends that are not HTTP", "server {\n  location ~ \\.php$ {\n    fastcgi_pass php:9000;\n  }\n}",
			[]string{"3:5 unsupported fastcgi_pass: only HTTP upstreams can be reached; the location answers 502"},
		},
		{
			"unknown host", "server { location / { proxy_pass http://nobody:1/; } }",
			[]string{`1:23 invalid proxy_pass: host not found in upstream "nobody": no service of the stack has that name`},
		},
		{
			"internet host", "server { location / { proxy_pass https://api.example.com; } }",
			[]string{"1:23 differs proxy_pass: api.example.com is no service of the stack: it is asked over the internet, under its own name whatever the Host header is set to"},
		},
		{
			"host of the machine", "server { location / { proxy_pass http://host.docker.internal:3000; } }",
			[]string{"1:23 unsupported proxy_pass: host.docker.internal is outside the stack and a Worker reaches only public names; requests to it fail with 502"},
		},
		{
			"unknown variable", "server { location / { return 200 $nothing; } }",
			[]string{`1:23 invalid return: unknown "$nothing" variable: neither nginx nor this configuration defines it`},
		},
		{
			"empty variable", "server { location / { return 200 $ssl_client_s_dn; } }",
			[]string{"1:23 differs return: $ssl_client_s_dn is empty: TLS ends at the platform's edge"},
		},
		{
			"regular expression without counterpart", "server { location ~ ^/(?>a|b)$ { return 200; } }",
			[]string{`1:10 unsupported location: the regular expression cannot be carried over: the group "(?>a" has no counterpart in JavaScript`},
		},
		{
			"path in a regex location", "server { location ~ ^/a { proxy_pass http://api/x; } }",
			[]string{"1:27 invalid proxy_pass: proxy_pass cannot have a path in a regex or named location, in an if or in limit_except"},
		},
		{
			"directory listing", "server { location / { root /srv; autoindex on; } }",
			[]string{"1:34 unsupported autoindex: folders are not listed: a folder without an index file answers 403"},
		},
		{"no directory listing", "server { location / { root /srv; autoindex off; } }", nil},
		{
			"dropped connection", "server { return 444; }",
			[]string{"1:10 differs return: a Worker cannot drop the connection: the client gets status 444 without a body"},
		},
		{
			"wrong values", "server {\n client_max_body_size 10q;\n expires soon;\n error_page 404 1000 /x;\n allow nowhere;\n return 42;\n}",
			[]string{
				`2:2 invalid client_max_body_size: "10q" is not a size: use 512, 8k, 10m or 1g`,
				`3:2 invalid expires: "soon" is not a time: use 30d, -1, epoch, max or off`,
				`4:2 invalid error_page: invalid status "1000": a number from 300 to 599 is needed`,
				`5:2 invalid allow: "nowhere" is not an address, a network or all`,
				`6:2 invalid return: invalid return code "42": a Worker can answer with 200 to 599`,
			},
		},
		{
			"two on one line", "server { location / { foo 1; foo 2; } }",
			[]string{
				"1:23 unsupported foo: the directive is not known to the gateway",
				"1:30 unsupported foo: the directive is not known to the gateway",
			},
		},
		{
			"unix socket", "server { listen unix:/run/x.sock; location / { proxy_pass http://unix:/run/y.sock; } }",
			[]string{
				"1:10 unsupported listen: a Unix socket cannot be reached from another Worker",
				"1:48 unsupported proxy_pass: a Unix socket cannot be reached from a Worker; the location answers 502",
			},
		},
		{
			"limits", "limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s;\nserver { limit_req zone=a; }",
			[]string{
				"1:1 unsupported limit_req_zone: the gateway does not limit requests; use rate limiting rules of the zone",
				"2:10 unsupported limit_req: the gateway does not limit requests; use rate limiting rules of the zone",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, got := translated(serverConf(test.conf))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBroken checks that an error costs only what stands around it.
func TestBroken(t *testing.T) {
	tests := []struct {
		name, conf string
		line       int
		message    string
		servers    int
	}{
		{"missing brace", "server { listen 80; }\nserver {\n listen 81;\n", 3, `unexpected end of file, expecting "}"`, 2},
		{"missing semicolon at the end", "server { listen 80; }\nserver { listen 81 }\n", 2, `directive "listen" is not terminated by ";"`, 2},
		{"brace too many", "server { listen 80; }\n}\nserver { listen 81; }\n", 2, `unexpected "}"`, 2},
		{"unfinished word", "server { listen 80; }\nserver_na", 2, `unexpected end of file, expecting ";" or "}"`, 1},
		{"double semicolon", "server { listen 80;;\n}\nserver { listen 81; }\n", 1, `unexpected ";"`, 1},
		{"wrong place", "location / { }\nserver { listen 80; }\n", 1, `location is not allowed here`, 1},
		{"too few arguments", "server {\n proxy_set_header X;\n listen 80; }\n", 2, `invalid number of arguments in "proxy_set_header" directive`, 1},
		{"missing include", "include /etc/nginx/none.conf;\nserver { listen 80; }\n", 1, "/etc/nginx/none.conf does not exist in the image", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg, problems := Parse(serverConf(test.conf))
			_, more := Translate(cfg, Environment{})
			problems = append(problems, more...)
			if len(cfg.Servers) != test.servers {
				t.Errorf("%d servers, want %d", len(cfg.Servers), test.servers)
			}
			found := slices.ContainsFunc(problems, func(p Problem) bool {
				return p.Level == Invalid && p.At.Start.Line == test.line && strings.Contains(p.Message, test.message)
			})
			if !found {
				t.Errorf("no error %q at line %d in %v", test.message, test.line, problems)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	port := func(img Image) int {
		cfg, _ := Parse(img)
		if len(cfg.Servers) != 1 || len(cfg.Servers[0].Listens) != 1 {
			t.Fatalf("%d servers", len(cfg.Servers))
		}
		return cfg.Servers[0].Listens[0].Port
	}
	if got := port(Image{Files: fstest.MapFS{}}); got != 80 {
		t.Errorf("the official image listens on %d", got)
	}
	if got := port(Image{Files: fstest.MapFS{}, Unprivileged: true}); got != 8080 {
		t.Errorf("the unprivileged image listens on %d", got)
	}
	cfg, problems := Parse(Image{Files: fstest.MapFS{}, Removed: []string{"/etc/nginx/conf.d/*"}})
	if len(cfg.Servers) != 0 || len(problems) != 0 {
		t.Errorf("a removed default server is still there: %d, %v", len(cfg.Servers), problems)
	}
}

// TestIncludes follows includes, one of a file twice, and survives a circle.
func TestIncludes(t *testing.T) {
	cfg, problems := Parse(Image{
		Files: fstest.MapFS{
			"etc/nginx/nginx.conf":      {Data: []byte("events {}\nhttp { include sites/*; }")},
			"etc/nginx/sites/b":         {Data: []byte("server { include snippets/tls; listen 81; }")},
			"etc/nginx/sites/a":         {Data: []byte("server {\n  include snippets/tls;\n  listen 80;\n}")},
			"etc/nginx/snippets/tls":    {Data: []byte("charset utf-8;\ninclude fastcgi_params;\n")},
			"etc/nginx/snippets/unused": {Data: []byte("broken {")},
		},
		Source: func(name string) string { return "nginx" + strings.TrimPrefix(name, "/etc/nginx") },
	})
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, s := range cfg.Servers {
		for _, d := range s.Directives {
			got = append(got, fmt.Sprintf("%d %s %s", s.Listens[0].Port, d.Name, d.At))
		}
	}
	want := []string{"80 charset nginx/snippets/tls:1:1", "81 charset nginx/snippets/tls:1:1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"nginx/nginx.conf", "nginx/sites/a", "nginx/sites/b", "nginx/snippets/tls"}, cfg.Files); diff != "" {
		t.Error(diff)
	}
	circle := Image{Files: fstest.MapFS{"etc/nginx/nginx.conf": {Data: []byte("include nginx.conf;")}}}
	if _, problems := Parse(circle); len(problems) == 0 {
		t.Error("a circle of includes is no problem")
	}
}

func TestTemplates(t *testing.T) {
	img := Image{
		Files: fstest.MapFS{
			"etc/nginx/templates/default.conf.template": {Data: []byte("server {\n listen ${PORT};\n location / { return 200 \"$uri ${TOKEN} $PORT\"; }\n frob 1;\n}")},
			"etc/nginx/templates/sub/x.conf.template":   {Data: []byte("# not included by conf.d/*.conf\n")},
			"etc/nginx/templates/README":                {Data: []byte("not a template {")},
		},
		Env:    map[string]string{"PORT": "8123", "TOKEN": "s3cret"},
		Secret: func(name string) bool { return name == "TOKEN" },
	}
	g, problems := translated(img)
	if diff := cmp.Diff([]string{"4:2 unsupported frob: the directive is not known to the gateway"}, problems); diff != "" {
		t.Error(diff)
	}
	step, ok := g.Servers[0].Locations[0].Steps[0].(ReturnStep)
	if !ok || step.Text == nil || *step.Text != "$uri ${secret_TOKEN} 8123" {
		t.Errorf("%+v", g.Servers[0].Locations[0].Steps[0])
	}
	if g.Entry.HTTP != 8123 {
		t.Errorf("entry %+v", g.Entry)
	}
	img.Env["NGINX_ENVSUBST_FILTER"] = "^TOKEN$"
	if _, problems := translated(img); len(problems) < 2 {
		t.Errorf("${PORT} should not have been filled in: %v", problems)
	}
}

func TestToJavaScript(t *testing.T) {
	tests := []struct{ pcre, want, err string }{
		{`\.(?:js|css)$`, `\.(?:js|css)$`, ""},
		{`^/(?P<id>\d+)/\Z`, `^/(?<id>\d+)/$`, ""},
		{`(?i)\.PNG$`, `\.PNG$`, ""},
		{`^/[[:alpha:]_]+\h`, `^/[A-Za-z_]+[ \t]`, ""},
		{`[^]a]`, `[^\]a]`, ""},
		{`[]a]`, `[\]a]`, ""},
		{`[a[b]`, `[a\[b]`, ""},
		{`(?'n'x)(?P=n)`, `(?<n>x)\k<n>`, ""},
		{`a(?#remark)b`, `ab`, ""},
		{`^(?!/api)(?<=x)`, `^(?!/api)(?<=x)`, ""},
		{`a++`, "", `the possessive quantifier in "a++" has no counterpart in JavaScript`},
		{`(?R)`, "", `the group "(?R)" has no counterpart in JavaScript`},
		{`\Ka`, "", `\K has no counterpart in JavaScript`},
		{`(a`, "", `a parenthesis in "(a" is not closed`},
		{`a)`, "", `"a)" has a parenthesis too many`},
		{`[a`, "", `the character class in "[a" is not closed`},
		{`a\`, "", `"a\\" ends in a backslash`},
		{`(*x)`, "", `"(*x)" repeats nothing`},
		{``, ``, ""},
	}
	for _, test := range tests {
		re, err := toJavaScript(test.pcre, false)
		switch {
		case err != nil && err.Error() != test.err:
			t.Errorf("%s: %v, want %s", test.pcre, err, test.err)
		case err == nil && (test.err != "" || re.Pattern != test.want):
			t.Errorf("%s: %s, want %s%s", test.pcre, re.Pattern, test.want, test.err)
		}
	}
	if re, err := toJavaScript("(?i)a", false); err != nil || !re.IgnoreCase {
		t.Errorf("(?i) is lost: %+v %v", re, err)
	}
}

func TestTimesAndSizes(t *testing.T) {
	for text, want := range map[string]int{"30": 30, "5m": 300, "1h30m": 5400, "1d": 86400, "500ms": 0, "2M": 5184000, "": -1, "x": -1, "5x": -1} {
		got, ok := parseTime(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("time %q: %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int64{"0": 0, "512": 512, "8k": 8192, "10m": 10 << 20, "1G": 1 << 30, "": -1, "m": -1, "-1": -1, "5x": -1} {
		got, ok := parseSize(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("size %q: %d, want %d", text, got, want)
		}
	}
}

func TestStaticOnly(t *testing.T) {
	spa := "root /usr/share/nginx/html; index index.html; try_files $uri $uri/ /index.html;"
	tests := []struct {
		name, conf string
		notFound   string // empty: not static only
	}{
		{"official default", "", "none"},
		{"single-page application", "server { listen 80; location / { " + spa + " } }", "single-page-application"},
		{"try_files of the server's root", "server { root /app; location / { try_files $uri /index.html; } }", "single-page-application"},
		{"error page as fallback", "server { root /app; error_page 404 =200 /index.html; }", "single-page-application"},
		{"404 page", "server { root /app; error_page 404 /404.html; location = /404.html { } }", "404-page"},
		{"clean URLs", "server { root /app; location / { try_files $uri $uri.html $uri/ =404; } }", "none"},
		{"50x page", "server { location / { " + spa + " } error_page 500 502 /50x.html; location = /50x.html { root /x; } }", "single-page-application"},
		{"headers", "server { add_header X-A b; location / { " + spa + " } }", ""},
		{"caching", "server { location / { " + spa + " } location ~ \\.js$ { expires 1y; } }", ""},
		{"proxy", "server { location / { " + spa + " } location /api/ { proxy_pass http://api; } }", ""},
		{"rewrite", "server { rewrite ^/a /b; location / { " + spa + " } }", ""},
		{"password", "server { location / { auth_basic a; auth_basic_user_file /x; " + spa + " } }", ""},
		{"two servers", "server { root /a; } server { listen 81; root /b; }", ""},
		{"other index", "server { root /a; index main.html; }", ""},
		{"listing", "server { root /a; autoindex on; }", ""},
		{"folder by host", "server { root /a/$host; }", ""},
		{"no root", "server { listen 80; }", ""},
		{"other fallback", "server { root /a; location / { try_files $uri /app.php; } }", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := Image{Files: fstest.MapFS{}}
			if test.conf != "" {
				img = serverConf(test.conf)
			}
			cfg, problems := Parse(img)
			g, more := Translate(cfg, Environment{Peers: map[string]Peer{"api": {Binding: "API"}}})
			site, ok := StaticOnly(g, append(problems, more...))
			if ok != (test.notFound != "") || site.NotFound != test.notFound {
				t.Errorf("%v %+v", ok, site)
			}
			if ok && (site.Root == "" || len(site.Differences) < 5) {
				t.Errorf("%+v", site)
			}
		})
	}
}

func TestImagePaths(t *testing.T) {
	g, _ := translated(serverConf(`server {
		root /srv/www;
		location /a/ { alias /srv/a/; }
		location ~ ^/u/(.*)$ { alias /home/$1/public; }
		location /p/ { auth_basic x; auth_basic_user_file secrets/users; root /srv/www; }
		location /v/ { if ($arg_x) { root html/v/$host; } }
	}`))
	want := []string{"/etc/nginx/html/v", "/etc/nginx/secrets", "/home", "/srv/a", "/srv/www"}
	if diff := cmp.Diff(want, g.ImagePaths()); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("server { listen 80; location / { proxy_pass http://api; } }")
	f.Add("map $a $b { default x; ~^(?<n>y) $n; }\nserver { if ($b) { return 301 $b; } }")
	f.Add("server { location ~ \\.php$ { \"a;b\" 'c' } }}")
	f.Fuzz(func(t *testing.T, conf string) {
		cfg, _ := Parse(serverConf(conf))
		g, problems := Translate(cfg, Environment{})
		StaticOnly(g, problems)
		g.ImagePaths()
	})
}

// TestTranslated uses every directive that counts as translated once, where nginx allows it.
func TestTranslated(t *testing.T) {
	main := map[string]string{"http": ""}
	http := map[string]string{
		"map": "map $uri $x { default 1; }", "upstream": "upstream u { server api; }",
		"ip_hash": "upstream a { ip_hash; server api; }", "least_conn": "upstream b { least_conn; server api; }",
		"hash": "upstream c { hash $uri; server api; }", "random": "upstream d { random; server api; }",
		"server": "server { listen 81; }",
	}
	server := map[string]string{
		"listen": "listen 82;", "server_name": "server_name a.test;", "location": "location /l { }", "merge_slashes": "merge_slashes off;",
		"underscores_in_headers": "underscores_in_headers on;", "return": "return 301 /x;", "rewrite": "rewrite ^/a /b last;",
	}
	location := map[string]string{
		"internal": "internal;", "try_files": "try_files $uri =404;", "set": "set $a 1;", "break": "break;", "if": "if ($uri) { break; }",
		"root": "root /r;", "alias": "alias /a/;", "index": "index a.html;", "types": "types { text/x x; }", "default_type": "default_type text/x;",
		"charset": "charset utf-8;", "charset_types": "charset_types text/x;", "etag": "etag off;", "if_modified_since": "if_modified_since before;",
		"max_ranges": "max_ranges 1;", "ssi": "ssi on;", "ssi_types": "ssi_types text/x;", "expires": "expires modified +1h;",
		"add_header": "add_header A b always;", "error_page": "error_page 404 =200 /x;", "recursive_error_pages": "recursive_error_pages on;",
		"absolute_redirect": "absolute_redirect off;", "server_name_in_redirect": "server_name_in_redirect on;", "msie_padding": "msie_padding off;",
		"client_max_body_size": "client_max_body_size 1m;", "allow": "allow 127.0.0.1;", "deny": "deny all;", "satisfy": "satisfy any;",
		"auth_basic": "auth_basic x;", "auth_basic_user_file": "auth_basic_user_file /p;", "auth_request": "auth_request /auth;",
		"auth_request_set": "auth_request_set $b $upstream_http_x;", "limit_except": "limit_except GET { deny all; }",
		"proxy_pass": "proxy_pass http://api/x;", "stub_status": "", "empty_gif": "empty_gif;", "proxy_set_header": "proxy_set_header A b;",
		"proxy_method": "proxy_method POST;", "proxy_set_body": "proxy_set_body x;", "proxy_pass_request_headers": "proxy_pass_request_headers off;",
		"proxy_pass_request_body": "proxy_pass_request_body off;", "proxy_next_upstream": "proxy_next_upstream error http_502;",
		"proxy_next_upstream_tries": "proxy_next_upstream_tries 2;", "proxy_read_timeout": "proxy_read_timeout 5s;",
		"proxy_hide_header": "proxy_hide_header A;", "proxy_pass_header": "proxy_pass_header Server;", "proxy_ignore_headers": "proxy_ignore_headers X-Accel-Redirect;",
		"proxy_intercept_errors": "proxy_intercept_errors on;", "proxy_redirect": "proxy_redirect ~^http://a/(.*) /$1;",
		"proxy_cookie_domain": "proxy_cookie_domain a b;", "proxy_cookie_path": "proxy_cookie_path / /x/;",
	}
	seen := map[string]bool{}
	use := func(level map[string]string, around string) {
		for name, text := range level {
			seen[name] = true
			if _, problems := translated(serverConf(strings.Replace(around, "HERE", text, 1))); len(problems) > 0 {
				t.Errorf("%s: %v", name, problems)
			}
		}
	}
	use(main, "HERE")
	use(http, "HERE")
	use(server, "server { HERE }")
	use(location, "server { location /x/ { HERE } }")
	for name := range carriedOver {
		if !seen[name] {
			t.Errorf("%s counts as translated and is not tried here", name)
		}
	}
	for name := range seen {
		if !carriedOver[name] {
			t.Errorf("%s is translated and not listed", name)
		}
	}
}
