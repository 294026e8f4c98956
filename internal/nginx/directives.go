package nginx

import "strings"

// verdict is what becomes of a directive that Translate does not translate.
type verdict struct {
	level Level
	why   string
}

// The reasons that many directives share.
const (
	byPlatform   = "the platform runs the processes"
	byEdgeTLS    = "TLS ends at the platform's edge"
	byEdgeGzip   = "the platform compresses answers by itself"
	byEdgeConn   = "the platform keeps the connections to clients"
	noLogs       = "requests are logged by Workers Logs"
	noFiles      = "files are served from Workers assets"
	noBuffers    = "the runtime streams bodies"
	noTimeouts   = "the platform sets the time limits of requests"
	noSockets    = "upstreams are reached through service bindings, not sockets"
	noCache      = "answers are not cached by the gateway; each request reaches the upstream"
	noLimits     = "the gateway does not limit requests; use rate limiting rules of the zone"
	noFastCGI    = "only HTTP upstreams can be reached; the location answers 502"
	onlyFastCGI  = "it counts only for a backend that is no HTTP server, which is reported where it is passed to"
	noModule     = "the module has no counterpart in the gateway"
	noRealIP     = "the client's address comes from cf-connecting-ip already"
	noProcessing = "the answer's body is passed on unchanged"
)

// carriedOver are the directives that Translate carries over, each in the places where nginx allows it.
var carriedOver = words(`
	http server listen server_name location upstream map internal try_files merge_slashes underscores_in_headers
	set rewrite return break if
	root alias index types default_type charset charset_types etag if_modified_since max_ranges ssi ssi_types expires
	add_header error_page recursive_error_pages absolute_redirect server_name_in_redirect msie_padding
	client_max_body_size allow deny satisfy auth_basic auth_basic_user_file auth_request auth_request_set limit_except
	proxy_pass stub_status empty_gif proxy_set_header proxy_method proxy_set_body proxy_pass_request_headers
	proxy_pass_request_body proxy_next_upstream proxy_next_upstream_tries proxy_read_timeout proxy_hide_header
	proxy_pass_header proxy_ignore_headers proxy_intercept_errors proxy_redirect proxy_cookie_domain proxy_cookie_path
	ip_hash least_conn hash random`)

