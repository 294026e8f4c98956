import { checkAccess } from "./access.ts";
import { builtInAnswer, redirect, status, textAnswer, type Answer, type Outcome } from "./answer.ts";
import { compileServers, type CompiledServer } from "./compile.ts";
import type { GatewayConfig, Handler, Regex, VariableMap } from "./config.ts";
import { Exchange, type Circumstances } from "./exchange.ts";
import { ImageFiles, type ManifestEntry } from "./files.ts";
import { finish } from "./filters.ts";
import { findLocation, findServer } from "./locations.ts";
import { proxy } from "./proxy.ts";
import { runSteps } from "./rewrite.ts";
import { serveFile, tryFiles } from "./static.ts";
import { parseTemplate, type Part } from "./template.ts";
import { Balancer } from "./upstreams.ts";
import { escapePath, parsePath, toBytes, type Bytes } from "./uri.ts";
import { variable } from "./variables.ts";

/** How deep subrequests may nest before an include of itself is cut off. */
const maxSubrequestDepth = 20;

const emptyGif =
  "GIF89a\x01\x00\x01\x00\x80\x01\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x01\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02L\x01\x00;";

/** The date that nginx gives its gif, in seconds. */
const emptyGifDate = 23_349_600;

/** A service binding. */
interface Fetcher {
  fetch(request: Request): Promise<Response>;
}

/** One nginx configuration at work: what is shared by its requests. */
export class Gateway {
  readonly config: GatewayConfig;
  readonly files: ImageFiles;
  readonly maps: ReadonlyMap<string, VariableMap>;
  readonly counters = { active: 0, requests: 0 };
  readonly #servers: CompiledServer[];
  readonly #balancers: Map<string, Balancer>;
  readonly #templates = new Map<string, Part[]>();
  readonly #regexes = new Map<Regex, RegExp>();

  constructor(config: GatewayConfig, manifest: readonly ManifestEntry[]) {
    this.config = config;
    this.files = new ImageFiles(manifest, config.files ?? [], config.secretFiles ?? {});
    this.maps = new Map((config.maps ?? []).map((map) => [map.variable, map]));
    this.#servers = compileServers(config);
    this.#balancers = new Map((config.upstreams ?? []).map((u) => [u.name.toLowerCase(), new Balancer(u)]));
  }

  /** The pieces of a template, split once. */
  parts(template: string): Part[] {
    let parts = this.#templates.get(template);
    if (!parts) {
      parts = parseTemplate(template);
      this.#templates.set(template, parts);
    }
    return parts;
  }

  expand(template: string, x: Exchange): Bytes {
    return this.parts(template)
      .map((part) => ("text" in part ? part.text : variable(part.variable, x)))
      .join("");
  }

  variable(name: string, x: Exchange): Bytes {
    return variable(name, x);
  }

  regex(regex: Regex): RegExp {
    let compiled = this.#regexes.get(regex);
    if (!compiled) {
      compiled = new RegExp(toBytes(regex.pattern), regex.ignoreCase ? "i" : "");
      this.#regexes.set(regex, compiled);
    }
    return compiled;
  }

  /** The servers behind the name of an upstream; null when it is a plain host. */
  balancer(authority: string): Balancer | null {
    return this.#balancers.get(authority.toLowerCase()) ?? null;
  }

