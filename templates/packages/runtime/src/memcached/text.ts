/** memcached's text protocol. */
import { type Cache, expiryTime, type Item, type Outcome, type StoreMode } from "./cache";
import { META_COMMANDS, metaSet } from "./meta";
import type { Session } from "./session";
import { statistics } from "./statistics";
import { VERSION } from "./version";

export const LONGEST_KEY = 250;
const LARGEST_FLAGS = 0xffffffff;

const BAD_FORMAT = "CLIENT_ERROR bad command line format";

/** What a storing command needs before its data have come. */
export interface Pending {
  /** Bytes of data, without the line break behind them. */
  bytes: number;
  noreply: boolean;
  /** Called with the data; returns the answer. Undefined: the data are read and thrown away. */
  store: ((data: Buffer) => string) | undefined;
}

type Answer = string | Buffer | Pending | null;

const STORE_MODES: Record<string, StoreMode> = {
  set: "set",
  add: "add",
  replace: "replace",
  append: "append",
  prepend: "prepend",
  cas: "set",
};

const OUTCOMES: Record<Outcome, string> = {
  stored: "STORED",
  "not-stored": "NOT_STORED",
  exists: "EXISTS",
  "not-found": "NOT_FOUND",
  "too-large": "SERVER_ERROR object too large for cache",
};

/** Executes one line. Null: no answer; a Pending: data follow. */
export function executeLine(session: Session, line: string): Answer {
  const [command = "", ...words] = line.split(" ").filter((word) => word !== "");
  if (command in STORE_MODES) return storing(session, command, words);
  if (!session.authenticated) return command === "quit" ? quit(session) : "CLIENT_ERROR unauthenticated";
  const { cache } = session;
  if (command === "ms") return metaSet(cache, words);
  if (command in META_COMMANDS) return META_COMMANDS[command]!(cache, words);
  const noreply = words.at(-1) === "noreply";
  const answer = simple(session, command, noreply ? words.slice(0, -1) : words);
  return noreply ? null : answer;
}

function simple(session: Session, command: string, words: string[]): string | Buffer | null {
  const { cache } = session;
  switch (command) {
    case "get":
    case "gets":
      return words.length === 0 ? "ERROR" : fetchAll(cache, words, command === "gets", undefined);
    case "gat":
    case "gats":
      return words.length < 2 ? "ERROR" : touchAndFetch(cache, words, command === "gats");
    case "incr":
    case "decr":
      return count(cache, command, words);
    case "delete":
      return remove(cache, words);
    case "touch":
      return touch(cache, words);
    case "flush_all":
      return flush(cache, words);
    case "version":
      return `VERSION ${VERSION}`;
    case "verbosity":
      return words.length === 0 ? "ERROR" : "OK";
    case "cache_memlimit":
      return words.length === 0 ? "ERROR" : "OK";
    case "stats":
      return stats(session, words);
    case "quit":
      return quit(session);
    default:
      return "ERROR";
  }
}

function quit(session: Session): null {
  session.end();
  return null;
}

// ---- storing -------------------------------------------------------------------------------------------------------

function storing(session: Session, command: string, words: string[]): Answer {
  const wanted = command === "cas" ? 5 : 4;
  if (words.length < wanted || words.length > wanted + 1) return "ERROR";
  const [key, flagsText, expiryText, bytesText, casText] = words as [string, string, string, string, string];
  const noreply = words[wanted] === "noreply";
  const [flags, seconds, bytes] = [unsigned(flagsText), signed(expiryText), signed(bytesText)];
  const isBad = key.length > LONGEST_KEY || flags === undefined || flags > LARGEST_FLAGS || seconds === undefined;
  if (isBad || bytes === undefined || bytes < 0) return BAD_FORMAT;
  if (command === "cas" && !/^\d+$/.test(casText)) return BAD_FORMAT;
  if (!session.authenticated) {
    return { bytes, noreply: false, store: (data) => session.login(data.toString("latin1")) };
  }
  const { cache } = session;
  if (bytes > cache.options.itemLimit) {
    if (command === "set") cache.remove(key);
    return { bytes, noreply, store: undefined };
  }
  const store = (data: Buffer): string => {
    cache.counts.cmd_set!++;
    const cas = command === "cas" ? BigInt(casText) : 0n;
    const outcome = cache.store(STORE_MODES[command]!, key, flags, expiryTime(seconds), data, cas);
    if (command === "cas") noteCas(cache, outcome);
    return OUTCOMES[outcome];
  };
  return { bytes, noreply, store };
}

