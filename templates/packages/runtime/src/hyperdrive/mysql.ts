import { randomBytes } from "node:crypto";
import type { ByteStream } from "../transport";
import { type LoginResult, openThroughLogin, type Party } from "./login-proxy";
import { finishLogin, firstResponse } from "./mysql-auth";
import { relayCommands } from "./mysql-commands";
import {
  Answer,
  Capability,
  errorPacket,
  type Greeting,
  type HandshakeResponse,
  PacketStream,
  parseGreeting,
  parseHandshakeResponse,
  switchRequest,
  writeGreeting,
  writeHandshakeResponse,
} from "./mysql-packets";

/** Access denied: the number drivers know failed logins by. */
const ER_ACCESS_DENIED = 1045;
const ER_HANDSHAKE = 1043;

/** What changes the bytes after the login and could not be undone here: the proxy only passes them on. */
const NOT_OFFERED = Capability.SSL | Capability.COMPRESS | Capability.ZSTD_COMPRESS;

/**
 * A connection to the MySQL or MariaDB behind `hyperdrive` that accepts any user and password.
 *
 * The proxy greets the app with the database's own version, character set and abilities, so that the driver behaves as it
 * would towards that database; only encryption and compression are not offered. The app's flags are handed on to the
 * database, because the format of everything after the login depends on them.
 *
 * The database named in the login is always Hyperdrive's: the one in the Compose file is the container's, and an app that
 * names none and then says `USE` gets the error for that name from the database itself.
 */
export function openMysql(hyperdrive: Hyperdrive): ByteStream {
  return openThroughLogin(hyperdrive, (client, database) => login(client, database, hyperdrive));
}

async function login(clientParty: Party, databaseParty: Party, hyperdrive: Hyperdrive): Promise<LoginResult> {
  const client = new PacketStream(clientParty);
  const database = new PacketStream(databaseParty);
  const first = await database.read();
  if (first[0] === Answer.ERROR) {
    // Too many connections, host blocked, …
    await client.write(first);
    return "ended";
  }
  const greeting = parseGreeting(first);
  const nonce = freshNonce();
  await client.write(
    writeGreeting({
      ...greeting,
      capabilities: (greeting.capabilities & ~NOT_OFFERED) >>> 0,
      nonce,
      plugin: "mysql_native_password",
    }),
  );
  const packet = await client.read();
  const refusal = whyRefused(packet);
  if (refusal !== null) {
    await client.write(errorPacket(ER_HANDSHAKE, "08S01", refusal));
    return "ended";
  }
  const response = parseHandshakeResponse(packet);
  await acceptPassword(client, response, nonce);
  const verdict = await logIn(database, greeting, response, hyperdrive);
  if (typeof verdict === "string") {
    await client.write(errorPacket(ER_ACCESS_DENIED, "28000", verdict));
    return "ended";
  }
  await client.write(verdict);
  if (verdict[0] !== Answer.OK) return "ended";
  const capabilities = negotiated(greeting, response);
  return {
    relay: () =>
      relayCommands(clientParty, databaseParty, { greeting, client: response.capabilities, capabilities, hyperdrive }),
  };
}

/** Twenty random characters above `$`: MySQL's own nonces avoid that one and zero bytes, and clients rely on it. */
function freshNonce(): Buffer {
  return Buffer.from(Uint8Array.from(randomBytes(20), (byte) => (byte % 90) + 37));
}

function whyRefused(packet: Buffer): string | null {
  const capabilities = packet.length >= 4 ? packet.readUInt32LE(0) : 0;
  if (packet.length < 32 || !(capabilities & Capability.PROTOCOL_41)) {
    return "clients older than MySQL 4.1 are not supported";
  }
  return capabilities & Capability.SSL ? "encryption was not offered and is not supported" : null;
}

/**
 * Completes the client's part without checking its password. Its plugin may differ from the greeting's: the libraries of
 * MySQL 9 have no mysql_native_password any more and answer with their own default.
 */
async function acceptPassword(client: PacketStream, response: HandshakeResponse, nonce: Buffer): Promise<void> {
  const { plugin, authResponse } = response;
  if (plugin === "mysql_native_password") return;
  if (plugin === "caching_sha2_password") {
    // With an empty password there is nothing to confirm.
    if (authResponse.length > 0) await client.write(Buffer.from([Answer.MORE_DATA, 3]));
    return;
  }
  await client.write(switchRequest("mysql_native_password", nonce));
  await client.read();
}

/** What the database is told that its client can do: what the app can, and what this proxy needs. */
function negotiated(greeting: Greeting, response: HandshakeResponse): number {
  const offered = (greeting.capabilities & ~NOT_OFFERED) >>> 0;
  const needed =
    Capability.PROTOCOL_41 | Capability.SECURE_CONNECTION | Capability.CONNECT_WITH_DB | Capability.PLUGIN_AUTH;
  return ((response.capabilities | needed) & offered) >>> 0;
}

/** Logs in to the database; the result is its OK or error packet, or a text that says why there is none. */
async function logIn(
  database: PacketStream,
  greeting: Greeting,
  response: HandshakeResponse,
  hyperdrive: Hyperdrive,
): Promise<Buffer | string> {
  // A plugin that is not known here is answered with an empty response; the server then asks for another one.
  const known = firstResponse(greeting.plugin, hyperdrive.password, greeting.nonce);
  const plugin = known ? greeting.plugin : "mysql_native_password";
  await database.write(
    writeHandshakeResponse({
      ...response,
      capabilities: negotiated(greeting, response),
      user: hyperdrive.user,
      database: hyperdrive.database,
      plugin,
      authResponse: known ?? firstResponse(plugin, hyperdrive.password, greeting.nonce)!,
    }),
  );
  return finishLogin(database, plugin, hyperdrive.password, greeting.nonce);
}
