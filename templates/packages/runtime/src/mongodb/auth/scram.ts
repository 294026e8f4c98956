/** SCRAM-SHA-1 and SCRAM-SHA-256 (RFC 5802) from the server's side, as MongoDB uses them. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import { MongoError } from "../errors";

export type Mechanism = "SCRAM-SHA-1" | "SCRAM-SHA-256";

/** What is kept of a password: enough to check it, not to know it. */
export interface Credential {
  iterationCount: number;
  salt: string;
  storedKey: string;
  serverKey: string;
}

const HASH: Record<Mechanism, "sha1" | "sha256"> = { "SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256" };
const ITERATIONS: Record<Mechanism, number> = { "SCRAM-SHA-1": 10_000, "SCRAM-SHA-256": 15_000 };
const SALT_BYTES: Record<Mechanism, number> = { "SCRAM-SHA-1": 16, "SCRAM-SHA-256": 28 };

export function isMechanism(name: unknown): name is Mechanism {
  return name === "SCRAM-SHA-1" || name === "SCRAM-SHA-256";
}

export function makeCredential(mechanism: Mechanism, user: string, password: string): Credential {
  const hash = HASH[mechanism];
  const salt = randomBytes(SALT_BYTES[mechanism]);
  const iterationCount = ITERATIONS[mechanism];
  const length = hash === "sha1" ? 20 : 32;
  const salted = pbkdf2Sync(secretOf(mechanism, user, password), salt, iterationCount, length, hash);
  const clientKey = createHmac(hash, salted).update("Client Key").digest();
  return {
    iterationCount,
    salt: salt.toString("base64"),
    storedKey: createHash(hash).update(clientKey).digest("base64"),
    serverKey: createHmac(hash, salted).update("Server Key").digest("base64"),
  };
}

/** SHA-1 builds on the digest of MongoDB's oldest mechanism. */
function secretOf(mechanism: Mechanism, user: string, password: string): string {
  if (mechanism === "SCRAM-SHA-256") return password.normalize("NFKC");
  return createHash("md5").update(`${user}:mongo:${password}`).digest("hex");
}

/** Looks up the credential of a user; null: there is no such user, or none for the mechanism. */
export type CredentialOf = (user: string, mechanism: Mechanism) => Credential | null;

const failed = (): MongoError => new MongoError("AuthenticationFailed", "Authentication failed.");

/** One authentication: the client's two messages and what the server answers. */
export class Conversation {
  readonly user: string;
  readonly db: string;
  readonly skipEmptyExchange: boolean;
  done = false;
  readonly #mechanism: Mechanism;
  readonly #credential: Credential;
  readonly #nonce: string;
  readonly #clientFirstBare: string;
  readonly #serverFirst: string;

  constructor(
    mechanism: Mechanism,
    db: string,
    payload: string,
    skipEmptyExchange: boolean,
    credentialOf: CredentialOf,
  ) {
    const match = /^(?:n|y|p=[^,]*),[^,]*,(n=([^,]*),r=([^,]+).*)$/.exec(payload);
    if (!match) throw failed();
    const [, bare, name, clientNonce] = match;
    this.user = name!.replaceAll("=2C", ",").replaceAll("=3D", "=");
    this.db = db;
    this.skipEmptyExchange = skipEmptyExchange;
    const credential = credentialOf(this.user, mechanism);
    if (!credential) throw failed();
    this.#mechanism = mechanism;
    this.#credential = credential;
    this.#clientFirstBare = bare!;
    this.#nonce = clientNonce! + randomBytes(24).toString("base64");
    this.#serverFirst = `r=${this.#nonce},s=${credential.salt},i=${credential.iterationCount}`;
  }

  get serverFirst(): string {
    return this.#serverFirst;
  }

  /** Checks the client's proof and returns the server's own. */
  finish(payload: string): string {
    const match = /^(c=[^,]*,r=([^,]*)),p=(.+)$/.exec(payload);
    if (!match || match[2] !== this.#nonce) throw failed();
    const hash = HASH[this.#mechanism];
    const message = `${this.#clientFirstBare},${this.#serverFirst},${match[1]}`;
    const storedKey = Buffer.from(this.#credential.storedKey, "base64");
    const signature = createHmac(hash, storedKey).update(message).digest();
    const proof = Buffer.from(match[3]!, "base64");
    if (proof.length !== signature.length) throw failed();
    const clientKey = Buffer.alloc(proof.length);
    for (let i = 0; i < proof.length; i++) clientKey[i] = proof[i]! ^ signature[i]!;
    if (!timingSafeEqual(createHash(hash).update(clientKey).digest(), storedKey)) throw failed();
    this.done = true;
    const serverKey = Buffer.from(this.#credential.serverKey, "base64");
    return `v=${createHmac(hash, serverKey).update(message).digest("base64")}`;
  }
}
