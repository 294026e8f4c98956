/** Runs a packed app inside workerd and answers with what it printed: the least of a host that docs/output.md allows. */
import { createFileSystem } from "../../../runtime/src/fs/index.ts";
import type { Factory, ManifestEntry } from "../../../runtime/src/image.ts";

type Load = () => unknown;

const notFound = (id: string): Error =>
  Object.assign(new Error(`Cannot find module '${id}'`), { code: "MODULE_NOT_FOUND" });

/** Node's `require` as the factory expects it from its host. */
function hostRequire(own: Record<string, unknown>): (id: string) => unknown {
  const registered = new Map<string, Load>();
  const modules = { register: (id: string, load: Load) => void registered.set(id, load), wasm: {} };
  const require = (id: string): unknown => {
    const name = id.replace(/^node:/, "");
    if (id === "dock2edge:modules") return modules;
    if (name in own) return own[name];
    const found = registered.get(id);
    if (found) return found();
    if (name.startsWith("/") || name.startsWith(".")) throw notFound(id);
    const builtin = (process as unknown as { getBuiltinModule(id: string): unknown }).getBuiltinModule(name);
    if (builtin) return builtin;
    throw notFound(id);
  };
  return Object.assign(require, { resolve: (id: string) => id, cache: {} });
}

async function run(factory: Factory, manifest: ManifestEntry[], workdir: string): Promise<string> {
  const lines: string[] = [];
  const { fs, promises } = createFileSystem({
    manifest,
    filesDir: "/bundle/files",
    cwd: () => workdir,
    volumes: [],
    stdout: () => undefined,
  });
  const console = { log: (...values: unknown[]) => void lines.push(values.map(String).join(" ")) };
  const module = { exports: {} };
  const require = hostRequire({ fs, "fs/promises": promises });
  const ownProcess = Object.create(process, { cwd: { value: () => workdir } }) as never;
  const { fetch, navigator, setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } =
    globalThis as unknown as Record<string, never>;
  const globals = [
    ownProcess,
    globalThis,
    fetch,
    navigator,
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    clearInterval,
  ];
  const done = factory(
    require,
    module,
    module.exports,
    ...(globals as never[]),
    clearImmediate,
    console as never,
    Function as never,
  );
  await done;
  return lines.join("\n");
}

export default {
  async fetch(request: Request): Promise<Response> {
    const workdir = new URL(request.url).searchParams.get("workdir")!;
    try {
      const { default: factory } = (await import("./app.cjs" as string)) as { default: Factory };
      const { default: manifest } = (await import("./manifest.mjs" as string)) as { default: ManifestEntry[] };
      return new Response(await run(factory, manifest, workdir));
    } catch (error) {
      return new Response((error as Error).stack, { status: 500 });
    }
  },
};
