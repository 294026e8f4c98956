/** Builds one service: from build.json and app/ to dist/. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { callbackModule } from "@dock2edge/runtime/sqlite/callbacks";
import { bakeAssets, bakeFiles } from "./bake.ts";
import { replay } from "./image/stages.ts";
import { pack, type Packed } from "./pack/pack.ts";
import type { Warning } from "./pack/warnings.ts";
import { fingerprint } from "./pack/wasm.ts";
import { type NodeTarget, readRecipe } from "./recipe.ts";
import { bundleWorker, type ImageModule, type VirtualModules } from "./worker.ts";

export type { Warning } from "./pack/warnings.ts";

/** What a build came to. */
export interface BuildResult {
  /** Bytes that are uploaded: code, files and WebAssembly; of a static site its assets. */
  bytes: number;
  /** Modules packed into dist/app.cjs. */
  modules: number;
  /** Files of the image that the app can read, or assets. */
  files: number;
  warnings: Warning[];
  /** Image paths of packed files that compile code at run time. */
  codeGeneration: string[];
  /** Packages whose native part cannot be loaded in a Worker. */
  native: string[];
}

export interface BuildOptions {
  /** The service's folder. */
  folder: string;
  /** Told about every command that is run. */
  progress(text: string): void;
}

const ownRequire = createRequire(import.meta.url);

/** Cloudflare's limit for a Worker, uncompressed, in bytes. */
const WORKER_LIMIT = 64 << 20;
/** Cloudflare's limit for one asset, in bytes. */
const ASSET_LIMIT = 25 << 20;

/** Puts WebAssembly files beside the bundle. The result maps image paths, and fingerprints of the bytes, to their names. */
function writeWasm(dist: string, wasm: Map<string, Uint8Array>): Map<string, string> {
  const names = new Map<string, string>();
  for (const [image, bytes] of wasm) {
    const name = `${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}.wasm`;
    writeFileSync(join(dist, name), bytes);
    names.set(image, name);
    names.set(fingerprint(bytes), name);
  }
  return names;
}

/** Puts SQLite beside the bundle: its own WebAssembly build, and the module through which it calls JavaScript. */
function writeSqlite(dist: string): ImageModule["sqlite"] {
  const names = { engine: "sqlite3.wasm", callbacks: "sqlite3-callbacks.wasm" };
  copyFileSync(ownRequire.resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm"), join(dist, names.engine));
  writeFileSync(join(dist, names.callbacks), callbackModule());
  return names;
}

function sizeOf(folder: string): number {
  let size = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) size += sizeOf(path);
    else if (!entry.name.endsWith(".map")) size += statSync(path).size;
  }
  return size;
}

/** The files in folders of an image, by their path there. */
function readTexts(root: string, folders: string[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const folder of folders) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      texts[`/${relative(root, file)}`] = readFileSync(file, "utf8");
    }
  }
  return texts;
}

async function packNode(
  root: string,
  dist: string,
  node: NodeTarget,
): Promise<{ packed: Packed; image: ImageModule; files: number }> {
  const packed = await pack(root, node);
  writeFileSync(join(dist, "app.cjs"), packed.code);
  writeFileSync(join(dist, "app.cjs.map"), packed.map);
  const manifest = bakeFiles(root, dist, node.workdir, [...node.keep, ...packed.reads]);
  const codeGeneration = node.codeGeneration || packed.codeGeneration.length > 0;
  const files = manifest.filter(([path]) => !path.endsWith("/")).length;
  const image = {
    wasm: writeWasm(dist, packed.wasm),
    codeGeneration,
    sqlite: packed.sqlite ? writeSqlite(dist) : undefined,
  };
  return { packed, image, files };
}

/**
 * Builds the service. Throws RecipeError, StepError or PackError with a message for the user; dist/ is replaced only when
 * everything went well, so that a running `wrangler dev` never sees half a build.
 */
export async function buildService(options: BuildOptions): Promise<BuildResult> {
  const dist = join(options.folder, "dist");
  // A sibling, because source maps name sources relative to where they lie.
  const fresh = join(options.folder, ".dist");
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  try {
    const result = await buildInto(fresh, options);
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
    return result;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function buildInto(dist: string, { folder, progress }: BuildOptions): Promise<BuildResult> {
  const warnings: Warning[] = [];
  const warn = (message: string): void => void warnings.push({ file: "build.json", line: 1, message });
  const recipe = readRecipe(join(folder, "build.json"));
  const result: BuildResult = { bytes: 0, modules: 0, files: 0, warnings, codeGeneration: [], native: [] };
  const virtual: VirtualModules = {};
  if (recipe) {
    const { root } = replay(recipe, { folder, progress, note: warn });
    if (recipe.server) {
      virtual.container = readTexts(root, recipe.server.folders);
      result.files = Object.keys(virtual.container).length;
    } else if (recipe.static) {
      const assets = bakeAssets(root, dist, recipe.static.root);
      if (assets.length === 0) warn(`${recipe.static.root} of the image is empty: there is nothing to serve`);
      for (const { path, size } of assets)
        if (size > ASSET_LIMIT) warn(`the asset ${path} is larger than 25 MiB and will be refused`);
      result.files = assets.length;
    } else {
      const made = await packNode(root, dist, recipe.node!);
      virtual.image = made.image;
      warnings.push(...made.packed.warnings);
      const { modules, codeGeneration, native } = made.packed;
      Object.assign(result, { modules, codeGeneration, native, files: made.files });
    }
  }
  await bundleWorker(folder, dist, virtual);
  const assets = join(dist, "assets");
  const assetBytes = existsSync(assets) ? sizeOf(assets) : 0;
  const workerBytes = sizeOf(dist) - assetBytes;
  if (workerBytes > WORKER_LIMIT)
    warn(`the Worker is ${Math.ceil(workerBytes / (1 << 20))} MiB; Cloudflare takes 64 MiB`);
  result.bytes = workerBytes + assetBytes;
  return result;
}
