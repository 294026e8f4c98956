/** Runs the gateways of all cases in one workerd, each with its own ports. */
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { join } from "node:path";
import { manifest, type Case } from "./cases.ts";
import { startUpstream, type NodeUpstream } from "./node-upstream.ts";

export interface Gateways {
  /** The port of a case's gateway: as the outside reaches it, or as other services do. */
  port(name: string, internal: boolean): Promise<number>;
  stop(): Promise<void>;
}

const here = import.meta.dirname;

/** The entry of a gateway as a converted project has it. */
function entry(c: Case): string {
  const source = join(here, "../../src/gateway/index.ts");
  return `
    import { createGateway } from ${JSON.stringify(source)};
    import { config } from ${JSON.stringify(join(c.folder, "gateway.ts"))};
    const gateway = createGateway(config, ${JSON.stringify(manifest(c))});
    export const Internal = gateway.internal;
    export default gateway;`;
}

async function bundle(contents: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: here, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2023",
    conditions: ["workerd"],
    external: ["cloudflare:*", "node:*"],
  });
  return result.outputFiles[0]!.text;
}

const common = { modules: true as const, compatibilityDate: "2026-11-01" };

/** Nothing listens: what the host of a lifted app answers then. */
const downScript = `export default { fetch: () => new Response(null, { status: 502, headers: { "x-dock2edge-error": "ECONNREFUSED" } }) }`;

export async function startGateways(cases: Case[]): Promise<Gateways> {
  const outside: NodeUpstream[] = [];
  const addresses: Record<string, string> = {};
  for (const [host, peer] of cases.flatMap((c) => Object.entries(c.peers))) {
    if (!("address" in peer)) continue;
    const upstream = await startUpstream({ host, port: "outside" });
    outside.push(upstream);
    addresses[peer.address] = `127.0.0.1:${upstream.port}`;
  }
  const upstream = await bundle(`export { default } from "./worker-upstream.ts";`);
  const gateways = await Promise.all(
    cases.map(async (c) => ({
      ...common,
      name: c.name,
      script: await bundle(entry(c)),
      bindings: { ...c.env, ...addresses },
      serviceBindings: Object.fromEntries([
        ...Object.values(c.peers).flatMap((peer) => ("binding" in peer ? [[peer.binding, "upstream"]] : [])),
        ...c.down.map((name) => [name.toUpperCase(), "down"]),
      ]),
      assets: {
        directory: join(c.folder, "image"),
        binding: "ASSETS",
        assetConfig: { html_handling: "none" as const, not_found_handling: "none" as const },
        routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
      },
      unsafeDirectSockets: [
        { host: "127.0.0.1", port: 0 },
        { host: "127.0.0.1", port: 0, entrypoint: "Internal" },
      ],
    })),
  );
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        ...gateways,
        { ...common, name: "upstream", script: upstream },
        { ...common, name: "down", script: downScript },
      ],
      handleRuntimeStdio(stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream) {
        // The gateways log like nginx's error log; shown only when asked for.
        for (const stream of [stdout, stderr]) {
          stream.on("data", (chunk: Buffer) => process.env.SHOW_LOGS && process.stderr.write(chunk));
        }
      },
    }),
  );
  await miniflare.ready;
  return {
    async port(name, internal) {
      return Number((await miniflare.unsafeGetDirectURL(name, internal ? "Internal" : "default")).port);
    },
    async stop() {
      await miniflare.dispose();
      for (const upstream of outside) await upstream.stop();
    },
  };
}
