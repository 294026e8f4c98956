import { withClientEncoding } from "../client-encoding.ts";
import type { GatewayConfig } from "./config.ts";
import type { ManifestEntry } from "./files.ts";
import { Gateway } from "./gateway.ts";

export type { GatewayConfig } from "./config.ts";
export type { ManifestEntry } from "./files.ts";

/** What a gateway's Worker exports. */
export interface GatewayHandler {
  /** What the outside reaches: the default export. */
  fetch(request: Request, env: Record<string, unknown>, ctx: ExecutionContext): Promise<Response>;
  /** What the other services of the project reach, as the entrypoint `Internal`: the URL's port is the one they dialled. */
  internal: { fetch(request: Request, env: Record<string, unknown>, ctx: ExecutionContext): Promise<Response> };
}

/**
 * A Worker that does what an nginx configuration says.
 *
 * ```ts
 * const gateway = createGateway(config, image.manifest);
 * export const Internal = gateway.internal;
 * export default gateway;
 * ```
 *
 * `manifest` lists the image's files that were uploaded as assets; a gateway that serves no files does without. The Worker
 * needs the assets binding `ASSETS` with `"html_handling": "none"`, `"not_found_handling": "none"` and
 * `"run_worker_first": true`, so that every request comes through the configuration.
 */
export function createGateway(config: GatewayConfig, manifest: readonly ManifestEntry[] = []): GatewayHandler {
  const gateway = new Gateway(config, manifest);
  return {
    fetch(request, env, ctx) {
      const isTls = new URL(request.url).protocol === "https:";
      const port = isTls ? config.entry.https : config.entry.http;
      return gateway.handle(withClientEncoding(request), { env, ctx, port, internal: false });
    },
    internal: {
      fetch(request, env, ctx) {
        const { port, protocol } = new URL(request.url);
        const dialled = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
        return gateway.handle(request, { env, ctx, port: dialled, internal: true });
      },
    },
  };
}
