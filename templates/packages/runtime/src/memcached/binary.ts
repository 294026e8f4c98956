/** memcached's binary protocol, which memjs and others speak, with SASL. */
import { expiryTime, type Item, type Outcome, type StoreMode } from "./cache";
import type { Session } from "./session";
import { statistics } from "./statistics";
import { LONGEST_KEY, lookUp } from "./text";
import { VERSION } from "./version";

export const REQUEST_MAGIC = 0x80;
const RESPONSE_MAGIC = 0x81;
export const HEADER_BYTES = 24;

const STATUS = {
  ok: [0x00, ""],
  notFound: [0x01, "Not found"],
  exists: [0x02, "Data exists for key."],
  tooLarge: [0x03, "Too large."],
  invalid: [0x04, "Invalid arguments"],
  notStored: [0x05, "Not stored."],
  notANumber: [0x06, "Non-numeric server-side value for incr or decr"],
  authError: [0x20, "Auth failure."],
  unknown: [0x81, "Unknown command"],
} as const;
type StatusName = keyof typeof STATUS;

/** Opcodes by what they do; the quiet ones answer only what went wrong, or, when reading, only what was found. */
const OPCODES: Record<number, { name: string; quiet: boolean }> = {
  0x00: { name: "get", quiet: false },
  0x01: { name: "set", quiet: false },
  0x02: { name: "add", quiet: false },
  0x03: { name: "replace", quiet: false },
  0x04: { name: "delete", quiet: false },
  0x05: { name: "increment", quiet: false },
  0x06: { name: "decrement", quiet: false },
  0x07: { name: "quit", quiet: false },
  0x08: { name: "flush", quiet: false },
  0x09: { name: "get", quiet: true },
  0x0a: { name: "noop", quiet: false },
  0x0b: { name: "version", quiet: false },
  0x0c: { name: "getk", quiet: false },
  0x0d: { name: "getk", quiet: true },
  0x0e: { name: "append", quiet: false },
  0x0f: { name: "prepend", quiet: false },
  0x10: { name: "stat", quiet: false },
  0x11: { name: "set", quiet: true },
  0x12: { name: "add", quiet: true },
  0x13: { name: "replace", quiet: true },
  0x14: { name: "delete", quiet: true },
  0x15: { name: "increment", quiet: true },
  0x16: { name: "decrement", quiet: true },
  0x17: { name: "quit", quiet: true },
  0x18: { name: "flush", quiet: true },
  0x19: { name: "append", quiet: true },
  0x1a: { name: "prepend", quiet: true },
  0x1b: { name: "verbosity", quiet: false },
  0x1c: { name: "touch", quiet: false },
  0x1d: { name: "gat", quiet: false },
  0x1e: { name: "gat", quiet: true },
  0x20: { name: "sasl-list", quiet: false },
  0x21: { name: "sasl-auth", quiet: false },
  0x22: { name: "sasl-auth", quiet: false },
  0x23: { name: "gatk", quiet: false },
  0x24: { name: "gatk", quiet: true },
};

const WITHOUT_LOGIN = new Set(["sasl-list", "sasl-auth", "version", "quit"]);

interface Request {
  opcode: number;
  opaque: number;
  cas: bigint;
  extras: Buffer;
  key: string;
  value: Buffer;
}

interface Response {
  status?: StatusName;
  extras?: Buffer;
  key?: string;
  value?: Buffer;
  cas?: bigint;
}

/** How many bytes the request takes that begins with these 24. */
export function requestLength(header: Buffer): number {
  return HEADER_BYTES + header.readUInt32BE(8);
}

/** Executes one request; the bytes of its answers. */
export function executeRequest(session: Session, bytes: Buffer): Buffer[] {
  const request = parse(bytes);
  const opcode = OPCODES[request.opcode];
  const answer = (response: Response) => encode(request, response);
  if (!opcode) return [answer({ status: "unknown" })];
  if (!session.authenticated && !WITHOUT_LOGIN.has(opcode.name)) return [answer({ status: "authError" })];
  if (request.key.length > LONGEST_KEY) return [answer({ status: "invalid" })];
  if (opcode.name === "stat") return stats(session, request);
  const response = run(session, opcode.name, request);
  return isSilent(opcode, response) ? [] : [answer(response)];
}

/** Quiet reads keep misses to themselves, quiet writes what went well. */
function isSilent({ name, quiet }: { name: string; quiet: boolean }, { status = "ok" }: Response): boolean {
  if (!quiet) return false;
  const reads = name.startsWith("get") || name.startsWith("gat");
  return reads ? status === "notFound" : status === "ok";
}

function parse(bytes: Buffer): Request {
  const [keyLength, extrasLength] = [bytes.readUInt16BE(2), bytes[4]!];
  const keyStart = HEADER_BYTES + extrasLength;
  return {
    opcode: bytes[1]!,
    opaque: bytes.readUInt32BE(12),
    cas: bytes.readBigUInt64BE(16),
    extras: bytes.subarray(HEADER_BYTES, keyStart),
    key: bytes.toString("latin1", keyStart, keyStart + keyLength),
    value: Buffer.from(bytes.subarray(keyStart + keyLength)),
  };
}

