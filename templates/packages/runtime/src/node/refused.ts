import { codedError } from "../errors";
import { webClasses } from "../web-classes";

/**
 * Modules whose functions cannot exist on Workers. They load, as many packages require them without need; what is called
 * throws an error that says what to do instead.
 */
export function createRefused(): Record<string, Record<string, unknown>> {
  return {
    child_process: refuse(
      "child_process",
      ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync", "ChildProcess"],
      "Workers run no other programs. Replace the program with a package in JavaScript or WebAssembly, or run this service as a container.",
    ),
    worker_threads: {
      ...refuse(
        "worker_threads",
        ["Worker", "receiveMessageOnPort", "moveMessagePortToContext"],
        "Workers have no threads. Do the work in the same process, or hand it to a queue or another service.",
      ),
      isMainThread: true,
      threadId: 0,
      parentPort: null,
      workerData: null,
      resourceLimits: {},
      SHARE_ENV: Symbol("nodejs.worker_threads.SHARE_ENV"),
      ...webClasses("MessageChannel", "MessagePort"),
      markAsUntransferable() {},
      markAsUncloneable() {},
      isMarkedAsUntransferable: () => false,
      getEnvironmentData: () => undefined,
      setEnvironmentData() {},
    },
    cluster: {
      ...refuse(
        "cluster",
        ["fork"],
        "Workers have no processes. One instance serves all requests; start the server without cluster.",
      ),
      isPrimary: true,
      isMaster: true,
      isWorker: false,
      workers: {},
      settings: {},
      setupPrimary() {},
      setupMaster() {},
      on() {},
      once() {},
      disconnect() {},
    },
    dgram: refuse(
      "dgram",
      ["createSocket", "Socket"],
      "Workers have no UDP. Send the data over HTTP or TCP, or keep this service in a container.",
    ),
  };
}

/** An HTTP/2 server would need a socket of its own; the edge speaks HTTP/2 with clients already. */
export function refuseHttp2(real: object): Record<string, unknown> {
  const servers = refuse(
    "http2",
    ["createServer", "createSecureServer", "connect"],
    "Cloudflare's edge speaks HTTP/2 and HTTP/3 with clients, and HTTP/1.1 with the app: use node:http.",
  );
  return { ...real, ...servers };
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
