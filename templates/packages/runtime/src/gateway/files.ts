import type { FileMount } from "./config.ts";
import { fromBytes, type Bytes } from "./uri.ts";
import type { Body } from "./answer.ts";

/** A file of the image: `[path, mtime in ms, size in bytes, …]`. Directories without files end in a slash. */
export type ManifestEntry = readonly [path: string, mtime: number, size: number, ...rest: unknown[]];

/** A file or folder of the image. */
export type ImageEntry = { kind: "file"; path: string; mtime: number; size: number } | { kind: "directory" };

/** The part of a service binding that files are read through. */
interface AssetFetcher {
  fetch(request: Request): Promise<Response>;
}

/**
 * The image's files: names, sizes and dates come from the manifest that was made with the image, contents from Workers
 * assets. So ETag, Last-Modified and ranges are nginx's own and not those of the asset store.
 */
export class ImageFiles {
  readonly #files = new Map<string, { mtime: number; size: number }>();
  readonly #directories = new Set<string>(["/"]);
  readonly #mounts: FileMount[];
  readonly #secretFiles: Record<string, string>;

  constructor(manifest: readonly ManifestEntry[], mounts: FileMount[], secretFiles: Record<string, string>) {
    this.#mounts = [...mounts].sort((a, b) => b.path.length - a.path.length);
    this.#secretFiles = secretFiles;
    for (const [path, mtime, size] of manifest) {
      if (path.endsWith("/")) {
        this.#addDirectories(path);
      } else {
        this.#files.set(path, { mtime: Math.floor(mtime / 1000) * 1000, size });
        this.#addDirectories(path.slice(0, path.lastIndexOf("/") + 1));
      }
    }
  }

  #addDirectories(path: string): void {
    for (let at = path.length; at > 0; at = path.lastIndexOf("/", at - 1)) {
      const directory = path.slice(0, at).replace(/\/$/, "");
      if (directory !== "" && this.#directories.has(directory)) {
        return;
      }
      this.#directories.add(directory);
    }
  }

  /** What stands at an image path; undefined when nothing does. */
  find(bytes: Bytes): ImageEntry | undefined {
    const path = normalise(fromBytes(bytes));
    const file = bytes.endsWith("/") ? undefined : this.#files.get(path);
    if (file) {
      return { kind: "file", path, ...file };
    }
    return path === "" || this.#directories.has(path) ? { kind: "directory" } : undefined;
  }

  /** The bytes of a file from `start` up to, not including, `end`. */
  async read(env: Record<string, unknown>, path: string, start: number, end: number): Promise<Body> {
    const assets = env["ASSETS"] as AssetFetcher | undefined;
    if (!assets) {
      throw new Error("the binding ASSETS is missing: wrangler.jsonc must upload the image's files as assets");
    }
    const url = "https://assets.invalid" + this.#assetPath(path).split("/").map(encodeURIComponent).join("/");
    const response = await assets.fetch(new Request(url));
    if (!response.ok || !response.body) {
      throw new Error(
        `the asset of ${path} is missing (${response.status}): the manifest does not belong to these assets`,
      );
    }
    const whole = start === 0 && end === this.#files.get(path)?.size;
    if (whole) {
      return response.body;
    }
    return response.body.pipeThrough(slice(start, end)).pipeThrough(new FixedLengthStream(end - start));
  }

  /** The whole text of a file that is a secret or an asset; null when there is none. */
  async text(env: Record<string, unknown>, path: string): Promise<string | null> {
    const name = this.#secretFiles[path];
    if (name !== undefined) {
      const value = env[name];
      return typeof value === "string" ? value : null;
    }
    const file = this.#files.get(path);
    if (!file) {
      return null;
    }
    const body = await this.read(env, path, 0, file.size);
    return new Response(body).text();
  }

  #assetPath(path: string): string {
    for (const mount of this.#mounts) {
      if (path === mount.path || path.startsWith(mount.path.replace(/\/?$/, "/"))) {
        return ("/" + mount.assets + path.slice(mount.path.replace(/\/$/, "").length)).replace(/\/{2,}/g, "/");
      }
    }
    return path;
  }
}

function normalise(path: string): string {
  return path.replace(/\/{2,}/g, "/").replace(/\/$/, "");
}

/** Lets only the bytes from `start` to `end` through. */
function slice(start: number, end: number): TransformStream<Uint8Array, Uint8Array> {
  let at = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
      at += chunk.length;
      if (part.length > 0) {
        controller.enqueue(part);
      }
      if (at >= end) {
        controller.terminate();
      }
    },
  });
}