// verdictFor says what becomes of a directive that is not translated, by its name or else by the longest prefix of its name.
func verdictFor(name string) verdict {
	if carriedOver[name] {
		return verdict{Invalid, name + " is not allowed here"}
	}
	if v, ok := exactVerdicts[name]; ok {
		return v
	}
	best := ""
	for prefix := range prefixVerdicts {
		if strings.HasPrefix(name, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	if best != "" {
		return prefixVerdicts[best]
	}
	return verdict{Unsupported, "the directive is not known to the gateway"}
}

// exactVerdicts are directives by name.
var exactVerdicts = map[string]verdict{
	// The main context.
	"daemon": {Ignored, byPlatform}, "debug_points": {Ignored, byPlatform}, "env": {Ignored, byPlatform},
	"events": {Ignored, byPlatform}, "load_module": {Ignored, "the directives of a module are judged one by one"},
	"lock_file": {Ignored, byPlatform}, "master_process": {Ignored, byPlatform}, "pcre_jit": {Ignored, byPlatform},
	"pid": {Ignored, byPlatform}, "ssl_engine": {Ignored, byEdgeTLS}, "thread_pool": {Ignored, byPlatform},
	"timer_resolution": {Ignored, byPlatform}, "user": {Ignored, byPlatform},
	"stream": {Unsupported, "TCP and UDP cannot be forwarded: a Worker receives only HTTP from outside"},
	"mail":   {Unsupported, "mail cannot be forwarded: a Worker receives only HTTP from outside"},

	// Logging.
	"access_log": {Ignored, noLogs}, "error_log": {Ignored, noLogs}, "log_format": {Ignored, noLogs},
	"log_not_found": {Ignored, noLogs}, "log_subrequest": {Ignored, noLogs}, "open_log_file_cache": {Ignored, noLogs},
	"rewrite_log": {Ignored, noLogs}, "uninitialized_variable_warn": {Ignored, noLogs},

	// Files.
	"aio": {Ignored, noFiles}, "aio_write": {Ignored, noFiles}, "directio": {Ignored, noFiles},
	"directio_alignment": {Ignored, noFiles}, "disable_symlinks": {Ignored, noFiles}, "open_file_cache": {Ignored, noFiles},
	"open_file_cache_errors": {Ignored, noFiles}, "open_file_cache_min_uses": {Ignored, noFiles},
	"open_file_cache_valid": {Ignored, noFiles}, "output_buffers": {Ignored, noFiles}, "read_ahead": {Ignored, noFiles},
	"sendfile": {Ignored, noFiles}, "sendfile_max_chunk": {Ignored, noFiles}, "subrequest_output_buffer_size": {Ignored, noFiles},
	"proxy_cache": {Differs, noCache},
	"autoindex":   {Unsupported, "folders are not listed: a folder without an index file answers 403"},
	"gzip":        {Ignored, byEdgeGzip}, "gunzip": {Ignored, byEdgeGzip},
	"gzip_static": {Differs, "the .gz files are not used; " + byEdgeGzip},

	// Connections and buffers.
	"chunked_transfer_encoding": {Ignored, byEdgeConn}, "keepalive_disable": {Ignored, byEdgeConn},
	"keepalive_requests": {Ignored, byEdgeConn}, "keepalive_time": {Ignored, byEdgeConn}, "keepalive_timeout": {Ignored, byEdgeConn},
	"http2": {Ignored, byEdgeConn}, "http3": {Ignored, byEdgeConn}, "postpone_output": {Ignored, byEdgeConn},
	"reset_timedout_connection": {Ignored, byEdgeConn}, "send_lowat": {Ignored, byEdgeConn}, "send_timeout": {Ignored, byEdgeConn},
	"tcp_nodelay": {Ignored, byEdgeConn}, "tcp_nopush": {Ignored, byEdgeConn}, "ignore_invalid_headers": {Ignored, byEdgeConn},
	"connection_pool_size": {Ignored, byPlatform}, "request_pool_size": {Ignored, byPlatform},
	"client_body_temp_path": {Ignored, noBuffers}, "client_body_timeout": {Ignored, noTimeouts},
	"client_body_buffer_size": {Ignored, noBuffers}, "client_body_in_file_only": {Ignored, noBuffers},
	"client_body_in_single_buffer": {Ignored, noBuffers}, "client_header_buffer_size": {Ignored, byEdgeConn},
	"client_header_timeout": {Ignored, byEdgeConn}, "large_client_header_buffers": {Ignored, byEdgeConn},
	"max_headers": {Ignored, byEdgeConn}, "resolver": {Ignored, noSockets}, "resolver_timeout": {Ignored, noSockets},
	"server_names_hash_bucket_size": {Ignored, byPlatform}, "server_names_hash_max_size": {Ignored, byPlatform},
	"map_hash_bucket_size": {Ignored, byPlatform}, "map_hash_max_size": {Ignored, byPlatform},
	"types_hash_bucket_size": {Ignored, byPlatform}, "types_hash_max_size": {Ignored, byPlatform},
	"variables_hash_bucket_size": {Ignored, byPlatform}, "variables_hash_max_size": {Ignored, byPlatform},
	"server_tokens":    {Ignored, "the Server header is always \"nginx\", as with server_tokens off"},
	"port_in_redirect": {Differs, "redirects keep the port of the request's Host header, whatever port the server listens on"},
	"limit_rate":       {Unsupported, "the speed of answers is not limited"},
	"limit_rate_after": {Unsupported, "the speed of answers is not limited"},
	"source_charset":   {Ignored, noProcessing}, "override_charset": {Ignored, noProcessing}, "charset_map": {Unsupported, noProcessing},
	"sub_filter": {Unsupported, noProcessing}, "sub_filter_once": {Unsupported, noProcessing},
	"sub_filter_types": {Unsupported, noProcessing}, "sub_filter_last_modified": {Unsupported, noProcessing},
	"add_before_body": {Unsupported, noProcessing}, "add_after_body": {Unsupported, noProcessing}, "xslt_stylesheet": {Unsupported, noProcessing},
	"add_trailer": {Unsupported, "trailers are not sent"}, "if_unmodified_since": {Unsupported, noModule},
	"geo": {Unsupported, "the variable is empty: addresses are not looked up"}, "split_clients": {Unsupported, "the variable is empty"},
	"auth_delay": {Ignored, "failed passwords are answered at once"}, "satisfy_any": {Unsupported, noModule},
	"mirror": {Unsupported, "requests are not copied to a second upstream"}, "mirror_request_body": {Ignored, "there are no mirrors"},
	"early_hints": {Ignored, byEdgeConn}, "flv": {Unsupported, noModule}, "mp4": {Unsupported, noModule}, "slice": {Unsupported, noModule},
	"random_index": {Unsupported, noModule}, "userid": {Unsupported, noModule}, "valid_referers": {Unsupported, noModule},
	"image_filter": {Unsupported, noModule}, "perl": {Unsupported, noModule},
	"ssi_silent_errors": {Ignored, "errors of SSI stay visible"}, "ssi_last_modified": {Ignored, "answers with SSI name no date"},
	"ssi_min_file_chunk": {Ignored, noBuffers}, "ssi_value_length": {Ignored, noBuffers},
}

// prefixVerdicts are families of directives by the beginning of their names.
var prefixVerdicts = map[string]verdict{
	"worker_": {Ignored, byPlatform}, "accept_mutex": {Ignored, byPlatform}, "multi_accept": {Ignored, byPlatform},
	"ssl_": {Ignored, byEdgeTLS}, "ssl": {Ignored, byEdgeTLS}, "http2_": {Ignored, byEdgeConn}, "http3_": {Ignored, byEdgeConn},
	"quic_": {Ignored, byEdgeConn}, "gzip_": {Ignored, byEdgeGzip}, "gunzip_": {Ignored, byEdgeGzip}, "brotli": {Ignored, byEdgeGzip},
	"zstd": {Ignored, byEdgeGzip}, "autoindex_": {Unsupported, "folders are not listed"},
	"set_real_ip_from": {Ignored, noRealIP}, "real_ip_": {Ignored, noRealIP},
	"limit_req": {Unsupported, noLimits}, "limit_conn": {Unsupported, noLimits}, "limit_zone": {Unsupported, noLimits},
	"fastcgi_": {Ignored, onlyFastCGI}, "uwsgi_": {Ignored, onlyFastCGI}, "scgi_": {Ignored, onlyFastCGI},
	"grpc_": {Ignored, onlyFastCGI}, "memcached_": {Ignored, onlyFastCGI},
	"proxy_cache_": {Ignored, noCache}, "proxy_no_cache": {Ignored, noCache}, "proxy_store": {Unsupported, "answers are not stored in files"},
	"proxy_buffer": {Ignored, noBuffers}, "proxy_busy_buffers_size": {Ignored, noBuffers}, "proxy_max_temp_file_size": {Ignored, noBuffers},
	"proxy_request_buffering": {Ignored, noBuffers}, "proxy_temp_": {Ignored, noBuffers}, "proxy_headers_hash_": {Ignored, byPlatform},
	"proxy_connect_timeout": {Ignored, noSockets}, "proxy_send_timeout": {Ignored, noTimeouts}, "proxy_send_lowat": {Ignored, noSockets},
	"proxy_socket_keepalive": {Ignored, noSockets}, "proxy_http_version": {Ignored, noSockets}, "proxy_bind": {Ignored, noSockets},
	"proxy_ssl_": {Ignored, "certificates of upstreams outside are checked by the platform"}, "proxy_limit_rate": {Unsupported, noLimits},
	"proxy_ignore_client_abort": {Ignored, byEdgeConn}, "proxy_next_upstream_timeout": {Ignored, noTimeouts},
	"proxy_force_ranges": {Unsupported, "parts of an upstream's answer are not cut out by the gateway"},
	"proxy_cookie_flags": {Unsupported, "the flags of cookies stay as the upstream sets them"},
	"variables_hash_":    {Ignored, byPlatform}, "sub_filter": {Unsupported, noProcessing},
	"lua_": {Unsupported, noModule}, "js_": {Unsupported, noModule}, "perl_": {Unsupported, noModule}, "geoip": {Unsupported, noModule},
	"dav_": {Unsupported, noModule}, "create_full_put_path": {Unsupported, noModule}, "secure_link": {Unsupported, noModule},
	"image_filter_": {Unsupported, noModule}, "xslt_": {Unsupported, noProcessing}, "userid_": {Unsupported, noModule},
	"more_set_headers": {Unsupported, "use add_header: the headers_more module is missing"}, "more_": {Unsupported, noModule},
	"otel_": {Ignored, noLogs}, "opentracing": {Ignored, noLogs}, "js_import": {Unsupported, noModule},
}

// upstreamVerdicts are directives inside an upstream block.
var upstreamVerdicts = map[string]verdict{
	"keepalive": {Ignored, noSockets}, "keepalive_requests": {Ignored, noSockets}, "keepalive_time": {Ignored, noSockets},
	"keepalive_timeout": {Ignored, noSockets}, "zone": {Ignored, "each isolate keeps its own state"},
	"resolver": {Ignored, noSockets}, "resolver_timeout": {Ignored, noSockets},
	"sticky": {Unsupported, "clients are not kept at one server; use ip_hash or hash"},
	"ntlm":   {Unsupported, noModule}, "queue": {Unsupported, noModule}, "state": {Unsupported, noModule},
}