function noteCas(cache: Cache, outcome: Outcome): void {
  const name = outcome === "not-found" ? "cas_misses" : outcome === "exists" ? "cas_badval" : "cas_hits";
  cache.counts[name]!++;
}

// ---- the others ----------------------------------------------------------------------------------------------------

function fetchAll(cache: Cache, keys: string[], withCas: boolean, expires: number | undefined): Buffer | string {
  const parts: Buffer[] = [];
  for (const key of keys) {
    if (key.length > LONGEST_KEY) return BAD_FORMAT;
    const item = lookUp(cache, key);
    if (!item) continue;
    if (expires !== undefined) {
      item.expires = expires;
      cache.touched(item);
    }
    const cas = withCas ? ` ${item.cas}` : "";
    parts.push(Buffer.from(`VALUE ${key} ${item.flags} ${item.value.length}${cas}\r\n`, "latin1"));
    parts.push(item.value, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("END\r\n")]);
}

function touchAndFetch(cache: Cache, [seconds, ...keys]: string[], withCas: boolean): Buffer | string {
  const time = signed(seconds!);
  if (time === undefined) return "CLIENT_ERROR invalid exptime argument";
  return fetchAll(cache, keys, withCas, expiryTime(time));
}

/** An item that a client asks for. */
export function lookUp(cache: Cache, key: string): Item | undefined {
  cache.counts.cmd_get!++;
  const item = cache.find(key);
  cache.counts[item ? "get_hits" : "get_misses"]!++;
  if (item) {
    item.accessed = Date.now();
    item.fetched = true;
  }
  return item;
}

function count(cache: Cache, command: "incr" | "decr", words: string[]): string {
  const [key, deltaText] = words;
  if (key === undefined || deltaText === undefined || words.length > 2) return "ERROR";
  if (key.length > LONGEST_KEY) return BAD_FORMAT;
  if (!/^\d{1,20}$/.test(deltaText) || BigInt(deltaText) >= 2n ** 64n)
    return "CLIENT_ERROR invalid numeric delta argument";
  const item = cache.find(key);
  cache.counts[`${command}_${item ? "hits" : "misses"}`]!++;
  if (!item) return "NOT_FOUND";
  const after = cache.count(item, BigInt(deltaText), command === "incr");
  return after === undefined ? "CLIENT_ERROR cannot increment or decrement non-numeric value" : String(after);
}

function remove(cache: Cache, words: string[]): string {
  const [key, time] = words;
  if (key === undefined) return "ERROR";
  if (words.length > 2 || (time !== undefined && time !== "0")) {
    return `${BAD_FORMAT}.  Usage: delete <key> [noreply]`;
  }
  if (key.length > LONGEST_KEY) return BAD_FORMAT;
  const found = cache.find(key) !== undefined && cache.remove(key);
  cache.counts[found ? "delete_hits" : "delete_misses"]!++;
  return found ? "DELETED" : "NOT_FOUND";
}

function touch(cache: Cache, words: string[]): string {
  const [key, secondsText] = words;
  if (key === undefined || secondsText === undefined || words.length > 2) return "ERROR";
  if (key.length > LONGEST_KEY) return BAD_FORMAT;
  const seconds = signed(secondsText);
  if (seconds === undefined) return "CLIENT_ERROR invalid exptime argument";
  cache.counts.cmd_touch!++;
  const item = cache.find(key);
  cache.counts[item ? "touch_hits" : "touch_misses"]!++;
  if (!item) return "NOT_FOUND";
  item.expires = expiryTime(seconds);
  cache.touched(item);
  return "TOUCHED";
}

function flush(cache: Cache, words: string[]): string {
  const seconds = words[0] === undefined ? 0 : signed(words[0]);
  if (seconds === undefined) return BAD_FORMAT;
  cache.flush(seconds > 0 ? expiryTime(seconds) : Date.now());
  return "OK";
}

function stats(session: Session, [group]: string[]): string {
  if (group === "reset") {
    for (const name of Object.keys(session.cache.counts)) session.cache.counts[name] = 0;
    return "RESET";
  }
  const lines = statistics(session, group);
  return lines === undefined ? "ERROR" : [...lines.map(([name, value]) => `STAT ${name} ${value}`), "END"].join("\r\n");
}

function unsigned(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function signed(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}
