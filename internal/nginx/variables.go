package nginx

import (
	"fmt"
	"regexp"
	"strings"
)

// gatewayVariables are nginx's own variables that the gateway computes.
var gatewayVariables = words(`
	args body_bytes_sent content_length content_type document_root document_uri fastcgi_script_name host hostname https
	is_args msec nginx_version pid proxy_add_x_forwarded_for proxy_host proxy_port query_string realpath_root
	realip_remote_addr remote_addr remote_port remote_user request request_completion request_filename
	request_id request_length request_method request_time request_uri scheme server_addr server_name server_port
	server_protocol status time_iso8601 time_local uri
	connections_active connections_reading connections_waiting connections_writing
	upstream_addr upstream_status upstream_response_time date_gmt date_local`)

// emptyVariables are nginx's own variables that are always empty in the gateway, with the reason.
var emptyVariables = map[string]string{
	"binary_remote_addr":         "it is meant for limits, which the gateway does not keep",
	"bytes_sent":                 "it is meant for logs",
	"connection":                 "a Worker sees no connections",
	"connection_requests":        "a Worker sees no connections",
	"gzip_ratio":                 "the platform compresses",
	"http2":                      "the platform speaks HTTP/2",
	"limit_rate":                 "the gateway does not limit rates",
	"limit_req_status":           "the gateway does not limit requests",
	"limit_conn_status":          "the gateway does not limit connections",
	"nginx_worker":               "there are no worker processes",
	"pipe":                       "it is meant for logs",
	"proxy_protocol_addr":        "the platform tells the client's address itself",
	"proxy_protocol_port":        "the platform tells the client's address itself",
	"request_body":               "bodies are streamed, not kept",
	"request_body_file":          "bodies are not kept in files",
	"upstream_bytes_received":    "it is meant for logs",
	"upstream_bytes_sent":        "it is meant for logs",
	"upstream_cache_status":      "the gateway does not cache",
	"upstream_connect_time":      "it is meant for logs",
	"upstream_header_time":       "it is meant for logs",
	"upstream_response_length":   "it is meant for logs",
	"modern_browser":             "the browser module is missing",
	"ancient_browser":            "the browser module is missing",
	"msie":                       "the browser module is missing",
	"slice_range":                "the slice module is missing",
	"invalid_referer":            "the referer module is missing",
	"secure_link":                "the secure_link module is missing",
	"secure_link_expires":        "the secure_link module is missing",
	"memcached_key":              "memcached is not spoken",
	"fastcgi_path_info":          "FastCGI is not spoken",
	"uid_got":                    "the userid module is missing",
	"uid_set":                    "the userid module is missing",
	"uid_reset":                  "the userid module is missing",
	"session_log_id":             "it is meant for logs",
	"tcpinfo_rtt":                "a Worker sees no connections",
	"proxy_internal_body_length": "it is internal to nginx",
}

// variablePrefixes begin the names of variables of which there are any number; the gateway computes them all.
var variablePrefixes = []string{"arg_", "cookie_", "http_", "sent_http_", "upstream_http_", "upstream_cookie_", SecretVariable}

// emptyPrefixes begin the names of variables that are always empty in the gateway.
var emptyPrefixes = map[string]string{
	"ssl_":           "TLS ends at the platform's edge",
	"geoip_":         "the geoip module is missing; the platform tells the country in cf-ipcountry",
	"geoip2_":        "the geoip2 module is missing; the platform tells the country in cf-ipcountry",
	"jwt_":           "it belongs to the commercial edition",
	"sent_trailer_":  "trailers are not passed on",
	"proxy_protocol": "the platform tells the client's address itself",
	"upstream_trai":  "trailers are not passed on",
}

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

var variableReference = regexp.MustCompile(`\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))`)

// references are the names of the variables that a template uses, in order.
func references(template string) []string {
	var names []string
	for _, m := range variableReference.FindAllStringSubmatch(template, -1) {
		names = append(names, m[1]+m[2])
	}
	return names
}

// definedVariables are the variables that the configuration itself defines: by set, map, geo and the like, and by the named
// groups of regular expressions.
func definedVariables(directives []*Directive, into map[string]string) {
	for _, d := range directives {
		switch d.Name {
		case "set", "auth_request_set", "perl_set", "js_set", "js_var", "set_by_lua_block":
			into[strings.TrimPrefix(d.Arg(0), "$")] = d.Name
		case "map", "geo", "split_clients":
			if n := len(d.Args); n > 0 {
				into[strings.TrimPrefix(d.Args[n-1], "$")] = d.Name
			}
		}
		for _, text := range append([]string{d.Name}, d.Args...) {
			for _, name := range captureNames(text) {
				into[name] = "capture"
			}
		}
		definedVariables(d.Block, into)
	}
}

// checkVariables reports what a template refers to and the gateway cannot know.
func (t *translator) checkVariables(d *Directive, template string) {
	for _, name := range references(template) {
		level, message := t.judgeVariable(name)
		if level != "" {
			t.problem(level, d, message)
		}
	}
}

// judgeVariable tells what is wrong with a variable; level is empty when it is fine.
func (t *translator) judgeVariable(name string) (level Level, message string) {
	if name != "" && strings.Trim(name, "0123456789") == "" {
		return "", "" // a group of a regular expression
	}
	if by, ok := t.defined[name]; ok {
		switch by {
		case "set", "map", "capture", "auth_request_set":
			return "", ""
		}
		return Unsupported, fmt.Sprintf("$%s is empty: %s is not supported", name, by)
	}
	if gatewayVariables[name] {
		return "", ""
	}
	for _, p := range variablePrefixes {
		if strings.HasPrefix(name, p) {
			return "", ""
		}
	}
	if why, ok := emptyVariables[name]; ok {
		return Differs, fmt.Sprintf("$%s is empty: %s", name, why)
	}
	for p, why := range emptyPrefixes {
		if strings.HasPrefix(name, p) {
			return Differs, fmt.Sprintf("$%s is empty: %s", name, why)
		}
	}
	return Invalid, fmt.Sprintf("unknown %q variable: neither nginx nor this configuration defines it", "$"+name)
}
