/** The image's files as the app will read them: Data modules under dist/files and their list, or the assets of a static site. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import { matcher } from "./image/patterns.ts";

/** One entry of the list: path in the image, modification time in milliseconds, size in bytes, mode. */
export type ManifestEntry = [path: string, mtimeMs: number, size: number, mode: number];

/** Folders that hold no data of the app, wherever they are. */
const LEFT_OUT = new Set(["node_modules", ".git"]);
/** Where global npm packages and their commands lie. */
const TOOLS = ["/usr/local/bin", "/usr/local/lib/node_modules", "/usr/local/share"];

interface Found {
  image: string;
  path: string;
}

/** Walks an image's tree. Links are followed, except out of the image and round in circles. */
function* walk(root: string, folder: string, image: string, inPackages: boolean, above: string[]): Generator<Found> {
  const entries = readdirSync(folder).sort();
  let empty = true;
  for (const name of entries) {
    const path = join(folder, name);
    const imagePath = `${image}/${name}`;
    if (!inPackages && (LEFT_OUT.has(name) || TOOLS.includes(imagePath))) {
      empty = false;
      if (name === "node_modules" && statSync(path).isDirectory()) yield { image: `${imagePath}/`, path };
      continue;
    }
    let real: string;
    try {
      real = realpathSync(path);
    } catch {
      continue; // A link to nothing.
    }
    if (real !== root && !real.startsWith(root + sep)) continue;
    empty = false;
    const stats = statSync(real);
    if (stats.isFile()) yield { image: imagePath, path: real };
    else if (stats.isDirectory() && !above.includes(real))
      yield* walk(root, real, imagePath, inPackages, [...above, real]);
  }
  if (empty && image !== "") yield { image: `${image}/`, path: folder };
}

/** The folder that every path of a glob begins with. */
function fixedPart(glob: string): string {
  const parts = glob.split("/");
  const wild = parts.findIndex((part) => /[*?[]/.test(part));
  return (wild < 0 ? parts : parts.slice(0, wild)).join("/");
}

/** Files of packages that globs over image paths name. */
function* kept(root: string, globs: string[]): Generator<Found> {
  for (const glob of globs) {
    const base = fixedPart(glob);
    const path = join(root, base);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile()) yield { image: base, path };
    if (!stats?.isDirectory()) continue;
    const matches = matcher(glob);
    for (const found of walk(root, path, base, true, [realpathSync(path)])) if (matches(found.image)) yield found;
  }
}

/** Globs may be written relative to the working directory. */
function absolute(workdir: string, globs: string[]): string[] {
  return globs.map((glob) => (glob.startsWith("/") ? glob : `${workdir === "/" ? "" : workdir}/${glob}`));
}

/**
 * Writes every file of the image that is no installed package to `<dist>/files/<image path>.bin`, with those of packages that
 * the globs name, and the list of all to `<dist>/manifest.mjs`. Returns the list.
 */
export function bakeFiles(root: string, dist: string, workdir: string, keep: string[]): ManifestEntry[] {
  const real = realpathSync(root);
  const manifest = new Map<string, ManifestEntry>();
  rmSync(join(dist, "files"), { recursive: true, force: true });
  for (const found of [...walk(real, real, "", false, [real]), ...kept(real, absolute(workdir, keep))]) {
    if (manifest.has(found.image)) continue;
    const stats = statSync(found.path);
    const isFolder = found.image.endsWith("/");
    manifest.set(found.image, [found.image, Math.round(stats.mtimeMs), isFolder ? 0 : stats.size, stats.mode]);
    if (isFolder) continue;
    const target = join(dist, "files", `${found.image}.bin`);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(found.path, target);
  }
  return writeManifest(dist, [...manifest.values()]);
}

function writeManifest(dist: string, list: ManifestEntry[]): ManifestEntry[] {
  const entries = list.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const lines = entries.map((entry) => `  ${JSON.stringify(entry)},\n`).join("");
  writeFileSync(join(dist, "manifest.mjs"), `export default [\n${lines}];\n`);
  return entries;
}

/**
 * Copies a folder of the image to `<dist>/assets`, without packages, and writes the list of its files to
 * `<dist>/manifest.mjs`, which a gateway reads. Returns the files' paths below the folder with their sizes.
 */
export function bakeAssets(root: string, dist: string, folder: string): { path: string; size: number }[] {
  const real = realpathSync(root);
  const source = join(real, folder);
  const target = join(dist, "assets");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const files: { path: string; size: number }[] = [];
  const manifest: ManifestEntry[] = [];
  const above = folder.replace(/\/$/, "");
  // A web server that only passes requests on has no such folder.
  const all = existsSync(source) ? walk(real, source, "", false, [source]) : [];
  for (const found of all) {
    const stats = statSync(found.path);
    const isFolder = found.image.endsWith("/");
    manifest.push([above + found.image, Math.round(stats.mtimeMs), isFolder ? 0 : stats.size, stats.mode]);
    if (isFolder) continue;
    const path = join(target, found.image);
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(found.path, path);
    files.push({ path: found.image, size: stats.size });
  }
  writeManifest(dist, manifest);
  return files;
}