  /** Answers a request that came from outside or from another service. */
  async handle(request: Request, circumstances: Circumstances): Promise<Response> {
    const url = new URL(request.url);
    const host = (request.headers.get("host") ?? url.host).replace(/:\d*$/, "").toLowerCase();
    const named = new Map<string, string>();
    let captures: string[] = [];
    const server = findServer(this.#servers, circumstances.port, host, (regex) => {
      const match = this.regex(regex).exec(host);
      captures = Array.from(match ?? [], (group) => group ?? "");
      Object.entries(match?.groups ?? {}).forEach(([name, value]) => named.set(name, value ?? ""));
      return match !== null;
    });
    if (!server) {
      return new Response(null, { status: 502, headers: { "x-dock2edge-error": "ECONNREFUSED" } });
    }
    const x = new Exchange(this, server, request, url, circumstances);
    x.captures = captures;
    x.variables = named;
    this.counters.requests += 1;
    this.counters.active += 1;
    try {
      return await this.#respond(x);
    } catch (error) {
      // For example a header with a line break that came from the URL.
      console.error(`${x.method} ${x.unparsedUri}: ${String(error)}`);
      const page = builtInAnswer(500, "", false);
      return new Response(page.body, { status: 500, headers: { "content-type": page.contentType, server: "nginx" } });
    } finally {
      this.counters.active -= 1;
    }
  }

  async #respond(x: Exchange): Promise<Response> {
    let answer = await this.#run(x, refusedAtOnce(x) ?? (await this.#fromServer(x)));
    for (;;) {
      const finished = await finish(x, answer);
      if (finished instanceof Response) {
        return finished;
      }
      answer = await this.#run(x, finished);
    }
  }

  /** Follows internal redirects and error pages until there is an answer. */
  async #run(x: Exchange, first: Outcome): Promise<Answer> {
    let outcome = first;
    for (;;) {
      switch (outcome.kind) {
        case "answer":
          if (x.errorStatus !== 0) {
            outcome.answer.status = x.errorStatus;
          }
          return withKeptHeaders(x, outcome.answer);
        case "status":
          outcome = this.#special(x, outcome);
          break;
        case "redirect":
          outcome = x.redirectTo(outcome.uri) ? await this.#fromServer(x) : this.#cycle(x);
          break;
        case "named":
          outcome = await this.#fromNamed(x, outcome.name);
          break;
      }
    }
  }

  #cycle(x: Exchange): Outcome {
    console.error(`rewrite or internal redirection cycle while processing "${x.uri}"`);
    x.inErrorPage = true;
    return status(500);
  }

  async #fromNamed(x: Exchange, name: string): Promise<Outcome> {
    const location = x.server.locations.named.get(name);
    x.changesLeft -= 1;
    if (!location || x.changesLeft <= 0) {
      console.error(
        location ? `rewrite or internal redirection cycle to @${name}` : `could not find location "@${name}"`,
      );
      return this.#cycle(x);
    }
    x.isInternal = true;
    x.uriChanged = false;
    x.content = location.content;
    const ended = runSteps(x, x.content.steps, true);
    if (ended) {
      return ended;
    }
    return x.uriChanged ? this.#fromLocation(x) : this.#inLocation(x);
  }

  async #fromServer(x: Exchange): Promise<Outcome> {
    const ended = runSteps(x, x.server.steps, false);
    x.uriChanged = false;
    return ended ?? this.#fromLocation(x);
  }

  /** Finds the location and runs its rewrite directives, again for as long as they change the URI. */
  async #fromLocation(x: Exchange): Promise<Outcome> {
    for (;;) {
      x.uriChanged = false;
      x.content = x.server.content;
      const found = findLocation(x, x.server.locations);
      if (found.kind !== "none") {
        x.content = found.location.content;
        if (found.location.internal && !x.isInternal) {
          return status(404);
        }
      }
      if (this.#isTooLarge(x)) {
        return status(413);
      }
      if (found.kind === "slash") {
        return redirect(301, escapePath(found.path) + (x.args === "" ? "" : "?" + x.args));
      }
      const ended = found.kind === "location" ? runSteps(x, x.content.steps, true) : null;
      if (ended) {
        return ended;
      }
      if (!x.uriChanged) {
        return this.#inLocation(x);
      }
      x.changesLeft -= 1;
      if (x.changesLeft <= 0) {
        return this.#cycle(x);
      }
    }
  }

  #isTooLarge(x: Exchange): boolean {
    const length = Number(x.request.headers.get("content-length") ?? 0);
    return length > x.maxBodySize && !x.isSubrequest;
  }

  async #inLocation(x: Exchange): Promise<Outcome> {
    const refused = x.isSubrequest ? null : await checkAccess(x);
    if (refused) {
      return refused;
    }
    return tryFiles(x) ?? this.#answer(x, x.content.handler);
  }

  async #answer(x: Exchange, handler: Handler | undefined): Promise<Outcome> {
    switch (handler?.kind) {
      case undefined:
        return serveFile(x);
      case "proxy":
        return proxy(x, handler.pass, handler.prefix === undefined ? undefined : toBytes(handler.prefix));
      case "status":
      case "empty-gif":
        if (x.method !== "GET" && x.method !== "HEAD") {
          return status(405);
        }
        return this.#made(handler.kind);
      case "unavailable":
        console.error(`${handler.directive} has no counterpart in a Worker`);
        return status(502);
    }
  }

  /** Answers that nginx makes by itself. */
  #made(kind: "status" | "empty-gif"): Outcome {
    switch (kind) {
      case "status":
        return { kind: "answer", answer: textAnswer(200, this.#statusPage(), "text/plain") };
      case "empty-gif":
        return { kind: "answer", answer: { ...textAnswer(200, emptyGif, "image/gif"), lastModified: emptyGifDate } };
    }
  }

  #statusPage(): string {
    const { active, requests } = this.counters;
    return (
      `Active connections: ${active} \nserver accepts handled requests\n ${requests} ${requests} ${requests} \n` +
      `Reading: 0 Writing: ${active} Waiting: 0 \n`
    );
  }

  /** True when an error_page stands for a status where the exchange is now. */
  hasErrorPage(x: Exchange, code: number): boolean {
    return (x.settings.errorPages ?? []).some((page) => page.statuses.includes(code));
  }

  /** An error page of the configuration, or nginx's own page. */
  #special(x: Exchange, outcome: Extract<Outcome, { kind: "status" }>): Outcome {
    const { status: code } = outcome;
    x.errorStatus = code;
    outcome.headers?.forEach((value, name) => x.errorHeaders.set(name, value));
    const page = (x.settings.errorPages ?? []).find((p) => p.statuses.includes(code));
    if (page && !x.inErrorPage && x.changesLeft > 1) {
      x.inErrorPage = !x.settings.recursiveErrorPages;
      x.errorStatus = page.status ?? code;
      const to = x.expand(page.to);
      if (to.startsWith("@")) {
        return { kind: "named", name: to.slice(1) };
      }
      if (to.startsWith("/")) {
        x.method = x.method === "HEAD" ? "HEAD" : "GET";
        return { kind: "redirect", uri: to };
      }
      const isRedirect = [301, 302, 303, 307, 308].includes(page.status ?? 0);
      x.inErrorPage = true;
      return redirect(isRedirect ? (page.status ?? 302) : 302, to);
    }
    const answer = builtInAnswer(code, x.request.headers.get("user-agent") ?? "", x.settings.msiePadding ?? true);
    if (outcome.location !== undefined) {
      answer.location = outcome.location;
    }
    return { kind: "answer", answer };
  }

  /** Answers another URI of the same server on behalf of a request, without the filters of the outer answer. */
  async subrequest(parent: Exchange, uri: Bytes): Promise<{ exchange: Exchange; answer: Answer }> {
    const url = new URL(uri, parent.url);
    const x = new Exchange(this, parent.server, parent.request, url, parent.circumstances, parent);
    x.method = "GET";
    x.isInternal = true;
    x.depth = parent.depth + 1;
    x.variables = parent.variables;
    const outcome = x.depth > maxSubrequestDepth ? status(500) : await this.#fromServer(x);
    return { exchange: x, answer: await this.#run(x, outcome) };
  }

  /** Sends a request to host:port: a service of the stack, this container itself, or the internet. Null: nobody is there. */
  async dial(x: Exchange, address: string, scheme: string, path: string, init: RequestInit): Promise<Response | null> {
    const [host = "", portText] = address.toLowerCase().split(":");
    const port = portText ?? (scheme === "https" ? "443" : "80");
    const url = `${scheme}://${host}${portText === undefined ? "" : ":" + portText}${path}`;
    const peer = this.config.peers[host];
    if (peer && "binding" in peer) {
      const binding = x.circumstances.env[peer.binding] as Fetcher | undefined;
      if (!binding) {
        throw new Error(`the service binding ${peer.binding} is missing`);
      }
      return binding.fetch(new Request(url, init));
    }
    if (peer && "address" in peer) {
      return fetch(new Request(outsideUrl(x, peer.address, scheme) + path, init));
    }
    if (peer || host === "localhost" || /^127\./.test(host)) {
      const inner = new Request(`http://${host}:${port}${path}`, init);
      return this.handle(inner, { ...x.circumstances, port: Number(port), internal: true });
    }
    return host.includes(".") ? fetch(new Request(url, init)) : null;
  }
}

/** The beginning of a URL on a server outside, from the variable that names it. */
function outsideUrl(x: Exchange, name: string, scheme: string): string {
  const address = x.circumstances.env[name];
  if (typeof address !== "string" || address === "") {
    throw new Error(`the variable ${name} is missing: it must hold the server's host:port`);
  }
  return address.includes("://") ? address.replace(/\/$/, "") : `${scheme}://${address}`;
}

/** What nginx does not even look at. */
function refusedAtOnce(x: Exchange): Outcome | null {
  if (parsePath(x.url.pathname, x.server.mergeSlashes) === null) {
    return status(400);
  }
  return x.method === "TRACE" || x.method === "CONNECT" ? status(405) : null;
}

/** The file that an upstream handed over to keeps some of the upstream's headers. */
function withKeptHeaders(x: Exchange, answer: Answer): Answer {
  const kept = x.keptHeaders;
  if (kept && answer.read) {
    x.keptHeaders = null;
    answer.contentType = kept.get("content-type") ?? answer.contentType;
    for (const [name, value] of kept) {
      if (name !== "content-type") {
        answer.headers.append(name, value);
      }
    }
  }
  return answer;
}