function encode(
  request: Request,
  { status = "ok", extras = Buffer.alloc(0), key = "", value, cas = 0n }: Response,
): Buffer {
  const [code, text] = STATUS[status];
  const body = value ?? Buffer.from(text);
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = RESPONSE_MAGIC;
  header[1] = request.opcode;
  header.writeUInt16BE(key.length, 2);
  header[4] = extras.length;
  header.writeUInt16BE(code, 6);
  header.writeUInt32BE(extras.length + key.length + body.length, 8);
  header.writeUInt32BE(request.opaque, 12);
  header.writeBigUInt64BE(cas, 16);
  return Buffer.concat([header, extras, Buffer.from(key, "latin1"), body]);
}

function run(session: Session, name: string, request: Request): Response {
  switch (name) {
    case "get":
    case "getk":
    case "gat":
    case "gatk":
    case "touch":
      return read(session, name, request);
    case "set":
    case "add":
    case "replace":
    case "append":
    case "prepend":
      return store(session, name, request);
    case "delete":
      return remove(session, request);
    case "increment":
    case "decrement":
      return count(session, name === "increment", request);
    case "flush": {
      const seconds = request.extras.length >= 4 ? request.extras.readUInt32BE(0) : 0;
      session.cache.flush(seconds > 0 ? expiryTime(seconds) : Date.now());
      return {};
    }
    case "version":
      return { value: Buffer.from(VERSION) };
    case "sasl-list":
      return { value: Buffer.from("PLAIN") };
    case "sasl-auth":
      return login(session, request);
    case "quit":
      session.end();
      return {};
    default:
      return {};
  }
}

function read({ cache }: Session, name: string, { key, extras }: Request): Response {
  const item = name === "touch" ? cache.find(key) : lookUp(cache, key);
  if (!item) return { status: "notFound", ...(name.endsWith("k") ? { key, value: Buffer.alloc(0) } : {}) };
  if (name === "touch" || name.startsWith("gat")) {
    if (extras.length < 4) return { status: "invalid" };
    item.expires = expiryTime(extras.readInt32BE(0));
    cache.touched(item);
  }
  return { ...found(item, name === "touch"), ...(name.endsWith("k") ? { key } : {}) };
}

function found(item: Item, withoutValue: boolean): Response {
  const extras = Buffer.alloc(4);
  extras.writeUInt32BE(item.flags);
  return { extras, value: withoutValue ? Buffer.alloc(0) : item.value, cas: item.cas };
}

function store({ cache }: Session, mode: StoreMode, { key, extras, value, cas }: Request): Response {
  const joins = mode === "append" || mode === "prepend";
  if (extras.length !== (joins ? 0 : 8) || key === "") return { status: "invalid" };
  cache.counts.cmd_set!++;
  const [flags, seconds] = joins ? [0, 0] : [extras.readUInt32BE(0), extras.readInt32BE(4)];
  const outcome = cache.store(mode, key, flags, expiryTime(seconds), value, cas);
  if (outcome === "stored") return { cas: cache.find(key, false)!.cas };
  return { status: refusal(mode, outcome) };
}

function refusal(mode: StoreMode, outcome: Exclude<Outcome, "stored">): StatusName {
  if (outcome === "too-large") return "tooLarge";
  if (outcome === "exists") return "exists";
  if (outcome === "not-found") return "notFound";
  return mode === "add" ? "exists" : mode === "replace" ? "notFound" : "notStored";
}

function remove({ cache }: Session, { key, cas }: Request): Response {
  const item = cache.find(key);
  cache.counts[item ? "delete_hits" : "delete_misses"]!++;
  if (!item) return { status: "notFound" };
  if (cas !== 0n && cas !== item.cas) return { status: "exists" };
  cache.remove(key);
  return {};
}

/** An expiry time that asks for no new counter. */
const ONLY_EXISTING = 0xffffffff;

function count({ cache }: Session, up: boolean, { key, extras, cas }: Request): Response {
  if (extras.length !== 20) return { status: "invalid" };
  const [delta, initial, seconds] = [extras.readBigUInt64BE(0), extras.readBigUInt64BE(8), extras.readUInt32BE(16)];
  let item = cache.find(key);
  cache.counts[`${up ? "incr" : "decr"}_${item ? "hits" : "misses"}`]!++;
  let value: bigint | undefined = initial;
  if (item) {
    if (cas !== 0n && cas !== item.cas) return { status: "exists" };
    value = cache.count(item, delta, up);
    if (value === undefined) return { status: "notANumber" };
  } else {
    if (seconds === ONLY_EXISTING) return { status: "notFound" };
    cache.store("set", key, 0, expiryTime(seconds), Buffer.from(String(initial)));
    item = cache.find(key);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return { value: bytes, cas: item?.cas ?? 0n };
}

function stats(session: Session, request: Request): Buffer[] {
  const lines = statistics(session, request.key === "" ? undefined : request.key);
  if (lines === undefined) return [encode(request, { status: "notFound" })];
  const answers = lines.map(([key, value]) => encode(request, { key, value: Buffer.from(String(value)) }));
  return [...answers, encode(request, {})];
}

/** PLAIN: "authorization id, user, password", separated by zero bytes. */
function login(session: Session, { key: mechanism, value }: Request): Response {
  const [, user, password] = value.toString("latin1").split("\0");
  if (mechanism !== "PLAIN" || password === undefined) return { status: "authError" };
  const answer = session.login(`${user} ${password}`);
  return answer === "STORED" ? { value: Buffer.from("Authenticated") } : { status: "authError" };
}
