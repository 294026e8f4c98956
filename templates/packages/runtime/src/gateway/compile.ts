import type { GatewayConfig, Handler, Location, Server, ServerName, Settings, Step, TryFiles } from "./config.ts";
import { toBytes } from "./uri.ts";

/** What is in force somewhere in a server: inherited directives, and what answers. */
export interface CompiledContent {
  settings: Settings;
  handler: Handler | undefined;
  tryFiles: TryFiles | undefined;
  steps: Step[];
  /** The location's path, for handlers that replace it. Undefined in regex and named locations. */
  prefix: string | undefined;
}

export interface CompiledLocation {
  match: Location["match"];
  internal: boolean;
  content: CompiledContent;
  /** A request for the path without its last slash is redirected to it. */
  redirectsToSlash: boolean;
  locations: CompiledLocations;
}

/** The locations of one level, by how they are looked up. */
export interface CompiledLocations {
  exact: Map<string, CompiledLocation>;
  /** Longest first. */
  prefixes: { path: string; skipRegex: boolean; location: CompiledLocation }[];
  /** In file order. */
  regexes: CompiledLocation[];
  named: Map<string, CompiledLocation>;
}

export interface CompiledServer {
  ports: number[];
  defaultFor: number[];
  names: ServerName[];
  /** `$server_name` */
  primaryName: string;
  steps: Step[];
  content: CompiledContent;
  locations: CompiledLocations;
  mergeSlashes: boolean;
  underscoresInHeaders: boolean;
}

export function compileServers(config: GatewayConfig): CompiledServer[] {
  return config.servers.map((server) => compileServer(server, config.settings ?? {}));
}

function compileServer(server: Server, outer: Settings): CompiledServer {
  const settings = inherit(outer, server.settings);
  const first = server.names?.[0];
  return {
    ports: server.listen.map((l) => l.port),
    defaultFor: server.listen.filter((l) => l.default).map((l) => l.port),
    names: server.names ?? [],
    primaryName: first === undefined ? "" : nameText(first),
    steps: server.steps ?? [],
    content: { settings, handler: undefined, tryFiles: server.tryFiles, steps: [], prefix: undefined },
    locations: compileLocations(server.locations ?? [], settings),
    mergeSlashes: server.mergeSlashes ?? true,
    underscoresInHeaders: server.underscoresInHeaders ?? false,
  };
}

function nameText(name: ServerName): string {
  switch (name.kind) {
    case "exact":
      return name.value;
    case "leading-wildcard":
      return name.bare ? name.value.slice(1) : "*" + name.value;
    case "trailing-wildcard":
      return name.value + "*";
    case "regex":
      return "~" + name.regex.pattern;
  }
}

/**
 * Directives of an inner level on top of those around it. nginx replaces a directive as a whole: one `add_header` inside a
 * location hides all of the server's.
 */
export function inherit(outer: Settings, inner: Settings | undefined): Settings {
  const { limitExcept: _, ...inherited } = outer; // the one directive of a location that nested ones do not see
  const settings: Settings = { ...inherited, ...inner };
  // root and alias are one setting under two names.
  if (inner?.root !== undefined && inner.alias === undefined) {
    delete settings.alias;
  }
  if (inner?.alias !== undefined && inner.root === undefined) {
    delete settings.root;
  }
  return settings;
}

function compileLocations(locations: Location[], outer: Settings): CompiledLocations {
  const compiled: CompiledLocations = { exact: new Map(), prefixes: [], regexes: [], named: new Map() };
  for (const location of locations) {
    const entry = compileLocation(location, outer);
    const { match } = location;
    switch (match.kind) {
      case "exact":
        compiled.exact.set(toBytes(match.path), entry);
        break;
      case "prefix":
      case "prefix-only":
        compiled.prefixes.push({
          path: toBytes(match.path),
          skipRegex: match.kind === "prefix-only",
          location: entry,
        });
        break;
      case "regex":
        compiled.regexes.push(entry);
        break;
      case "named":
        compiled.named.set(match.name, entry);
        break;
    }
  }
  compiled.prefixes.sort((a, b) => b.path.length - a.path.length);
  return compiled;
}

function compileLocation(location: Location, outer: Settings): CompiledLocation {
  const settings = inherit(outer, location.settings);
  const path = "path" in location.match ? location.match.path : undefined;
  const { handler } = location;
  return {
    match: location.match,
    internal: location.internal ?? false,
    content: {
      settings,
      handler,
      tryFiles: location.tryFiles,
      steps: location.steps ?? [],
      prefix: path === undefined ? undefined : toBytes(path),
    },
    redirectsToSlash:
      path !== undefined && path.endsWith("/") && (handler?.kind === "proxy" || handler?.kind === "unavailable"),
    locations: compileLocations(location.locations ?? [], settings),
  };
}
