/** Bundles src/worker.ts with the runtime into dist/worker.mjs. The app stays a module of its own beside it. */
import { build, type BuildFailure } from "esbuild";
import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, join } from "node:path";
import { PackError } from "./pack/pack.ts";

/** What the virtual module "dock2edge:image" is made of. */
export interface ImageModule {
  /** Image path of a WebAssembly file, or fingerprint of its bytes → its name in dist/. */
  wasm: Map<string, string>;
  /** Bundle the stand-in for `new Function`. */
  codeGeneration: boolean;
  /** Bundle SQLite, whose compiled modules have these names in dist/. */
  sqlite: { engine: string; callbacks: string } | undefined;
}

const NODE_CREATE_REQUIRE =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire("/");';

function imageModule({ wasm, codeGeneration, sqlite }: ImageModule): string {
  const files = [...new Set(wasm.values())];
  const sqliteLines = sqlite && [
    'import { sqliteFrom } from "@dock2edge/runtime/sqlite";',
    `import sqliteEngine from ${JSON.stringify(`./${sqlite.engine}`)};`,
    `import sqliteCallbacks from ${JSON.stringify(`./${sqlite.callbacks}`)};`,
    "const sqlite = sqliteFrom({ engine: sqliteEngine, callbacks: sqliteCallbacks });",
  ];
  return [
    'import factory from "./app.cjs";',
    'import manifest from "./manifest.mjs";',
    ...files.map((name, i) => `import wasm${i} from ${JSON.stringify(`./${name}`)};`),
    ...(codeGeneration ? ['import { codeGeneration } from "@dock2edge/runtime/codegen";'] : []),
    ...(sqliteLines ?? ["const sqlite = undefined;"]),
    `const wasm = { ${[...wasm].map(([key, name]) => `${JSON.stringify(key)}: wasm${files.indexOf(name)}`).join(", ")} };`,
    `export default { factory, manifest, wasm, codeGeneration: ${codeGeneration ? "codeGeneration" : "undefined"}, sqlite };`,
  ].join("\n");
}

/** What the virtual modules are made of. */
export interface VirtualModules {
  /** "dock2edge:image": the app. */
  image?: ImageModule;
  /** "dock2edge:container": texts of files that a protocol server reads, by their path in the container. */
  container?: Record<string, string>;
}

/** Bundles the Worker, if the service has one. Returns the bundle's size in bytes. */
export async function bundleWorker(folder: string, dist: string, modules: VirtualModules): Promise<number> {
  const { image, container } = modules;
  const entry = join(folder, "src", "worker.ts");
  if (!existsSync(entry)) return 0;
  try {
    const result = await build({
      entryPoints: [entry],
      absWorkingDir: folder,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "es2023",
      outfile: join(dist, "worker.mjs"),
      metafile: true,
      sourcemap: "linked",
      mainFields: ["module", "main"],
      conditions: ["workerd", "worker", "node"],
      external: ["cloudflare:*"],
      banner: { js: NODE_CREATE_REQUIRE },
      legalComments: "none",
      logLevel: "silent",
      plugins: [
        {
          name: "image",
          setup(build) {
            build.onResolve({ filter: /^dock2edge:(?:image|files|container)$/ }, ({ path }) => ({
              path,
              namespace: "dock2edge",
            }));
            // What a gateway serves: the list that was written with the assets, if there are any.
            build.onLoad({ filter: /^dock2edge:files$/, namespace: "dock2edge" }, () => {
              const made = existsSync(join(dist, "manifest.mjs"));
              return {
                contents: made ? 'export { default } from "./manifest.mjs";' : "export default [];",
                resolveDir: folder,
              };
            });
            build.onLoad({ filter: /^dock2edge:container$/, namespace: "dock2edge" }, () => ({
              contents: JSON.stringify(container ?? {}),
              loader: "json",
            }));
            build.onLoad({ filter: /.*/, namespace: "dock2edge" }, () => {
              if (!image)
                return { errors: [{ text: "there is no image: build.json is missing, or is of kind static" }] };
              return { contents: imageModule(image), resolveDir: folder };
            });
            // Modules of dist/ are uploaded beside the bundle.
            build.onResolve({ filter: /(?:^|\/)(?:app\.cjs|manifest\.mjs)$|\.wasm$/ }, ({ path, namespace }) =>
              namespace === "dock2edge" ? { path, external: true } : undefined,
            );
            build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
              if (!isBuiltin(path)) return undefined;
              const isRequire = kind === "require-call";
              return { path: isRequire || path.startsWith("node:") ? path : `node:${path}`, external: true };
            });
          },
        },
      ],
    });
    return Object.entries(result.metafile.outputs).find(([name]) => basename(name) === "worker.mjs")?.[1].bytes ?? 0;
  } catch (error) {
    const { errors } = error as BuildFailure;
    if (!Array.isArray(errors)) throw error;
    const lines = errors.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text));
    throw new PackError(`src/worker.ts cannot be bundled:\n  ${lines.join("\n  ")}`);
  }
}
