import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

/** One SCRAM-SHA-256 login (RFC 5802, RFC 7677) without channel binding. */
export class ScramClient {
  private readonly password: string;
  private readonly nonce = randomBytes(18).toString("base64");
  /** What the server must sign to prove that it knows the password too. */
  private expectedSignature: Buffer | null = null;

  constructor(password: string) {
    // SASLprep: for the passwords people have, normalization is all it does.
    this.password = password.normalize("NFKC");
  }

  /** The first message. Postgres takes the user from the startup message and ignores the one in here. */
  first(): string {
    return `n,,${this.firstBare()}`;
  }

  /** The final message, in reply to the server's first one. */
  final(serverFirst: string): string {
    const { r: nonce = "", s: salt = "", i: iterations = "" } = parseAttributes(serverFirst);
    if (!nonce.startsWith(this.nonce) || salt === "" || !/^\d+$/.test(iterations)) {
      throw new Error("the database sent an invalid SCRAM challenge");
    }
    const salted = pbkdf2Sync(this.password, Buffer.from(salt, "base64"), Number(iterations), 32, "sha256");
    const clientKey = hmac(salted, "Client Key");
    const storedKey = createHash("sha256").update(clientKey).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const signed = `${this.firstBare()},${serverFirst},${withoutProof}`;
    const signature = hmac(storedKey, signed);
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!));
    this.expectedSignature = hmac(hmac(salted, "Server Key"), signed);
    return `${withoutProof},p=${proof.toString("base64")}`;
  }

  /** Checks the server's final message; throws when it does not know the password. */
  verify(serverFinal: string): void {
    const given = Buffer.from(parseAttributes(serverFinal).v ?? "", "base64");
    const expected = this.expectedSignature;
    if (!expected || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new Error("the database's SCRAM signature is wrong");
    }
  }

  private firstBare(): string {
    return `n=*,r=${this.nonce}`;
  }
}

function hmac(key: Uint8Array, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

/** `a=x,b=y`; values may contain `=`. */
function parseAttributes(text: string): Record<string, string> {
  return Object.fromEntries(text.split(",").map((pair) => [pair[0], pair.slice(2)]));
}
