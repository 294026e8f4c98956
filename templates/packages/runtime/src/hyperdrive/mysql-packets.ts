import type { Party } from "./login-proxy";

/** Capability flags of the MySQL protocol that this proxy looks at. */
export const Capability = {
  CONNECT_WITH_DB: 1 << 3,
  COMPRESS: 1 << 5,
  PROTOCOL_41: 1 << 9,
  SSL: 1 << 11,
  SECURE_CONNECTION: 1 << 15,
  PLUGIN_AUTH: 1 << 19,
  CONNECT_ATTRS: 1 << 20,
  PLUGIN_AUTH_LENENC: 1 << 21,
  ZSTD_COMPRESS: 1 << 26,
} as const;

/** First byte of a server's answer during the login. */
export const Answer = { OK: 0x00, MORE_DATA: 0x01, SWITCH: 0xfe, ERROR: 0xff } as const;

/** A login packet is small; anything longer is not one. */
const MAX_LOGIN_PACKET = 64 * 1024;

/** The packets of one side, numbered as the protocol wants it: each is one higher than the one before, whoever sent it. */
export class PacketStream {
  private readonly party: Party;
  private sequence = 0;

  constructor(party: Party) {
    this.party = party;
  }

  async read(): Promise<Buffer> {
    const header = await this.party.reader.take(4);
    const length = header.readUIntLE(0, 3);
    if (length > MAX_LOGIN_PACKET) throw new Error(`a login packet of ${length} bytes is not MySQL's protocol`);
    this.sequence = (header[3]! + 1) & 0xff;
    return this.party.reader.take(length);
  }

  /** Counts packets that others have read or written. */
  skip(count: number): void {
    this.sequence = (this.sequence + count) & 0xff;
  }

  async write(payload: Uint8Array): Promise<void> {
    const header = Buffer.alloc(4);
    header.writeUIntLE(payload.length, 0, 3);
    header[3] = this.sequence;
    this.sequence = (this.sequence + 1) & 0xff;
    await this.party.write(Buffer.concat([header, payload]));
  }
}

/** The server's first packet. */
export interface Greeting {
  serverVersion: string;
  connectionId: number;
  capabilities: number;
  characterSet: number;
  status: number;
  /** Ten bytes that MySQL leaves empty and MariaDB uses for more capabilities. */
  reserved: Buffer;
  /** The 20 bytes that the password is scrambled with. */
  nonce: Buffer;
  plugin: string;
}

export function parseGreeting(packet: Buffer): Greeting {
  if (packet[0] !== 10) throw new Error(`version ${packet[0]} of MySQL's handshake is not supported`);
  const versionEnd = packet.indexOf(0, 1);
  const at = versionEnd + 1;
  const lower = packet.readUInt16LE(at + 13);
  const upper = packet.readUInt16LE(at + 18);
  const nonceLength = packet[at + 20]!;
  // The second part of the nonce has at least 13 bytes, the last one of them a zero.
  const secondPart = Math.max(13, nonceLength - 8);
  const pluginStart = at + 31 + secondPart;
  return {
    serverVersion: packet.toString("latin1", 1, versionEnd),
    connectionId: packet.readUInt32LE(at),
    capabilities: (lower | (upper << 16)) >>> 0,
    characterSet: packet[at + 15]!,
    status: packet.readUInt16LE(at + 16),
    reserved: packet.subarray(at + 21, at + 31),
    nonce: Buffer.concat([packet.subarray(at + 4, at + 12), packet.subarray(at + 31, at + 31 + 12)]),
    plugin: readNullTerminated(packet, pluginStart).text || "mysql_native_password",
  };
}

export function writeGreeting(greeting: Greeting): Buffer {
  const fixed = Buffer.alloc(31);
  fixed.writeUInt32LE(greeting.connectionId, 0);
  greeting.nonce.copy(fixed, 4, 0, 8);
  fixed.writeUInt16LE(greeting.capabilities & 0xffff, 13);
  fixed[15] = greeting.characterSet;
  fixed.writeUInt16LE(greeting.status, 16);
  fixed.writeUInt16LE(greeting.capabilities >>> 16, 18);
  fixed[20] = greeting.nonce.length + 1;
  greeting.reserved.copy(fixed, 21);
  return Buffer.concat([
    Buffer.from([10]),
    nullTerminated(greeting.serverVersion),
    fixed,
    greeting.nonce.subarray(8),
    Buffer.from([0]),
    nullTerminated(greeting.plugin),
  ]);
}

