/**
 * `require` of the packed app: Node's built-in modules, JSON files, and the modules that the packer registered because they are
 * only reached by names computed at run time.
 */

import realConsole from "node:console";
import realModule, { builtinModules } from "node:module";
import realProcess from "node:process";
import { codedError } from "./errors";

/** Makes a module when it is first required. */
export type ModuleFactory = () => unknown;

/** The module through which the packer talks to the runtime; docs/output.md describes it. */
const HOST_MODULE = "dock2edge:modules";

/** Where a computed name may be found, in Node's order. */
const EXTENSIONS = [
  "",
  ".js",
  ".cjs",
  ".mjs",
  ".json",
  ".ts",
  "/index.js",
  "/index.cjs",
  "/index.mjs",
  "/index.json",
  "/index.ts",
];

export interface AppRequire {
  (id: string): unknown;
  resolve: ((id: string) => string) & { paths: (id: string) => string[] | null };
  cache: Record<string, unknown>;
  extensions: Record<string, unknown>;
  main: unknown;
}

export interface ModulesOptions {
  /** Stand-ins for built-in modules, by name without "node:". */
  builtins: Record<string, ModuleFactory>;
  wasm: Record<string, WebAssembly.Module>;
  /** Image path of the registered module to start with; undefined for the app's entry. */
  start?: string | undefined;
  cwd(): string;
  /** The text of a file of the image, or undefined. */
  readText(path: string): string | undefined;
}

export class Modules {
  readonly #options: ModulesOptions;
  readonly #loaded = new Map<string, unknown>();
  readonly #registered = new Map<string, ModuleFactory>();
  readonly #known = new Set(builtinModules.map((name) => name.replace(/^node:/, "")));
  readonly require: AppRequire;

  constructor(options: ModulesOptions) {
    this.#options = options;
    this.require = this.#createRequire("/");
  }

  /** A built-in module by either of its names; throws when there is none. */
  builtin(id: string): unknown {
    const name = id.replace(/^node:/, "");
    if (this.#loaded.has(name)) return this.#loaded.get(name);
    const make = this.#options.builtins[name] ?? (name === "module" ? () => this.#moduleModule() : undefined);
    const module = make ? make() : this.#real(name);
    if (module === undefined) throw notFound(id);
    this.#loaded.set(name, module);
    return module;
  }

  /** Whether a module is registered under this image path. */
  has(path: string): boolean {
    return this.#find(path, "/") !== undefined;
  }

  #real(name: string): unknown {
    if (name === "console") return realConsole;
    return this.#known.has(name) ? realProcess.getBuiltinModule(name) : undefined;
  }

  #load(id: string, directory: string): unknown {
    if (id === HOST_MODULE) {
      return { register: this.#register, wasm: this.#options.wasm, start: this.#options.start };
    }
    if (id.startsWith("node:") || this.#options.builtins[id] || this.#known.has(id)) return this.builtin(id);
    const found = this.#find(id, directory);
    if (found === undefined) throw notFound(id);
    const make = this.#registered.get(found);
    return make ? make() : JSON.parse(this.#options.readText(found) ?? "null");
  }

  /** The registered name or the JSON file that an id means. */
  #find(id: string, directory: string): string | undefined {
    const path = toPath(id, directory);
    for (const candidate of path === undefined ? [id] : EXTENSIONS.map((extension) => path + extension)) {
      if (this.#registered.has(candidate)) return candidate;
      if (candidate.endsWith(".json") && this.#options.readText(candidate) !== undefined) return candidate;
    }
    return undefined;
  }

  readonly #register = (name: string, load: ModuleFactory): void => {
    this.#registered.set(name, load);
  };

  #createRequire(directory: string): AppRequire {
    const resolve = (id: string): string => {
      if (id.startsWith("node:") || this.#known.has(id)) return id;
      const found = this.#find(id, directory);
      if (found === undefined) throw notFound(id);
      return found;
    };
    return Object.assign((id: string) => this.#load(String(id), directory), {
      resolve: Object.assign(resolve, { paths: () => [] }),
      cache: {},
      extensions: { ".js": () => {}, ".json": () => {}, ".node": () => {} },
      main: undefined,
    });
  }

  /** `node:module`: createRequire leads back here. */
  #moduleModule(): unknown {
    const createRequire = (from: string | URL) => {
      const path = toPath(String(from), "/") ?? "/";
      return this.#createRequire(path.endsWith("/") ? path : path.slice(0, path.lastIndexOf("/") + 1));
    };
    const Module = Object.assign(function Module() {}, realModule, {
      createRequire,
      builtinModules,
      isBuiltin: (id: string) => this.#known.has(id.replace(/^node:/, "")),
      register() {},
      enableCompileCache: () => ({ status: 3 }),
      findPackageJSON: () => undefined,
      _extensions: this.require.extensions,
      _cache: this.require.cache,
      _resolveFilename: (id: string) => this.require.resolve(id),
      _load: (id: string) => this.require(id),
    });
    return Object.assign(Module, { Module });
  }
}

/** The image path an id means: file URLs, absolute and relative paths. Undefined for a package's name. */
function toPath(id: string, directory: string): string | undefined {
  if (id.startsWith("file:")) return decodeURIComponent(new URL(id).pathname);
  if (id.startsWith("/")) return id;
  if (!/^\.\.?(\/|$)/.test(id)) return undefined;
  return decodeURIComponent(new URL(id, `file://${directory}`).pathname);
}

function notFound(id: string): Error {
  return Object.assign(codedError("MODULE_NOT_FOUND", `Cannot find module '${id}'`), { requireStack: [] });
}
