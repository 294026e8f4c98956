/**
 * The configuration of a gateway: an nginx configuration, read and checked by dock2edge, in a form a Worker can interpret.
 *
 * It keeps nginx's own structure (servers, nested locations, directives that are inherited) so that one can be read
 * beside the other. What differs is only how things are written down:
 *
 * - Directives that nginx inherits from the enclosing level appear where the nginx file has them; the gateway inherits
 *   them the way nginx does (a level that sets a directive replaces it as a whole).
 * - Regular expressions are JavaScript's, translated from PCRE.
 * - Times are seconds and sizes are bytes.
 * - A `Template` is text with nginx variables: `$name`, `${name}`, `$1`.
 *
 * The Go side (internal/nginx) writes this structure; the type checker holds both together.
 */
export interface GatewayConfig {
  /** The container's ports that requests from outside reach, by the scheme of the URL. */
  entry: { http: number; https: number };
  /** Directives of the http block, which every server inherits. */
  settings?: Settings;
  /** In file order: the first server of a port is its default unless another says so. */
  servers: Server[];
  upstreams?: Upstream[];
  maps?: VariableMap[];
  /** Tables made by `types` blocks, by the name that `Settings.types` uses: file extension → MIME type. */
  mimeTypes?: Record<string, Record<string, string>>;
  /** Network names of the stack → what answers there. */
  peers: Record<string, GatewayPeer>;
  /** Which parts of the image were uploaded as assets. The longest matching path counts. */
  files?: FileMount[];
  /** Files of the image whose text is a secret: path → name of the variable that holds it. */
  secretFiles?: Record<string, string>;
}

/** Text with nginx variables. */
export type Template = string;

export type GatewayPeer =
  /** A service binding. */
  | { binding: string }
  /** The gateway's own container under another name. */
  | { self: true }
  /** A server outside; `address` is the name of the variable that holds "host:port" or a URL without a path. */
  | { address: string };

/** A folder or file of the image, and its path among the assets. */
export interface FileMount {
  path: string;
  assets: string;
}

export interface Server {
  listen: Listen[];
  names?: ServerName[];
  /** Rewrite directives of the server itself, in order. */
  steps?: Step[];
  settings?: Settings;
  /** Counts where no location matches: locations do not inherit it. */
  tryFiles?: TryFiles;
  locations?: Location[];
  /** `merge_slashes`; on unless set. */
  mergeSlashes?: boolean;
  /** `underscores_in_headers`; off unless set. */
  underscoresInHeaders?: boolean;
}

export interface Listen {
  port: number;
  default?: boolean;
  ssl?: boolean;
}

/** `example.com` · `*.example.com` (leading) · `www.example.*` (trailing) · `~^www\d+` (regex). */
export type ServerName =
  | { kind: "exact"; value: string }
  /** Any host that ends in `value`, which begins with a dot; `.example.com` also matches the bare domain. */
  | { kind: "leading-wildcard"; value: string; bare?: boolean }
  /** Any host that begins with `value`, which ends with a dot. */
  | { kind: "trailing-wildcard"; value: string }
  | { kind: "regex"; regex: Regex };

export interface Regex {
  /** Source of a JavaScript regular expression. */
  pattern: string;
  ignoreCase?: boolean;
}

export interface Location {
  match: Match;
  internal?: boolean;
  steps?: Step[];
  settings?: Settings;
  /** What answers here; static files unless set. */
  handler?: Handler;
  tryFiles?: TryFiles;
  /** Locations inside this one. */
  locations?: Location[];
}

/** `= /x` · `/x` · `^~ /x` (prefix-only: no regex is tried after it) · `~ re` · `@name` */
export type Match =
  | { kind: "exact" | "prefix" | "prefix-only"; path: string }
  | { kind: "regex"; regex: Regex }
  | { kind: "named"; name: string };

export interface TryFiles {
  /** A trailing slash asks for a directory. */
  paths: Template[];
  /** The last argument: another URI, a named location or a status. */
  otherwise: { uri: Template } | { location: string } | { status: number };
}

export type Handler =
  | {
      kind: "proxy";
      /** The URL as in `proxy_pass`. */
      pass: Template;
      /** A path in `pass` takes the place of this part of the request's path. Unset where nginx forbids a path. */
      prefix?: string;
    }
  | { kind: "status" }
  | { kind: "empty-gif" }
  /** A directive with no counterpart, such as fastcgi_pass: the gateway answers 502 as if the backend were down. */
  | { kind: "unavailable"; directive: string };

