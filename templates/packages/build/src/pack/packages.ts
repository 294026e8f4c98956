/** What package.json files say about the modules below them. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import ts from "typescript";

/** The package of a module. */
export interface Package {
  name: string;
  version: string;
  /** The package's folder on this machine. */
  folder: string;
}

interface PackageJson {
  name?: string;
  version?: string;
  type?: string;
  main?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  gypfile?: boolean;
  binary?: unknown;
}

/** A cheap look for import and export statements. Texts and comments may look like them, so whoever passes is parsed. */
const MAY_BE_ESM = /^\s*(?:import(?:\s*[{*"']|\s+\w)|export\s*[{*]|export\s+\w)/m;

const PACKAGE_FOLDER = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;

/** Looks into package.json files below one folder, each read once. */
export class Packages {
  readonly #root: string;
  readonly #read = new Map<string, PackageJson | undefined>();

  constructor(root: string) {
    this.#root = root;
  }

  /** package.json of a folder; undefined when there is none that can be read. */
  json(folder: string): PackageJson | undefined {
    if (this.#read.has(folder)) return this.#read.get(folder);
    const file = join(folder, "package.json");
    let json: PackageJson | undefined;
    try {
      json = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PackageJson) : undefined;
    } catch {
      json = undefined;
    }
    this.#read.set(folder, json);
    return json;
  }

  /** The installed package that a file belongs to; undefined for files of the app itself. */
  of(file: string): Package | undefined {
    const folder = PACKAGE_FOLDER.exec(file)?.[1];
    if (!folder) return undefined;
    const json = this.json(folder);
    const name = folder
      .slice(folder.lastIndexOf(`node_modules${sep}`) + "node_modules".length + 1)
      .split(sep)
      .join("/");
    return { name: json?.name ?? name, version: json?.version ?? "0.0.0", folder };
  }

  /** Is the file an ES module, by its name, by package.json, or, where neither says, by what stands in it? */
  isEsm(file: string, text: string): boolean {
    if (/\.m[jt]s$/.test(file)) return true;
    if (/\.c[jt]s$/.test(file)) return false;
    for (let folder = dirname(file); folder.startsWith(this.#root); folder = dirname(folder)) {
      const json = this.json(folder);
      if (json?.type === "module") return true;
      if (json) break;
      if (folder === dirname(folder)) break;
    }
    return MAY_BE_ESM.test(text) && ts.isExternalModule(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  }

  /** Whether a package brings compiled code that a Worker cannot load. */
  isNative(found: Package): boolean {
    const json = this.json(found.folder);
    return existsSync(join(found.folder, "binding.gyp")) || json?.gypfile === true || json?.binary !== undefined;
  }
}
