import type { Exchange } from "./exchange.ts";
import { toBytes, type Bytes } from "./uri.ts";

/** What nginx serves when a configuration sets no root: `html` in its own folder. */
const defaultRoot = "/etc/nginx/html";

/** `$document_root` */
export function documentRoot(x: Exchange): Bytes {
  const { alias, root } = x.settings;
  return (alias ? x.expand(alias.path) : x.expand(root ?? defaultRoot)).replace(/\/$/, "");
}

/** The file of the image that a URI stands for, by root or alias. */
export function filePath(x: Exchange, uri: Bytes): Bytes {
  const { alias, root } = x.settings;
  if (!alias) {
    return x.expand(root ?? defaultRoot).replace(/\/$/, "") + uri;
  }
  // In a regex location the alias is the whole path; elsewhere it takes the place of the location's own.
  const path = x.expand(alias.path);
  return alias.prefix === undefined ? path : path + uri.slice(toBytes(alias.prefix).length);
}
