/** Which files of an image are modules, which of them the app may ask for by a computed name, and where its entry is. */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import type { Packages } from "./packages.ts";

export const MODULE_FILE = /\.[cm]?[jt]sx?$/;
const DECLARATION_FILE = /\.d\.[cm]?ts$/;
/** Code that no running app loads: it would only bring along what is not installed in production. */
const DEVELOPMENT =
  /\/(?:tests?|__tests__|__mocks__|specs?|e2e|cypress|coverage|fixtures)\/|\.(?:test|spec|stories|config)\.[cm]?[jt]sx?$/;

export const SCRIPT_EXTENSIONS = [".js", ".json", ".cjs", ".mjs", ".node"];
export const TYPESCRIPT_EXTENSIONS = [".ts", ".tsx", ".mts", ".cts"];

/** How esbuild reads a module. */
export type ModuleLoader = "js" | "jsx" | "ts" | "tsx";

export function loaderOf(path: string): ModuleLoader {
  const extension = extname(path).slice(1).replace(/^[cm]/, "");
  return extension === "jsx" || extension === "ts" || extension === "tsx" ? extension : "js";
}

/** Modules and JSON files below a folder, sorted, without packages, hidden folders, and what only serves development. */
export function listModules(folder: string): string[] {
  const files: string[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (path.endsWith(".json") || (MODULE_FILE.test(path) && !DECLARATION_FILE.test(path))) files.push(path);
    }
  };
  walk(folder);
  return files.filter((path) => !DEVELOPMENT.test(path.slice(folder.length)));
}

/** Bytes in the files of a folder, without packages inside it. */
export function folderSize(folder: string): number {
  let size = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) size += folderSize(path);
    else if (entry.isFile()) size += statSync(path).size;
  }
  return size;
}

/** The entry as Node finds it: a file, a file without its extension, or a folder with an index or a package.json. */
export function findEntry(path: string, packages: Packages): string | undefined {
  const main = packages.json(path)?.main;
  const bases = [path, ...(main ? [join(path, main)] : []), join(path, "index")];
  for (const base of bases) {
    for (const extension of ["", ...SCRIPT_EXTENSIONS, ...TYPESCRIPT_EXTENSIONS]) {
      if (statSync(base + extension, { throwIfNoEntry: false })?.isFile()) return realpathSync(base + extension);
    }
  }
  return undefined;
}

/** What lies in the folder of a path, for a message that says that the path does not exist. */
export function neighbours(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) ? readdirSync(folder).sort().join(", ") || "nothing" : "it does not exist";
}