export type Step =
  | { do: "set"; variable: string; value: Template }
  | { do: "rewrite"; regex: Regex; replacement: Template; flag?: "last" | "break" | "redirect" | "permanent" }
  | { do: "return"; status: number; text?: Template; location?: Template }
  | { do: "break" }
  | {
      do: "if";
      when: Condition;
      steps?: Step[];
      /** Other directives of the block: they take the place of the location's when the condition holds. */
      settings?: Settings;
      handler?: Handler;
    };

export type Condition =
  | { test: "set"; value: Template }
  | { test: "equal"; value: Template; to: Template; not?: boolean }
  | { test: "matches"; value: Template; regex: Regex; not?: boolean }
  | { test: "file" | "directory" | "exists"; path: Template; not?: boolean };

/** Directives that a level inherits from the one around it. */
export interface Settings {
  // Files
  root?: Template;
  /** Takes the place of the part of the path that the location matched; of the whole path in a regex location. */
  alias?: { path: Template; prefix?: string };
  index?: Template[];
  /** Name of a table in `mimeTypes`, or "mime.types": the table nginx ships. */
  types?: string;
  defaultType?: string;
  /** "off" names no charset. */
  charset?: Template;
  charsetTypes?: string[];
  etag?: boolean;
  ifModifiedSince?: "off" | "exact" | "before";
  maxRanges?: number;
  ssi?: boolean;
  ssiTypes?: string[];
  /** As nginx spells it: "30d", "-1", "epoch", "max", "off", "@15h30m", or a variable that holds one of these. */
  expires?: { value: Template; modified?: boolean };

  // Answers
  addHeaders?: AddHeader[];
  errorPages?: ErrorPage[];
  recursiveErrorPages?: boolean;
  absoluteRedirect?: boolean;
  serverNameInRedirect?: boolean;
  msiePadding?: boolean;

  // Who may ask, and how much
  /** Bytes; 0 sets no limit. 1 MiB unless set. */
  maxBodySize?: number;
  access?: AccessRule[];
  satisfy?: "all" | "any";
  /** "off" asks for no password. */
  authRealm?: Template;
  authUserFile?: Template;
  /** A URI that is asked first: 2xx lets the request in. "off" asks none. */
  authRequest?: Template;
  authRequestSets?: { variable: string; value: Template }[];
  /** `limit_except`: for all methods but these (GET includes HEAD) these rules apply. */
  limitExcept?: { methods: string[]; access?: AccessRule[]; authRealm?: Template; authUserFile?: Template };

  // Proxy
  proxyHeaders?: HeaderSetting[];
  proxyHideHeaders?: string[];
  proxyPassHeaders?: string[];
  proxyIgnoreHeaders?: string[];
  proxyRedirects?: ProxyRedirect[] | "off";
  proxyCookieDomains?: CookieRewrite[];
  proxyCookiePaths?: CookieRewrite[];
  proxyInterceptErrors?: boolean;
  proxyMethod?: Template;
  proxyBody?: Template;
  proxyPassRequestHeaders?: boolean;
  proxyPassRequestBody?: boolean;
  /** `proxy_next_upstream`: "error", "timeout", "http_502", "non_idempotent", … */
  nextUpstream?: string[];
  nextUpstreamTries?: number;
  /** Seconds to wait for the answer's headers (`proxy_read_timeout`). */
  proxyReadTimeout?: number;
}

export interface AddHeader {
  name: string;
  value: Template;
  always?: boolean;
}

export interface HeaderSetting {
  name: string;
  value: Template;
}

export interface ErrorPage {
  statuses: number[];
  /** A URI (begins with a slash), a named location (begins with @) or a URL to redirect to. */
  to: Template;
  /** `=204` sets the status, `=` (0) takes the page's own. */
  status?: number;
}

export interface AccessRule {
  allow: boolean;
  /** "all", an address or a network in CIDR notation, IPv4 or IPv6. */
  from: string;
}

/** "default" derives the change from proxy_pass. */
export type ProxyRedirect = "default" | { from: Template | Regex; to: Template };

/** "off" leaves the attribute alone. */
export type CookieRewrite = "off" | { from: Template | Regex; to: Template };

export interface Upstream {
  name: string;
  servers: UpstreamServer[];
  balance?: "round-robin" | "ip-hash" | "least-connections" | "random" | { hash: Template; consistent?: boolean };
}

export interface UpstreamServer {
  /** host or host:port */
  address: string;
  weight?: number;
  backup?: boolean;
  down?: boolean;
  /** Failed attempts within `failTimeout` seconds that take the server out for as long. 0: never. */
  maxFails?: number;
  failTimeout?: number;
}

export interface VariableMap {
  /** Without the dollar sign. */
  variable: string;
  source: Template;
  hostnames?: boolean;
  default?: Template;
  entries?: MapEntry[];
}

export type MapEntry = { value: string; to: Template } | { regex: Regex; to: Template };
