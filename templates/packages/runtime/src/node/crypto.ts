import realCrypto, { KeyObject } from "node:crypto";

type Update = (data: unknown, inputEncoding?: string, outputEncoding?: string) => unknown;
type Any = (...values: unknown[]) => unknown;

/** The app's `node:crypto`, where workerd's differs from Node's. */
export function createCrypto(): Record<string, unknown> {
  const crypto = realCrypto as unknown as Record<string, Any>;
  return {
    ...realCrypto,
    createCipheriv: mendedCipher(crypto.createCipheriv!),
    createDecipheriv: mendedCipher(crypto.createDecipheriv!),
    createSign: takingKeys(crypto.createSign!, "sign"),
    createVerify: takingKeys(crypto.createVerify!, "verify"),
    sign: signAtOnce(crypto),
    verify: verifyAtOnce(crypto),
    publicEncrypt: withPlainKey(crypto.publicEncrypt!, 0),
    publicDecrypt: withPlainKey(crypto.publicDecrypt!, 0),
    privateEncrypt: withPlainKey(crypto.privateEncrypt!, 0),
    privateDecrypt: withPlainKey(crypto.privateDecrypt!, 0),
  };
}

/** workerd's ciphers refuse text without an encoding, which Node takes as UTF-8, and give their tag only once. */
function mendedCipher(make: Any): Any {
  return (...values) => {
    const cipher = make(...values) as { update: unknown; getAuthTag?: () => Buffer };
    const update = (cipher.update as Update).bind(cipher);
    cipher.update = ((data, inputEncoding, outputEncoding) =>
      update(data, inputEncoding ?? (typeof data === "string" ? "utf8" : undefined), outputEncoding)) satisfies Update;
    const getAuthTag = cipher.getAuthTag?.bind(cipher);
    let tag: Buffer | undefined;
    if (getAuthTag) cipher.getAuthTag = () => (tag ??= getAuthTag());
    return cipher;
  };
}

/** `{ key: aKeyObject, padding, … }`: workerd wants the key itself there as text. */
function plainKey(key: unknown): unknown {
  if (typeof key !== "object" || key === null || key instanceof KeyObject) return key;
  const inner = (key as { key?: unknown }).key;
  if (!(inner instanceof KeyObject) || inner.type === "secret") return key;
  const type = inner.type === "private" ? "pkcs8" : "spki";
  return { ...key, key: inner.export({ format: "pem", type }) };
}

/** A function whose argument at `index` is a key. */
function withPlainKey(run: Any, index: number): Any {
  return (...values) => run(...values.map((value, i) => (i === index ? plainKey(value) : value)));
}

/** Makers of Sign and Verify, whose method `method` takes a key first. */
function takingKeys(make: Any, method: "sign" | "verify"): Any {
  return (...values) => {
    const made = make(...values) as Record<string, Any>;
    made[method] = withPlainKey(made[method]!.bind(made), 0);
    return made;
  };
}

/** Does a key say more than which it is? workerd's functions that work at once do not look at the rest. */
function hasOptions(key: unknown): boolean {
  return typeof key === "object" && key !== null && ("padding" in key || "dsaEncoding" in key || "saltLength" in key);
}

function signAtOnce(crypto: Record<string, Any>): Any {
  const sign = withPlainKey(crypto.sign!, 2);
  const make = takingKeys(crypto.createSign!, "sign");
  return (algorithm, data, key, ...rest) => {
    if (typeof algorithm !== "string" || !hasOptions(key) || rest.length > 0)
      return sign(algorithm, data, key, ...rest);
    const signer = make(algorithm) as Record<"update" | "sign", Any>;
    signer.update(data);
    return signer.sign(key);
  };
}

function verifyAtOnce(crypto: Record<string, Any>): Any {
  const verify = withPlainKey(crypto.verify!, 2);
  const make = takingKeys(crypto.createVerify!, "verify");
  return (algorithm, data, key, signature, ...rest) => {
    if (typeof algorithm !== "string" || !hasOptions(key) || rest.length > 0) {
      return verify(algorithm, data, key, signature, ...rest);
    }
    const verifier = make(algorithm) as Record<"update" | "verify", Any>;
    verifier.update(data);
    return verifier.verify(key, signature);
  };
}