/** The client's answer to the greeting. */
export interface HandshakeResponse {
  capabilities: number;
  maxPacketSize: number;
  characterSet: number;
  /** 23 bytes; MariaDB's clients use the last four for more capabilities. */
  filler: Buffer;
  user: string;
  authResponse: Buffer;
  database: string;
  plugin: string;
  /** Connection attributes, as they stand in the packet. */
  attributes: Buffer;
}

export function parseHandshakeResponse(packet: Buffer): HandshakeResponse {
  const capabilities = packet.readUInt32LE(0);
  const user = readNullTerminated(packet, 32);
  const auth = readAuthResponse(packet, user.end, capabilities);
  let at = auth.end;
  let database = "";
  if (capabilities & Capability.CONNECT_WITH_DB) {
    ({ text: database, end: at } = readNullTerminated(packet, at));
  }
  let plugin = "mysql_native_password";
  if (capabilities & Capability.PLUGIN_AUTH) {
    ({ text: plugin, end: at } = readNullTerminated(packet, at));
  }
  return {
    capabilities,
    maxPacketSize: packet.readUInt32LE(4),
    characterSet: packet[8]!,
    filler: packet.subarray(9, 32),
    user: user.text,
    authResponse: auth.bytes,
    database,
    plugin,
    attributes: packet.subarray(at),
  };
}

/** Writes the response for a server; the parts are those its own capability flags announce. */
export function writeHandshakeResponse(response: HandshakeResponse): Buffer {
  const { capabilities } = response;
  const fixed = Buffer.alloc(32);
  fixed.writeUInt32LE(capabilities, 0);
  fixed.writeUInt32LE(response.maxPacketSize, 4);
  fixed[8] = response.characterSet;
  response.filler.copy(fixed, 9);
  const parts = [
    fixed,
    nullTerminated(response.user),
    // One byte of length: no scramble here is longer than 32 bytes, where both length encodings agree.
    Buffer.from([response.authResponse.length]),
    response.authResponse,
  ];
  if (capabilities & Capability.CONNECT_WITH_DB) parts.push(nullTerminated(response.database));
  if (capabilities & Capability.PLUGIN_AUTH) parts.push(nullTerminated(response.plugin));
  if (capabilities & Capability.CONNECT_ATTRS) parts.push(response.attributes);
  return Buffer.concat(parts);
}

function readAuthResponse(packet: Buffer, at: number, capabilities: number): { bytes: Buffer; end: number } {
  if (capabilities & (Capability.PLUGIN_AUTH_LENENC | Capability.SECURE_CONNECTION)) {
    // A length-encoded integer below 251 is one byte; no client sends a longer response.
    const start = at + 1;
    const end = start + (packet[at] ?? 0);
    return { bytes: packet.subarray(start, end), end };
  }
  const end = packet.indexOf(0, at);
  const stop = end < 0 ? packet.length : end;
  return { bytes: packet.subarray(at, stop), end: stop + 1 };
}

function readNullTerminated(packet: Buffer, at: number): { text: string; end: number } {
  const found = packet.indexOf(0, at);
  const end = found < 0 ? packet.length : found;
  return { text: packet.toString("utf8", Math.min(at, end), end), end: end + 1 };
}

export function nullTerminated(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** An error packet with an error number and SQLSTATE of MySQL's. */
export function errorPacket(number: number, state: string, text: string): Buffer {
  const head = Buffer.alloc(3);
  head[0] = Answer.ERROR;
  head.writeUInt16LE(number, 1);
  return Buffer.concat([head, Buffer.from(`#${state}${text}`)]);
}

/** The request to authenticate with another plugin. */
export function switchRequest(plugin: string, nonce: Buffer): Buffer {
  return Buffer.concat([Buffer.from([Answer.SWITCH]), nullTerminated(plugin), nonce, Buffer.from([0])]);
}
