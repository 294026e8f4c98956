/** What the user should know about a packed app. */
import type { Metafile } from "esbuild";
import { readFileSync } from "node:fs";
import { findLoads } from "./rewrite.ts";

/** Something the user should know. `file` is an image path; lines count from 1. */
export interface Warning {
  file: string;
  line: number;
  message: string;
}

/**
 * The modules that the entry reaches by names that stand in the code, as image paths. What else is packed is there because a
 * computed name may mean it, and what is wrong with such a module matters to nobody until it does.
 */
export function reachable(metafile: Metafile, entry: string): Set<string> {
  const found = new Set<string>();
  const queue = [entry];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(`/${name}`)) continue;
    found.add(`/${name}`);
    for (const { path, external } of metafile.inputs[name]?.imports ?? []) {
      if (!external && !path.startsWith("dock2edge:")) queue.push(path);
    }
  }
  return found;
}

/** Modules that are asked for and not there. Those whose absence the code is ready for are left out. */
export function missingModules(missing: { file: string; path: string; name: string }[]): Warning[] {
  return missing.flatMap(({ file, path, name }) => {
    const loads = findLoads(path, readFileSync(path, "utf8"), name).filter(({ guarded }) => !guarded);
    return loads.map(({ line }) => ({ file, line, message: `Cannot find module '${name}': loading it will fail` }));
  });
}

/** Loads of names of which nothing can be known. */
export function computedNames(loads: { file: string; line: number }[], hasRegistry: boolean): Warning[] {
  const packed = hasRegistry ? 'those of "registry"' : "all modules of the app";
  const message = `loads a module by a name that is only known at run time; ${packed} are packed for it`;
  return loads.map(({ file, line }) => ({ file, line, message }));
}

/** In a fixed order, each once. */
export function sortWarnings(warnings: Warning[]): Warning[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  const order = (a: Warning, b: Warning): number =>
    compare(a.file, b.file) || a.line - b.line || compare(a.message, b.message);
  const sorted = [...warnings].sort(order);
  return sorted.filter((warning, i) => i === 0 || order(warning, sorted[i - 1]!) !== 0);
}
