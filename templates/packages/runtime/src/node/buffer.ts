/**
 * `Buffer.alloc(size, 0, "utf8")`: the encoding only concerns a text that the buffer is filled with, and Node ignores it beside
 * a number. workerd takes it for the place to begin filling at. `Buffer` is one for the whole isolate, and mended once.
 */
export function mendBuffer(): void {
  const alloc = Buffer.alloc;
  if (MENDED in alloc) return;
  const mended = (size: number, fill?: string | Uint8Array | number, encoding?: BufferEncoding): Buffer =>
    typeof fill === "string" ? alloc(size, fill, encoding) : alloc(size, fill);
  Buffer.alloc = Object.assign(mended, { [MENDED]: true });
}

const MENDED = Symbol("mended by dock2edge");
