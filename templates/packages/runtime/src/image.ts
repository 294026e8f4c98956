/** What `d2e-build` makes of the container's image, and what it looks like to TypeScript. */
import type { SqliteBindings, SqliteHost } from "./sqlite";

/**
 * One entry of the image's file list: path in the image, modification time in milliseconds, size in bytes, mode. A path that
 * ends in "/" is a directory without files.
 */
export type ManifestEntry = [path: string, mtimeMs: number, size: number, mode: number];

/** The globals of the app. They are parameters, so that each instance of the app gets its own and none leaks into workerd's. */
export interface FactoryGlobals {
  process: unknown;
  global: unknown;
  fetch: typeof fetch;
  navigator: unknown;
  setTimeout: unknown;
  setInterval: unknown;
  setImmediate: unknown;
  clearTimeout: unknown;
  clearInterval: unknown;
  clearImmediate: unknown;
  console: unknown;
  Function: unknown;
}

/** The packed app: a CommonJS module body that can be evaluated again for each new instance. */
export type Factory = (
  require: (id: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  ...globals: FactoryGlobals[keyof FactoryGlobals][]
) => void;

/** Code that is made from strings: interpreted, as Workers refuse to compile it. */
export interface CodeGeneration {
  /** Stands for the constructor of functions. */
  Function: unknown;
  /** Puts the stand-ins into the global scope. */
  install(): void;
  /** Makes the app's `node:vm`. */
  createVm(): Record<string, unknown>;
}

/** What `dock2edge:image` exports. */
export interface Image {
  factory: Factory;
  manifest: readonly ManifestEntry[];
  /** Precompiled WebAssembly by image path. */
  wasm?: Record<string, WebAssembly.Module> | undefined;
  /** Stands in for the compiler where the app makes code at run time; see ./code-generation. */
  codeGeneration?: CodeGeneration | undefined;
  /** Makes SQLite for an instance, where the app uses it; see ./sqlite. */
  sqlite?: ((host: SqliteHost) => SqliteBindings) | undefined;
}
