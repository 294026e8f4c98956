/**
 * WebAssembly in packages. Workers compile none at run time, so everything that may be compiled is found when packing and
 * uploaded compiled: files that modules import or read, and bytes that stand in modules as base64.
 */

/** How "\0asm" with the version begins in base64. */
const INLINE = /["'`](AGFzbQEAAAA?[A-Za-z0-9+/]*={0,2})["'`]/g;

/** The bytes of the WebAssembly modules that a module's text holds as base64. */
export function inlineWasm(text: string): Uint8Array<ArrayBuffer>[] {
  if (!text.includes("AGFzbQEAAA")) return [];
  const found = [...text.matchAll(INLINE)].map((match) => new Uint8Array(Buffer.from(match[1]!, "base64")));
  return found.filter((bytes) => WebAssembly.validate(bytes));
}

/** Names bytes by their length and FNV-1a hash, as ./inside/modules.cjs does when the app asks for them to be compiled. */
export function fingerprint(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `#${bytes.length}-${hash >>> 0}`;
}
