import type { CompiledLocation, CompiledLocations, CompiledServer } from "./compile.ts";
import type { Exchange } from "./exchange.ts";

/** What a path leads to. */
export type Found =
  /** `final`: a regular expression of an outer level no longer takes its place. */
  | { kind: "location"; location: CompiledLocation; final: boolean }
  /** The path is a proxied location without its last slash: the client is sent to `path`. */
  | { kind: "slash"; path: string; location: CompiledLocation }
  | { kind: "none" };

/**
 * Finds the location for a path: an exact one; else the longest prefix, unless a regular expression matches first in file
 * order. Locations nested in the prefix are searched before the regular expressions beside it.
 */
export function findLocation(x: Exchange, level: CompiledLocations): Found {
  const exact = level.exact.get(x.uri);
  if (exact) {
    return { kind: "location", location: exact, final: true };
  }
  const prefix = level.prefixes.find((p) => x.uri.startsWith(p.path));
  const withSlash = x.uri + "/";
  const slash = level.exact.get(withSlash) ?? level.prefixes.find((p) => p.path === withSlash)?.location;
  if (slash?.redirectsToSlash && prefix?.path !== x.uri) {
    return { kind: "slash", path: withSlash, location: slash };
  }
  if (!prefix) {
    return findRegex(x, level) ?? { kind: "none" };
  }
  const inner = findLocation(x, prefix.location.locations);
  if (inner.kind === "slash" || (inner.kind === "location" && inner.final)) {
    return inner;
  }
  const regex = prefix.skipRegex ? undefined : findRegex(x, level);
  if (regex) {
    return regex;
  }
  return inner.kind === "none" ? { kind: "location", location: prefix.location, final: false } : inner;
}

function findRegex(x: Exchange, level: CompiledLocations): Found | undefined {
  for (const location of level.regexes) {
    if (location.match.kind === "regex" && x.matches(location.match.regex, x.uri)) {
      const inner = findLocation(x, location.locations);
      if (inner.kind === "location") {
        return { ...inner, final: true };
      }
      return inner.kind === "slash" ? inner : { kind: "location", location, final: true };
    }
  }
  return undefined;
}

/** Picks the server for a port and a host: exact name, longest leading wildcard, longest trailing one, regex, default. */
export function findServer(
  servers: CompiledServer[],
  port: number,
  host: string,
  test: (name: { pattern: string; ignoreCase?: boolean }) => boolean,
): CompiledServer | undefined {
  const candidates = servers.filter((s) => s.ports.includes(port));
  const fallback = candidates.find((s) => s.defaultFor.includes(port)) ?? candidates[0];
  const names = candidates.flatMap((server) => server.names.map((name) => ({ server, name })));
  const longest = (fits: (name: (typeof names)[number]["name"]) => number): CompiledServer | undefined =>
    names
      .map(({ server, name }) => ({ server, length: fits(name) }))
      .filter(({ length }) => length > 0)
      .sort((a, b) => b.length - a.length)[0]?.server;

  return (
    names.find(({ name }) => name.kind === "exact" && name.value === host)?.server ??
    names.find(({ name }) => name.kind === "leading-wildcard" && name.bare && name.value.slice(1) === host)?.server ??
    longest((name) => (name.kind === "leading-wildcard" && host.endsWith(name.value) ? name.value.length : 0)) ??
    longest((name) => (name.kind === "trailing-wildcard" && host.startsWith(name.value) ? name.value.length : 0)) ??
    names.find(({ name }) => name.kind === "regex" && test(name.regex))?.server ??
    fallback
  );
}
