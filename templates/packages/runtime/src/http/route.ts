/** Where the client side may not follow Node: connections that an app makes, or looks up, in ways of its own. */

import { isIP } from "node:net";
import { codedError } from "../errors";
import type { Host } from "../host";

/** `dns.lookup` or a replacement of the app's: a cache, or a guard against addresses that requests may not reach. */
export type Lookup = (
  host: string,
  options: object,
  done: (error: Error | null, address?: string | { address: string }[], family?: number) => void,
) => void;

/** What the agents of proxy packages call their proxy. */
interface ProxyAgent {
  proxy?: unknown;
  proxyOptions?: unknown;
  getProxyForUrl?: (url: string) => unknown;
}

/**
 * The error for a request that should go through a proxy, if it should: requests leave by fetch, which has none. Going there
 * directly instead would pass by what the proxy is for.
 */
export function proxyRefusal(agent: object, url: URL, path: string): Error | undefined {
  const { proxy, proxyOptions, getProxyForUrl } = agent as ProxyAgent;
  let through = proxy ?? proxyOptions ?? (/^https?:\/\//i.test(path) ? url.host : undefined);
  if (typeof getProxyForUrl === "function") {
    const found = getProxyForUrl.call(agent, url.href);
    if (typeof found === "string" && found !== "") through = found;
  }
  if (through === undefined || through === null || through === false) return undefined;
  const name = agent.constructor.name;
  return codedError(
    "ERR_PROXY_UNSUPPORTED",
    `A request to ${url.host} through an HTTP proxy (${name}) is not possible on Workers, whose requests leave by fetch. ` +
      "Remove the proxy (HTTP_PROXY, the agent, or the client's proxy option), or keep this service in a container.",
  );
}

/**
 * Asks the app's own `lookup` about a host, as Node does before it connects. An error of its ends the request; an address inside
 * the project replaces the name. Other addresses do not: fetch names hosts, and certificates are theirs.
 */
export function lookedUp(lookup: Lookup, url: URL, { network }: Host): Promise<URL> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host)) return Promise.resolve(url);
  return new Promise((resolve, reject) => {
    lookup(host, { all: true, family: 0, hints: 0 }, (error, found) => {
      if (error) return reject(error);
      const address = Array.isArray(found) ? found[0]?.address : found;
      const isInside = address !== undefined && (LOOPBACK.has(address) || network.nameOf(address) !== undefined);
      if (!isInside) return resolve(url);
      const there = new URL(url);
      there.hostname = address.includes(":") ? `[${address}]` : address;
      resolve(there);
    });
  });
}

const LOOPBACK = new Set(["127.0.0.1", "::1"]);
