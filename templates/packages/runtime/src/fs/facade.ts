/**
 * memfs's volume in the shape of the `fs` module.
 *
 * The file streams are workerd's own, which take the functions to open, read, write and close from their `fs` option: their
 * events, ranges and errors are then exactly those the app would get from Node.
 */
import { fsCallbackApiList, fsSynchronousApiList, type Volume } from "@jsonjoy.com/fs-node";
import realFs from "node:fs";
import { promisify } from "node:util";

/** The `fs` module and the `fs/promises` module of one app. */
export interface NodeFileSystem {
  fs: typeof import("node:fs");
  promises: typeof import("node:fs/promises");
}

type AnyFunction = (...args: never[]) => unknown;
type Members = Record<string, unknown>;

/** Members of Node's module that are data or classes and do not touch files. */
const SHARED = ["constants", "F_OK", "R_OK", "W_OK", "X_OK", "Stats", "Dirent", "Dir"] as const;

export function nodeFileSystem(volume: Volume): NodeFileSystem {
  const source = volume as unknown as Members;
  const fs: Members = {};
  for (const name of [...fsSynchronousApiList, ...fsCallbackApiList]) {
    const method = source[name];
    if (typeof method === "function") fs[name] = (method as AnyFunction).bind(volume);
  }
  for (const name of SHARED) fs[name] = (realFs as unknown as Members)[name];
  Object.assign(fs, {
    constants: realFs.constants,
    FSWatcher: volume.FSWatcher,
    StatWatcher: volume.StatWatcher,
  });
  addRealpath(fs, source);
  addPromisified(fs);
  addStreams(fs);
  const promises = bindPromises(volume);
  fs["promises"] = promises;
  return { fs: fs as unknown as NodeFileSystem["fs"], promises };
}

/** `realpath.native` and `realpathSync.native` are properties that binding loses. */
function addRealpath(fs: Members, source: Members): void {
  for (const name of ["realpath", "realpathSync"]) {
    const bound = (source[name] as AnyFunction).bind(source);
    fs[name] = Object.assign(bound, { native: bound });
  }
}

/** The functions whose callbacks take more, or other, values than (error, result). */
function addPromisified(fs: Members): void {
  const exists = fs["exists"] as (path: string, callback: (found: boolean) => void) => void;
  Object.defineProperty(exists, promisify.custom, {
    value: (path: string) => new Promise((resolve) => exists(path, resolve)),
  });
  const results: [name: string, count: string, data: string][] = [
    ["read", "bytesRead", "buffer"],
    ["readv", "bytesRead", "buffers"],
    ["write", "bytesWritten", "buffer"],
    ["writev", "bytesWritten", "buffers"],
  ];
  for (const [name, count, data] of results) {
    const method = fs[name] as (...args: unknown[]) => void;
    const asPromise = (...args: unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        method(...args, (error: Error | null, n: number, buffer: unknown) =>
          error ? reject(error) : resolve({ [count]: n, [data]: buffer }),
        );
      });
    Object.defineProperty(method, promisify.custom, { value: asPromise });
  }
}

type StreamOptions = { encoding?: unknown; highWaterMark?: unknown };

function addStreams(fs: Members): void {
  const withFs = (options: unknown): object => {
    const given: StreamOptions = typeof options === "string" ? { encoding: options } : (options ?? {});
    // Node.js takes a null for "as usual"; workerd asks for a number.
    return { fs, ...given, highWaterMark: given.highWaterMark ?? undefined };
  };
  const RealReadStream = realFs.ReadStream as unknown as new (path: unknown, options: object) => { path: unknown };
  const RealWriteStream = realFs.WriteStream as unknown as typeof RealReadStream;
  // workerd makes a relative path absolute, from its own working directory; the stream opens `path`, which fs then resolves.
  class ReadStream extends RealReadStream {
    constructor(path: unknown, options?: unknown) {
      super(path, withFs(options));
      if (typeof path === "string") this.path = path;
    }
  }
  class WriteStream extends RealWriteStream {
    constructor(path: unknown, options?: unknown) {
      super(path, withFs(options));
      if (typeof path === "string") this.path = path;
    }
  }
  Object.assign(fs, {
    ReadStream,
    WriteStream,
    FileReadStream: ReadStream,
    FileWriteStream: WriteStream,
    createReadStream: (path: unknown, options?: unknown) => new ReadStream(path, options),
    createWriteStream: (path: unknown, options?: unknown) => new WriteStream(path, options),
  });
}

function bindPromises(volume: Volume): NodeFileSystem["promises"] {
  const source = volume.promises as unknown as Members;
  const promises: Members = { constants: realFs.constants };
  for (let object = source; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    for (const name of Object.getOwnPropertyNames(object)) {
      const member = source[name];
      if (typeof member === "function" && name !== "constructor" && !(name in promises)) {
        promises[name] = (member as AnyFunction).bind(source);
      }
    }
  }
  return promises as unknown as NodeFileSystem["promises"];
}
