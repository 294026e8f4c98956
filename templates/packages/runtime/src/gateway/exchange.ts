import type { Gateway } from "./gateway.ts";
import type { Answer } from "./answer.ts";
import type { CompiledContent, CompiledServer } from "./compile.ts";
import type { Regex, Settings } from "./config.ts";
import { parsePath, splitQuery, toBytes, type Bytes } from "./uri.ts";

/** How often a URI may change in one request before nginx gives up (NGX_HTTP_MAX_URI_CHANGES). */
const maxUriChanges = 10;

const defaultMaxBodySize = 1024 * 1024;

/** What a request brings along besides its HTTP message. */
export interface Circumstances {
  env: Record<string, unknown>;
  ctx: ExecutionContext;
  /** The port of the container that the request reached. */
  port: number;
  /** The request comes from another service of the stack. */
  internal: boolean;
}

/** One request (or one subrequest) on its way through the gateway: nginx's `ngx_http_request_t`. */
export class Exchange {
  readonly gateway: Gateway;
  readonly server: CompiledServer;
  readonly request: Request;
  readonly url: URL;
  readonly circumstances: Circumstances;
  /** The request that this one is a subrequest of, else itself. */
  readonly main: Exchange;
  readonly startedAt = Date.now();
  method: string;
  /** The decoded path; it changes by rewrites and internal redirects. */
  uri: Bytes;
  /** The query without its question mark. */
  args: Bytes;
  /** Path and query as they came. */
  readonly unparsedUri: Bytes;
  /** The upstream may be given `unparsedUri`: nothing has changed the URI. */
  unparsedIsValid = true;
  /** The location that matched is the one whose prefix proxy_pass replaces. */
  locationIsValid = true;
  /** The URI is no longer the client's own: locations marked internal are open to it. */
  isInternal = false;
  quoted: boolean;
  plus: boolean;
  changesLeft = maxUriChanges + 1;
  /** What is in force: set by the location, then by an `if` inside it. */
  content: CompiledContent;
  /** Values of `set` and of named groups. */
  variables = new Map<string, string>();
  /** Groups of the regular expression that matched last. */
  captures: string[] = [];
  /** The status that an error page must keep. */
  errorStatus = 0;
  /** How many subrequests stand around this one. */
  depth = 0;
  /** An error page is being made already. */
  inErrorPage = false;
  /** Set by a rewrite that changed the URI without `break`. */
  uriChanged = false;
  remoteUser = "";
  upstreamAddress = "";
  upstreamStatus = "";
  upstreamHeaders: Headers | null = null;
  /** `$proxy_host` and `$proxy_port`, known once proxy_pass is evaluated. */
  proxyHost = "";
  proxyPort = "";
  /** The body, whose length was not announced, turned out to be too large. */
  bodyTooLarge = false;
  /** Headers that stay whatever answers in the end: those that came with an error. */
  readonly errorHeaders = new Headers();
  /** Headers of an upstream that handed over to a file by X-Accel-Redirect. */
  keptHeaders: Headers | null = null;
  /** The answer as it stands when headers are added. */
  answer: Answer | null = null;

  constructor(
    gateway: Gateway,
    server: CompiledServer,
    request: Request,
    url: URL,
    circumstances: Circumstances,
    parent?: Exchange,
  ) {
    this.gateway = gateway;
    this.server = server;
    this.request = request;
    this.url = url;
    this.circumstances = circumstances;
    this.main = parent?.main ?? this;
    this.method = request.method;
    this.unparsedUri = toBytes(url.pathname + url.search);
    this.args = toBytes(url.search.slice(1));
    this.content = server.content;
    const parsed = parsePath(url.pathname, server.mergeSlashes);
    this.uri = parsed?.uri ?? "/";
    this.quoted = parsed?.quoted ?? false;
    this.plus = parsed?.plus ?? false;
  }

  get settings(): Settings {
    return this.content.settings;
  }

  /** Bytes that the request's body may have; infinite without a limit. */
  get maxBodySize(): number {
    return (this.settings.maxBodySize ?? defaultMaxBodySize) || Number.POSITIVE_INFINITY;
  }

  get isSubrequest(): boolean {
    return this.main !== this;
  }

  /** The port that the client named, if any, with its colon. */
  get portSuffix(): string {
    const match = /:\d+$/.exec(this.request.headers.get("host") ?? "");
    return match ? match[0] : "";
  }

  /** `$host`: the host the client named, else the server's first name. */
  get host(): string {
    const named = (this.request.headers.get("host") ?? this.url.host).replace(/:\d*$/, "").toLowerCase();
    return named || this.server.primaryName;
  }

  /** The client's address. Other services of the stack have none that means anything here. */
  get remoteAddress(): string {
    const fromEdge = this.circumstances.internal ? null : this.request.headers.get("cf-connecting-ip");
    return fromEdge ?? "127.0.0.1";
  }

  /** Tests a text and remembers the groups, as nginx does only for what matches. */
  matches(regex: Regex, text: Bytes): boolean {
    const match = this.gateway.regex(regex).exec(text);
    if (!match) {
      return false;
    }
    this.captures = Array.from(match, (group) => group ?? "");
    for (const [name, value] of Object.entries(match.groups ?? {})) {
      this.variables.set(name, value ?? "");
    }
    return true;
  }

  /** Text with variables filled in. */
  expand(template: string): Bytes {
    return this.gateway.expand(template, this);
  }

  /** Points the exchange to another URI, as try_files, index and error_page do. False: there were too many changes. */
  redirectTo(uri: Bytes): boolean {
    const { path, args } = splitQuery(uri);
    this.changesLeft -= 1;
    this.uri = path;
    this.args = args;
    this.isInternal = true;
    this.unparsedIsValid = false;
    this.locationIsValid = true;
    this.uriChanged = false;
    this.content = this.server.content;
    return this.changesLeft > 0;
  }
}
