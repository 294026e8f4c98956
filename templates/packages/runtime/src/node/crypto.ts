import realCrypto from "node:crypto";

type Update = (data: unknown, inputEncoding?: string, outputEncoding?: string) => unknown;

/** The app's `node:crypto`. workerd's ciphers refuse text without an encoding, which Node takes as UTF-8. */
export function createCrypto(): Record<string, unknown> {
  const patched = <Make extends (...values: never[]) => { update: unknown }>(make: Make): Make =>
    ((...values) => {
      const cipher = make(...values);
      const update = (cipher.update as Update).bind(cipher);
      cipher.update = ((data, inputEncoding, outputEncoding) =>
        update(
          data,
          inputEncoding ?? (typeof data === "string" ? "utf8" : undefined),
          outputEncoding,
        )) satisfies Update;
      return cipher;
    }) as Make;
  return {
    ...realCrypto,
    createCipheriv: patched(realCrypto.createCipheriv as never),
    createDecipheriv: patched(realCrypto.createDecipheriv as never),
  };
}
