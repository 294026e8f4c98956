import realDns from "node:dns";
import { isIP } from "node:net";
import { systemError } from "../errors";
import type { Host } from "../host";

interface LookupAddress {
  address: string;
  family: number;
}

interface LookupOptions {
  all?: boolean;
  family?: number | "IPv4" | "IPv6";
}

type LookupCallback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;
type ListCallback = (error: Error | null, addresses?: string[]) => void;

/**
 * The app's `node:dns`: names of the project are known here, everything else is asked over DNS. workerd's own asks for
 * "localhost" and for Compose names as well, and is told that there is no such domain.
 */
export function createDns(host: Host): { dns: Record<string, unknown>; promises: Record<string, unknown> } {
  const { network } = host;

  async function lookup(name: string, options: LookupOptions | number = {}): Promise<LookupAddress | LookupAddress[]> {
    const { all, family } = typeof options === "number" ? { all: false, family: options } : options;
    const known = network.addressOf(name);
    if (known === undefined && network.isUnknown(name))
      throw systemError("ENOTFOUND", { syscall: "getaddrinfo", hostname: name });
    const found = known === undefined ? await ask(name, family) : [{ address: known, family: isIP(known) || 4 }];
    return all ? found : (found[0] as LookupAddress);
  }

  async function ask(name: string, family: LookupOptions["family"]): Promise<LookupAddress[]> {
    const wanted = family === 6 || family === "IPv6" ? 6 : 4;
    try {
      const addresses = wanted === 6 ? await realDns.promises.resolve6(name) : await realDns.promises.resolve4(name);
      if (addresses.length > 0) return addresses.map((address) => ({ address, family: wanted }));
    } catch (cause) {
      throw systemError("ENOTFOUND", { syscall: "getaddrinfo", hostname: name, cause });
    }
    throw systemError("ENOTFOUND", { syscall: "getaddrinfo", hostname: name });
  }

  async function resolve4(name: string): Promise<string[]> {
    const known = network.addressOf(name);
    if (known !== undefined) return [known];
    if (network.isUnknown(name)) throw systemError("ENOTFOUND", { syscall: "queryA", hostname: name });
    return realDns.promises.resolve4(name);
  }

  async function resolve(name: string, type = "A"): Promise<unknown> {
    return type === "A" ? resolve4(name) : realDns.promises.resolve(name, type as "MX");
  }

  async function reverse(address: string): Promise<string[]> {
    const name = network.nameOf(address);
    return name === undefined ? realDns.promises.reverse(address) : [name];
  }

  const promises = { ...realDns.promises, lookup, resolve, resolve4, reverse };
  const dns = {
    ...realDns,
    promises,
    lookup(name: string, ...rest: unknown[]): void {
      const callback = rest.at(-1) as LookupCallback;
      const options = rest.length > 1 ? (rest[0] as LookupOptions | number) : {};
      lookup(name, options ?? {}).then(
        (found) =>
          host.guard(() =>
            Array.isArray(found) ? callback(null, found) : callback(null, found.address, found.family),
          ),
        (error: Error) => host.guard(() => callback(error)),
      );
    },
    resolve4: withCallback(host, resolve4),
    reverse: withCallback(host, reverse),
    resolve(name: string, ...rest: unknown[]): void {
      const callback = rest.at(-1) as ListCallback;
      resolve(name, rest.length > 1 ? (rest[0] as string) : "A").then(
        (found) => host.guard(() => callback(null, found as string[])),
        (error: Error) => host.guard(() => callback(error)),
      );
    },
  };
  return { dns, promises };
}

function withCallback(host: Host, ask: (name: string) => Promise<string[]>) {
  return (name: string, ...rest: unknown[]): void => {
    const callback = rest.at(-1) as ListCallback;
    ask(name).then(
      (found) => host.guard(() => callback(null, found)),
      (error: Error) => host.guard(() => callback(error)),
    );
  };
}
