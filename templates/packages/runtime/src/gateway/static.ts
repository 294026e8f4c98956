import type { Outcome } from "./answer.ts";
import { answered, redirect, status } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { ImageEntry } from "./files.ts";
import { filePath } from "./paths.ts";
import { mimeType } from "./mime-types.ts";
import { escapePath, toBytes, type Bytes } from "./uri.ts";

/** try_files: the first path that exists is served from here on, else the last argument decides. Null: go on. */
export function tryFiles(x: Exchange): Outcome | null {
  const { tryFiles: directive } = x.content;
  if (!directive) {
    return null;
  }
  for (const template of directive.paths) {
    const wantsDirectory = template.endsWith("/");
    const uri = uriToTry(x, wantsDirectory ? template.slice(0, -1) : template);
    const entry = x.gateway.files.find(filePath(x, uri));
    if (entry && (entry.kind === "directory") === wantsDirectory) {
      x.uri = uri;
      return null;
    }
  }
  const { otherwise } = directive;
  if ("status" in otherwise) {
    return status(otherwise.status);
  }
  return "location" in otherwise
    ? { kind: "named", name: otherwise.location }
    : { kind: "redirect", uri: x.expand(otherwise.uri) };
}

/** Below an alias a path without the location's own beginning is taken as it stands after the alias. */
function uriToTry(x: Exchange, template: string): Bytes {
  const uri = x.expand(template);
  const prefix = x.settings.alias?.prefix;
  if (prefix === undefined || (template.includes("$") && uri.startsWith(toBytes(prefix)))) {
    return uri;
  }
  return toBytes(prefix) + uri;
}

/** Serves a file, an index file or a redirect to a folder: the modules index and static. */
export function serveFile(x: Exchange): Outcome {
  if (x.uri.endsWith("/")) {
    return serveIndex(x);
  }
  if (!["GET", "HEAD", "POST"].includes(x.method)) {
    return status(405);
  }
  const entry = x.gateway.files.find(filePath(x, x.uri));
  if (!entry) {
    console.error(`${fileOf(x)} does not exist in the image`);
    return status(404);
  }
  if (entry.kind === "directory") {
    return redirect(301, escapePath(x.uri) + "/" + (x.args === "" ? "" : "?" + x.args));
  }
  return x.method === "POST" ? status(405) : sendFile(x, entry);
}

function fileOf(x: Exchange): string {
  return filePath(x, x.uri);
}

function serveIndex(x: Exchange): Outcome {
  if (!["GET", "HEAD", "POST"].includes(x.method)) {
    return status(405);
  }
  for (const template of x.settings.index ?? ["index.html"]) {
    const name = x.expand(template);
    if (name.startsWith("/")) {
      // Only the last name may be absolute: another URI, whether its file exists or not.
      return { kind: "redirect", uri: withArguments(x, name) };
    }
    if (x.gateway.files.find(filePath(x, x.uri + name))?.kind === "file") {
      return { kind: "redirect", uri: withArguments(x, x.uri + name) };
    }
  }
  const directory = x.gateway.files.find(filePath(x, x.uri));
  return status(directory?.kind === "directory" ? 403 : 404);
}

/** An index file keeps the query, unlike the fallback of try_files. */
function withArguments(x: Exchange, uri: string): string {
  return x.args === "" ? uri : `${uri}?${x.args}`;
}

function sendFile(x: Exchange, file: Extract<ImageEntry, { kind: "file" }>): Outcome {
  const { env } = x.circumstances;
  const seconds = Math.floor(file.mtime / 1000);
  const etag = x.settings.etag === false ? undefined : `"${seconds.toString(16)}-${file.size.toString(16)}"`;
  return answered({
    status: 200,
    headers: new Headers(),
    body: null,
    length: file.size,
    contentType: mimeType(x, x.uri),
    lastModified: seconds,
    ...(etag === undefined ? {} : { etag }),
    read: (start, end) => x.gateway.files.read(env, file.path, start, end),
  });
}
