/**
 * A server that speaks just enough of MySQL 8's protocol to check a caching_sha2_password login: Debian has MariaDB only, which
 * does not know the plugin. Written against the protocol's documentation, not with the proxy's own functions.
 */
import { constants, createHash, generateKeyPairSync, privateDecrypt, randomBytes } from "node:crypto";
import { createServer, type Socket } from "node:net";

export interface Sha2Server {
  port: number;
  /** "user to database" of every login that succeeded. */
  logins: string[];
  stop(): Promise<void>;
}

interface Options {
  user: string;
  password: string;
  /**
   * fast: the scramble suffices. full: the password is asked for, as on the first login after a server's start. switch: the
   * greeting names another plugin.
   */
  mode: "fast" | "full" | "switch";
}

const sha256 = (...parts: (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

export async function startSha2Server(options: Options): Promise<Sha2Server> {
  const logins: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    void serve(socket, options, logins).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    logins,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(socket: Socket, { user, password, mode }: Options, logins: string[]): Promise<void> {
  const packets = readPackets(socket);
  const next = async (): Promise<Buffer> => (await packets.next()).value as Buffer;
  let sequence = 0;
  const send = (payload: Buffer, at = sequence): void => {
    const header = Buffer.alloc(4);
    header.writeUIntLE(payload.length, 0, 3);
    header[3] = at;
    socket.write(Buffer.concat([header, payload]));
    sequence = at + 2;
  };
  const nonce = Buffer.from(randomBytes(20).map((byte) => (byte % 90) + 37));
  const plugin = mode === "switch" ? "some_other_plugin" : "caching_sha2_password";
  send(greeting(nonce, plugin));
  const response = await next();
  const parsed = parseResponse(response);
  let scramble = parsed.scramble;
  if (mode === "switch") {
    send(Buffer.concat([Buffer.from("\xfecaching_sha2_password\0", "latin1"), nonce, Buffer.from([0])]));
    scramble = await next();
  }
  let right: boolean;
  if (mode === "full") {
    send(Buffer.from([1, 4]));
    if ((await next())[0] !== 2) throw new Error("the public key was not asked for");
    send(Buffer.concat([Buffer.from([1]), Buffer.from(publicKey)]));
    const encrypted = await next();
    const plain = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, encrypted);
    const given = Buffer.from(plain.map((byte, i) => byte ^ nonce[i % 20]!)).toString();
    right = given === `${password}\0`;
  } else {
    const stage2 = sha256(sha256(password));
    const mask = sha256(stage2, nonce);
    const candidate = Buffer.from(scramble.map((byte, i) => byte ^ mask[i]!));
    right = sha256(candidate).equals(stage2);
    if (right) send(Buffer.from([1, 3]));
    // Two packets of the server in a row.
    if (right) sequence -= 1;
  }
  if (!right || parsed.user !== user) {
    send(Buffer.concat([Buffer.from([0xff, 0x15, 0x04]), Buffer.from(`#28000Access denied for user '${user}'`)]));
    return;
  }
  send(Buffer.from([0, 0, 0, 2, 0, 0, 0]));
  logins.push(`${parsed.user} to ${parsed.database}`);
  for (;;) {
    await next();
    send(Buffer.from([0, 0, 0, 2, 0, 0, 0]), 1);
  }
}

function greeting(nonce: Buffer, plugin: string): Buffer {
  // LONG_PASSWORD, CONNECT_WITH_DB, PROTOCOL_41, SSL, TRANSACTIONS, SECURE_CONNECTION, PLUGIN_AUTH
  const capabilities = 0x1 | 0x8 | 0x200 | 0x800 | 0x2000 | 0x8000 | 0x80000;
  const fixed = Buffer.alloc(31);
  fixed.writeUInt32LE(77, 0);
  nonce.copy(fixed, 4, 0, 8);
  fixed.writeUInt16LE(capabilities & 0xffff, 13);
  fixed[15] = 45;
  fixed.writeUInt16LE(2, 16);
  fixed.writeUInt16LE(capabilities >>> 16, 18);
  fixed[20] = 21;
  return Buffer.concat([Buffer.from("\n8.4.0\0"), fixed, nonce.subarray(8), Buffer.from(`\0${plugin}\0`)]);
}

function parseResponse(packet: Buffer): { user: string; database: string; scramble: Buffer } {
  const userEnd = packet.indexOf(0, 32);
  const scrambleEnd = userEnd + 2 + packet[userEnd + 1]!;
  return {
    user: packet.toString("utf8", 32, userEnd),
    scramble: packet.subarray(userEnd + 2, scrambleEnd),
    database: packet.toString("utf8", scrambleEnd, packet.indexOf(0, scrambleEnd)),
  };
}

async function* readPackets(socket: Socket): AsyncGenerator<Buffer> {
  let buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk as Buffer]);
    while (buffer.length >= 4 && buffer.length >= 4 + buffer.readUIntLE(0, 3)) {
      const end = 4 + buffer.readUIntLE(0, 3);
      yield buffer.subarray(4, end);
      buffer = buffer.subarray(end);
    }
  }
}
