/** The Worker that the file system tests run: a Durable Object with one file system, asked over HTTP. */
import { DurableObject } from "cloudflare:workers";
import { createFileSystem, type NodeFileSystem } from "../../src/fs/index";
import { runOperations } from "./operations";

const manifest: [string, number, number, number][] = [
  ["/app/empty/", 1_600_000_000_000, 0, 0o40755],
  ["/app/public/a b.txt", 1_600_000_000_000, 10, 0o100644],
  ["/app/seed/first.txt", 1_600_000_000_000, 5, 0o100644],
  ["/app/server.js", 1_600_000_000_123, 20, 0o100755],
];

export class Files extends DurableObject {
  readonly written: [number, string][] = [];
  readonly files: NodeFileSystem;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as never);
    this.files = createFileSystem({
      manifest,
      filesDir: "/bundle/files",
      cwd: () => "/app",
      volumes: [
        { path: "/data", kind: "persistent", name: "data" },
        { path: "/app/seed", kind: "persistent", name: "seed" },
        { path: "/cache", kind: "tmpfs" },
      ],
      sql: ctx.storage.sql,
      stdout: (fd, chunk) => this.written.push([fd, new TextDecoder().decode(chunk)]),
    });
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const { fs, promises } = this.files;
    if (pathname.startsWith("/operations")) {
      const root = pathname.slice("/operations".length);
      fs.mkdirSync(root, { recursive: true });
      return Response.json(await runOperations({ fs, promises, root }));
    }
    const steps = (await request.json()) as [method: string, ...args: unknown[]][];
    const results: unknown[] = [];
    for (const [method, ...args] of steps) {
      try {
        const value = (fs as unknown as Record<string, (...a: unknown[]) => unknown>)[method]!(...args);
        results.push(value instanceof Uint8Array ? Buffer.from(value).toString() : (value ?? null));
      } catch (error) {
        results.push({ code: (error as NodeJS.ErrnoException).code });
      }
    }
    return Response.json({ results, written: this.written });
  }
}

export default {
  fetch(request: Request, env: { Files: DurableObjectNamespace }): Promise<Response> {
    return env.Files.getByName("main").fetch(request);
  },
};
