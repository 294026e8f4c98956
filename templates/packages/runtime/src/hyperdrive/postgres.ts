import { createHash } from "node:crypto";
import type { ByteStream } from "../transport";
import { type LoginResult, openThroughLogin, type Party } from "./login-proxy";
import { ScramClient } from "./scram";

/** Request codes that stand where a startup message has its protocol version. */
const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;

/** Longest startup message Postgres itself accepts. */
const MAX_STARTUP_BYTES = 10_000;

/** Authentication requests of the server, by the number in an `R` message. */
const AUTH_OK = 0;
const AUTH_CLEARTEXT = 3;
const AUTH_MD5 = 5;
const AUTH_SASL = 10;
const AUTH_SASL_CONTINUE = 11;
const AUTH_SASL_FINAL = 12;

/**
 * A connection to the Postgres behind `hyperdrive` that accepts any user and password.
 *
 * The `database` of the app's startup message is replaced, not kept: the name in the Compose file is that of the container's
 * database, and a Hyperdrive configuration leads to exactly one.
 */
export function openPostgres(hyperdrive: Hyperdrive): ByteStream {
  return openThroughLogin(hyperdrive, (client, database) => login(client, database, hyperdrive));
}

async function login(client: Party, database: Party, hyperdrive: Hyperdrive): Promise<LoginResult> {
  const startup = await readStartup(client);
  if (startup === null) return "ended";
  if (startup.code === CANCEL_REQUEST) {
    await database.write(startup.whole);
    return "ended";
  }
  if (startup.code >>> 16 !== 3) {
    await client.write(errorResponse("0A000", "only version 3 of the frontend/backend protocol is supported"));
    return "ended";
  }
  await database.write(rewriteStartup(startup, hyperdrive));
  return authenticate(client, database, hyperdrive);
}

interface Startup {
  /** Protocol version or request code. */
  code: number;
  whole: Buffer;
}

/** The client's first real message. Encryption is declined: the bytes never leave the platform's own channel. */
async function readStartup(client: Party): Promise<Startup | null> {
  for (;;) {
    const header = await client.reader.take(8);
    const length = header.readInt32BE(0);
    const code = header.readInt32BE(4);
    if (length < 8 || length > MAX_STARTUP_BYTES) {
      // Most likely a TLS handshake (sslnegotiation=direct).
      await client.write(errorResponse("08P01", "invalid length of startup packet"));
      return null;
    }
    const rest = await client.reader.take(length - 8);
    if (code !== SSL_REQUEST && code !== GSS_REQUEST) {
      return { code, whole: Buffer.concat([header, rest]) };
    }
    await client.write(Buffer.from("N"));
  }
}

/** The same startup message with the binding's user and database; all other parameters stay. */
function rewriteStartup({ code, whole }: Startup, { user, database }: Hyperdrive): Buffer {
  const texts = whole.toString("utf8", 8).split("\0");
  const parameters = new Map<string, string>();
  for (let i = 0; i + 1 < texts.length && texts[i] !== ""; i += 2) {
    parameters.set(texts[i]!, texts[i + 1]!);
  }
  parameters.set("user", user);
  parameters.set("database", database);
  const pairs = [...parameters].map(([name, value]) => `${name}\0${value}\0`).join("");
  const body = Buffer.from(`${pairs}\0`);
  const header = Buffer.alloc(8);
  header.writeInt32BE(body.length + 8, 0);
  header.writeInt32BE(code, 4);
  return Buffer.concat([header, body]);
}

/** Answers the server's authentication requests until it says yes or no. The client sees only that answer. */
async function authenticate(client: Party, database: Party, hyperdrive: Hyperdrive): Promise<LoginResult> {
  const { user, password } = hyperdrive;
  let scram: ScramClient | null = null;
  for (;;) {
    const { type, body, whole } = await readMessage(database);
    if (type !== "R") {
      // Notices, protocol negotiation, and the error that ends a refused login.
      await client.write(whole);
      if (type === "E") return "ended";
      continue;
    }
    const request = body.readInt32BE(0);
    const data = body.subarray(4);
    if (request === AUTH_OK) {
      await client.write(whole);
      return "connected";
    }
    if (request === AUTH_CLEARTEXT) {
      await database.write(message("p", Buffer.from(`${password}\0`)));
    } else if (request === AUTH_MD5) {
      await database.write(message("p", Buffer.from(`${md5Response(user, password, data)}\0`)));
    } else if (request === AUTH_SASL && data.toString("latin1").split("\0").includes("SCRAM-SHA-256")) {
      scram = new ScramClient(password);
      await database.write(message("p", saslInitialResponse(scram.first())));
    } else if (request === AUTH_SASL_CONTINUE && scram) {
      await database.write(message("p", Buffer.from(scram.final(data.toString()))));
    } else if (request === AUTH_SASL_FINAL && scram) {
      scram.verify(data.toString());
    } else {
      const text = `the database behind Hyperdrive asks for authentication method ${request}, which is not supported`;
      await client.write(errorResponse("28000", text));
      return "ended";
    }
  }
}

async function readMessage({ reader }: Party): Promise<{ type: string; body: Buffer; whole: Buffer }> {
  const header = await reader.take(5);
  const body = await reader.take(header.readInt32BE(1) - 4);
  return { type: String.fromCharCode(header[0]!), body, whole: Buffer.concat([header, body]) };
}

function message(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.write(type, 0, "latin1");
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

function md5Response(user: string, password: string, salt: Buffer): string {
  const inner = createHash("md5")
    .update(password + user)
    .digest("hex");
  return `md5${createHash("md5").update(inner).update(salt).digest("hex")}`;
}

function saslInitialResponse(first: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(first), 0);
  return Buffer.concat([Buffer.from("SCRAM-SHA-256\0"), length, Buffer.from(first)]);
}

/** An error as the server would send it, with an SQLSTATE that drivers look at. */
function errorResponse(code: string, text: string): Buffer {
  const fields = ["SFATAL", "VFATAL", `C${code}`, `M${text}`];
  return message("E", Buffer.from(`${fields.join("\0")}\0\0`));
}
