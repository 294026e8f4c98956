import { codedError } from "../errors";

/**
 * Modules whose functions cannot exist on Workers. They load, as many packages require them without need; what is called
 * throws an error that says what to do instead.
 */
export function createRefused(): Record<string, Record<string, unknown>> {
  return {
    child_process: refuse(
      "child_process",
      ["exec", "execFile", "execFileSync", "execSync", "spawn", "spawnSync", "ChildProcess"],
      "Workers run no other programs. Replace the program with a package in JavaScript or WebAssembly, or run this service as a container.",
    ),
    dgram: refuse(
      "dgram",
      ["createSocket", "Socket"],
      "Workers have no UDP. Send the data over HTTP or TCP, or keep this service in a container.",
    ),
  };
}

/**
 * An HTTP/2 server would need a socket of its own; the edge speaks HTTP/2 with clients already. A secure server that allows
 * HTTP/1 shows clients of it the API of node:http, so it can be one.
 */
export function refuseHttp2(real: object, createHttp1: (...given: unknown[]) => object): Record<string, unknown> {
  const servers = refuse(
    "http2",
    ["createServer", "createSecureServer", "connect"],
    "Cloudflare's edge speaks HTTP/2 and HTTP/3 with clients, and HTTP/1.1 with the app: use node:http, or createSecureServer with allowHTTP1.",
  );
  const createSecureServer = (options?: { allowHTTP1?: boolean }, ...rest: unknown[]) =>
    options?.allowHTTP1 ? createHttp1(options, ...rest) : (servers["createSecureServer"] as () => never)();
  return { ...real, ...servers, createSecureServer };
}

function refuse(module: string, names: readonly string[], remedy: string): Record<string, unknown> {
  const refused: Record<string, unknown> = {};
  for (const name of names) {
    refused[name] = function () {
      throw codedError("ERR_METHOD_NOT_IMPLEMENTED", `${module}.${name} is not possible on Workers. ${remedy}`);
    };
  }
  return refused;
}
