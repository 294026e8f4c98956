import { createHash } from "node:crypto";
import { Answer, type PacketStream } from "./mysql-packets";

/** The first byte of a plugin's extra data: what caching_sha2_password's server says. */
const FAST_AUTH_OK = 3;
const FULL_AUTH_NEEDED = 4;

/** The message with which a client asks for the server's public key; the plugins differ. */
const KEY_REQUESTS: Record<string, number> = {
  caching_sha2_password: 2,
  sha256_password: 1,
};

/** What a plugin sends first, or null for a plugin that is not supported. */
export function firstResponse(plugin: string, password: string, nonce: Buffer): Buffer | null {
  switch (plugin) {
    case "mysql_native_password":
      return nativeScramble(password, nonce);
    case "caching_sha2_password":
      return sha2Scramble(password, nonce);
    case "sha256_password":
      return password === "" ? Buffer.from([0]) : Buffer.from([KEY_REQUESTS.sha256_password!]);
    default:
      return null;
  }
}

/**
 * Continues the login after the first response until the server's verdict, an OK or error packet, which is returned. A
 * string says why it could not be continued.
 */
export async function finishLogin(
  server: PacketStream,
  plugin: string,
  password: string,
  nonce: Buffer,
): Promise<Buffer | string> {
  let current = { plugin, nonce };
  for (;;) {
    const packet = await server.read();
    if (packet[0] === Answer.OK || packet[0] === Answer.ERROR) return packet;
    if (packet[0] === Answer.SWITCH) {
      const wanted = parseSwitch(packet);
      const response = wanted && firstResponse(wanted.plugin, password, wanted.nonce);
      if (!wanted || !response) {
        return `the database behind Hyperdrive asks for the authentication plugin ${wanted?.plugin ?? "mysql_old_password"}, which is not supported`;
      }
      current = wanted;
      await server.write(response);
    } else if (packet[0] === Answer.MORE_DATA) {
      await answerMoreData(server, packet.subarray(1), current.plugin, password, current.nonce);
    } else {
      return "the database behind Hyperdrive sent an unknown packet during the login";
    }
  }
}

async function answerMoreData(
  server: PacketStream,
  data: Buffer,
  plugin: string,
  password: string,
  nonce: Buffer,
): Promise<void> {
  if (data.length === 1 && data[0] === FAST_AUTH_OK) return;
  if (data.length === 1 && data[0] === FULL_AUTH_NEEDED) {
    // The password itself is wanted. This end of the connection has no TLS, so it goes encrypted with the server's key.
    await server.write(Buffer.from([KEY_REQUESTS[plugin] ?? KEY_REQUESTS.caching_sha2_password!]));
    return;
  }
  await server.write(await encryptPassword(password, nonce, data.toString("latin1")));
}

/** The password, scrambled with the nonce so that it cannot be replayed, under the server's RSA key. */
async function encryptPassword(password: string, nonce: Buffer, pem: string): Promise<Buffer> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, ""), "base64");
  const key = await crypto.subtle.importKey("spki", der, { name: "RSA-OAEP", hash: "SHA-1" }, false, ["encrypt"]);
  const plain = Uint8Array.from(Buffer.from(`${password}\0`), (byte: number, i) => byte ^ nonce[i % nonce.length]!);
  return Buffer.from(await crypto.subtle.encrypt({ name: "RSA-OAEP" }, key, plain));
}

/** Null for the request without a name, which stands for the passwords of MySQL 4.0. */
function parseSwitch(packet: Buffer): { plugin: string; nonce: Buffer } | null {
  const end = packet.indexOf(0, 1);
  if (packet.length === 1 || end < 0) return null;
  const data = packet.subarray(end + 1);
  const nonce = data.at(-1) === 0 ? data.subarray(0, -1) : data;
  return { plugin: packet.toString("latin1", 1, end), nonce: Buffer.from(nonce) };
}

/** SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password))); nothing for an empty password. */
function nativeScramble(password: string, nonce: Buffer): Buffer {
  if (password === "") return Buffer.alloc(0);
  const once = digest("sha1", password);
  return xor(once, digest("sha1", nonce, digest("sha1", once)));
}

/** SHA256(password) XOR SHA256(SHA256(SHA256(password)) + nonce); nothing for an empty password. */
function sha2Scramble(password: string, nonce: Buffer): Buffer {
  if (password === "") return Buffer.alloc(0);
  const once = digest("sha256", password);
  return xor(once, digest("sha256", digest("sha256", once), nonce));
}

function digest(algorithm: string, ...parts: (string | Buffer)[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ b[i]!));
}
