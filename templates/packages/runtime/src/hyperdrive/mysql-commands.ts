/**
 * What follows a MySQL login: commands and their answers, passed on as they come, except the one command that is a login again.
 *
 * COM_CHANGE_USER makes a connection as good as new for another user. Pools send it to clear a connection (`mysql`'s and
 * `mysql2`'s changeUser()), with the credentials of the Compose file, so it is led like the first login: Hyperdrive's
 * credentials towards the database, none towards the app.
 */
import type { Party } from "./login-proxy";
import { finishLogin, firstResponse } from "./mysql-auth";
import { Capability, errorPacket, type Greeting, nullTerminated, PacketStream } from "./mysql-packets";

const COM_CHANGE_USER = 0x11;
const HEADER = 4;
const ER_ACCESS_DENIED = 1045;

/** What the login has settled. */
export interface MysqlSession {
  greeting: Greeting;
  /** Abilities that the app announced: they say how its packets are made. */
  client: number;
  /** Abilities that the database was told of. */
  capabilities: number;
  hyperdrive: Hyperdrive;
}

/** Passes bytes on in both directions until one side ends. */
export async function relayCommands(client: Party, database: Party, session: MysqlSession): Promise<void> {
  const relay = new CommandRelay(client, database, session);
  // The first direction to end ends the other: nobody is left to hear it.
  await Promise.race([relay.commands(), relay.answers()]);
}

class CommandRelay {
  readonly #client: Party;
  readonly #database: Party;
  readonly #session: MysqlSession;
  /** Set while the database's bytes belong to a login. `handOver` is called when `answers` leaves them alone. */
  #login: { handOver: () => void; finished: Promise<void> } | null = null;

  constructor(client: Party, database: Party, session: MysqlSession) {
    this.#client = client;
    this.#database = database;
    this.#session = session;
  }

  /** The app's commands. A packet numbered 0 begins one; its first byte says which. */
  async commands(): Promise<void> {
    const { reader } = this.#client;
    for (;;) {
      const header = await reader.peek(HEADER);
      const length = header.readUIntLE(0, 3);
      const isCommand = header[3] === 0 && length > 0;
      if (isCommand && (await reader.peek(HEADER + 1))[HEADER] === COM_CHANGE_USER) {
        const packet = await reader.take(HEADER + length);
        await this.#changeUser(packet.subarray(HEADER));
        continue;
      }
      for (let left = HEADER + length; left > 0;) {
        const bytes = await reader.some(left);
        await this.#database.write(bytes);
        left -= bytes.length;
      }
    }
  }

  /** The database's answers. */
  async answers(): Promise<void> {
    const { reader } = this.#database;
    for (;;) {
      const bytes = await reader.some();
      if (this.#login === null) {
        await this.#client.write(bytes);
        continue;
      }
      reader.giveBack(bytes);
      this.#login.handOver();
      await this.#login.finished;
    }
  }

  async #changeUser(packet: Buffer): Promise<void> {
    const { greeting, hyperdrive } = this.#session;
    const finished = Promise.withResolvers<void>();
    const handedOver = Promise.withResolvers<void>();
    this.#login = { handOver: handedOver.resolve, finished: finished.promise };
    const database = new PacketStream(this.#database);
    await database.write(this.#rewritten(packet));
    await handedOver.promise;
    const verdict = await finishLogin(database, greeting.plugin, hyperdrive.password, greeting.nonce);
    const answer = typeof verdict === "string" ? errorPacket(ER_ACCESS_DENIED, "28000", verdict) : verdict;
    const client = new PacketStream(this.#client);
    client.skip(1);
    await client.write(answer);
    this.#login = null;
    finished.resolve();
  }

  /** The command with Hyperdrive's user, password and database; character set and attributes stay. */
  #rewritten(packet: Buffer): Buffer {
    const { greeting, client, capabilities, hyperdrive } = this.#session;
    const wanted = parseChangeUser(packet, client);
    const plugin = firstResponse(greeting.plugin, hyperdrive.password, greeting.nonce)
      ? greeting.plugin
      : "mysql_native_password";
    const proof = firstResponse(plugin, hyperdrive.password, greeting.nonce) ?? Buffer.alloc(0);
    const characterSet = Buffer.alloc(2);
    characterSet.writeUInt16LE(wanted.characterSet ?? greeting.characterSet);
    const attributes = capabilities & Capability.CONNECT_ATTRS ? wanted.attributes : Buffer.alloc(0);
    return Buffer.concat([
      Buffer.from([COM_CHANGE_USER]),
      nullTerminated(hyperdrive.user),
      Buffer.from([proof.length]),
      proof,
      nullTerminated(hyperdrive.database),
      characterSet,
      nullTerminated(plugin),
      attributes,
    ]);
  }
}

/** No connection attributes: the length of their list. */
const NO_ATTRIBUTES = Buffer.from([0]);

function parseChangeUser(packet: Buffer, client: number): { characterSet: number | undefined; attributes: Buffer } {
  const endOfText = (from: number): number => {
    const found = packet.indexOf(0, from);
    return found < 0 ? packet.length : found + 1;
  };
  let at = endOfText(1);
  at = client & Capability.SECURE_CONNECTION ? at + 1 + (packet[at] ?? 0) : endOfText(at);
  at = endOfText(at);
  // Older clients end here.
  if (at + 2 > packet.length) return { characterSet: undefined, attributes: NO_ATTRIBUTES };
  const characterSet = packet.readUInt16LE(at);
  at += 2;
  if (client & Capability.PLUGIN_AUTH) at = endOfText(at);
  const attributes = client & Capability.CONNECT_ATTRS && at < packet.length ? packet.subarray(at) : NO_ATTRIBUTES;
  return { characterSet, attributes };
}
