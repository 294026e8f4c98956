import { build } from "esbuild";

/** Bundles a test Worker as the templates' build does: one ES module. */
export async function bundleWorker(entry: string): Promise<string> {
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2023",
    conditions: ["workerd"],
    external: ["cloudflare:*", "node:*"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' },
  });
  return bundle.outputFiles[0]!.text;
}
