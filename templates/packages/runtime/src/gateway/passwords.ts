import { createHash, timingSafeEqual } from "node:crypto";
import { compareSync } from "bcryptjs";

/**
 * Checks a password against a line of a password file made by htpasswd or openssl passwd: bcrypt, the MD5 of Apache and
 * of crypt, SHA-256 and SHA-512 of crypt, {SHA}, {SSHA} and {PLAIN}.
 */
export function checkPassword(password: string, hash: string): boolean {
  if (/^\$2[aby]\$/.test(hash)) {
    return compareSync(password, hash);
  }
  const computed = computeLike(password, hash);
  if (computed === null) {
    console.error("a password is stored in a form that cannot be checked; make it anew with htpasswd -B");
    return false;
  }
  const a = Buffer.from(computed);
  const b = Buffer.from(hash);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The hash of a password in the form that another hash has; null when the form is not known. */
function computeLike(password: string, hash: string): string | null {
  const md5 = /^\$(apr1|1)\$([^$]{0,8})/.exec(hash);
  if (md5) {
    return md5Crypt(password, md5[2] ?? "", `$${md5[1]}$`);
  }
  const sha = /^\$([56])\$(?:rounds=(\d+)\$)?([^$]{0,16})/.exec(hash);
  if (sha) {
    return shaCrypt(password, sha[3] ?? "", sha[1] === "5" ? 256 : 512, sha[2]);
  }
  if (hash.startsWith("{SHA}")) {
    return "{SHA}" + createHash("sha1").update(password).digest("base64");
  }
  if (hash.startsWith("{SSHA}")) {
    const salt = Buffer.from(hash.slice("{SSHA}".length), "base64").subarray(20);
    const digest = createHash("sha1").update(password).update(salt).digest();
    return "{SSHA}" + Buffer.concat([digest, salt]).toString("base64");
  }
  return hash.startsWith("{PLAIN}") ? "{PLAIN}" + password : null;
}

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Three bytes as four characters, least significant first: the base64 of crypt. */
function encode24(high: number, middle: number, low: number, characters: number): string {
  let value = (high << 16) | (middle << 8) | low;
  let text = "";
  for (let i = 0; i < characters; i++) {
    text += alphabet[value & 0x3f];
    value >>= 6;
  }
  return text;
}

/** Poul-Henning Kamp's MD5 crypt, of which Apache's is the same with another mark. */
function md5Crypt(password: string, salt: string, mark: string): string {
  const key = Buffer.from(password);
  const saltBytes = Buffer.from(salt);
  const md5 = (...parts: Uint8Array[]): Buffer =>
    parts.reduce((hash, part) => hash.update(part), createHash("md5")).digest();

  const inner = md5(key, saltBytes, key);
  const parts: Uint8Array[] = [key, Buffer.from(mark), saltBytes];
  for (let left = key.length; left > 0; left -= 16) {
    parts.push(inner.subarray(0, Math.min(16, left)));
  }
  for (let bits = key.length; bits > 0; bits >>= 1) {
    parts.push(bits & 1 ? Buffer.of(0) : key.subarray(0, 1));
  }
  let digest = md5(...parts);
  for (let round = 0; round < 1000; round++) {
    const odd = round % 2 === 1;
    digest = md5(
      odd ? key : digest,
      round % 3 ? saltBytes : Buffer.of(),
      round % 7 ? key : Buffer.of(),
      odd ? digest : key,
    );
  }
  const byte = (i: number): number => digest[i] ?? 0;
  const groups = [0, 1, 2, 3, 4].map((i) => encode24(byte(i), byte(i + 6), byte(i === 4 ? 5 : i + 12), 4));
  return mark + salt + "$" + groups.join("") + encode24(0, 0, byte(11), 2);
}

/** Ulrich Drepper's SHA crypt. */
function shaCrypt(password: string, salt: string, bits: 256 | 512, roundsText: string | undefined): string {
  const key = Buffer.from(password);
  const saltBytes = Buffer.from(salt);
  const size = bits / 8;
  const sha = (...parts: Uint8Array[]): Buffer =>
    parts.reduce((hash, part) => hash.update(part), createHash(`sha${bits}`)).digest();
  const repeat = (digest: Buffer, length: number): Buffer =>
    Buffer.concat(Array.from({ length: Math.ceil(length / size) }, () => digest)).subarray(0, length);

  const inner = sha(key, saltBytes, key);
  const parts: Uint8Array[] = [key, saltBytes, repeat(inner, key.length)];
  for (let left = key.length; left > 0; left >>= 1) {
    parts.push(left & 1 ? inner : key);
  }
  let digest = sha(...parts);
  const keySequence = repeat(sha(...Array.from({ length: key.length }, () => key)), key.length);
  const saltDigest = sha(...Array.from({ length: 16 + (digest[0] ?? 0) }, () => saltBytes));
  const saltSequence = repeat(saltDigest, saltBytes.length);
  const rounds = roundsText === undefined ? 5000 : Math.min(999_999_999, Math.max(1000, Number(roundsText)));
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    digest = sha(
      odd ? keySequence : digest,
      round % 3 ? saltSequence : Buffer.of(),
      round % 7 ? keySequence : Buffer.of(),
      odd ? digest : keySequence,
    );
  }
  const mark = `$${bits === 256 ? 5 : 6}$` + (roundsText === undefined ? "" : `rounds=${rounds}$`);
  return mark + salt + "$" + encodeSha(digest, bits);
}

/** The order in which SHA crypt writes the bytes of its digest: three columns that take turns. */
function encodeSha(digest: Buffer, bits: 256 | 512): string {
  const byte = (i: number): number => digest[i] ?? 0;
  const columns = bits === 256 ? 10 : 21;
  let order = [0, columns, 2 * columns];
  let text = "";
  for (let i = 0; i < columns; i++) {
    text += encode24(byte(order[0] ?? 0), byte(order[1] ?? 0), byte(order[2] ?? 0), 4);
    const [a = 0, b = 0, c = 0] = order.map((n) => n + 1);
    order = bits === 256 ? [c, a, b] : [b, c, a];
  }
  return text + (bits === 256 ? encode24(0, byte(31), byte(30), 3) : encode24(0, 0, byte(63), 2));
}
