/** The meta commands: mg, ms, md, ma, mn, me. */
import { type Cache, expiryTime, type Item, type StoreMode } from "./cache";
import { LONGEST_KEY, lookUp, type Pending } from "./text";

/** The flags of a meta command: letters, some with a token. */
class Flags {
  readonly list: [string, string][];

  constructor(words: readonly string[]) {
    this.list = words.map((word) => [word[0]!, word.slice(1)]);
  }

  has(letter: string): boolean {
    return this.list.some(([name]) => name === letter);
  }

  token(letter: string): string | undefined {
    return this.list.find(([name]) => name === letter)?.[1];
  }

  position(letter: string): number {
    return this.list.findIndex(([name]) => name === letter);
  }

  number(letter: string): number | undefined {
    const token = this.token(letter);
    return token === undefined ? undefined : Number(token);
  }

  get areNumbers(): boolean {
    return ["T", "N", "R", "C", "D", "J", "E", "F"].every((letter) => {
      const token = this.token(letter);
      return token === undefined || /^-?\d{1,20}$/.test(token);
    });
  }
}

interface Request {
  /** As the cache has it. */
  key: string;
  /** As the client wrote it. */
  written: string;
  flags: Flags;
}

const BAD_FORMAT = "CLIENT_ERROR bad command line format";
const BAD_TOKEN = "CLIENT_ERROR bad token in command line format";

export const META_COMMANDS: Record<string, (cache: Cache, words: string[]) => string | Buffer | null> = {
  mn: () => "MN",
  mg: (cache, words) => withRequest(cache, words, metaGet),
  md: (cache, words) => withRequest(cache, words, metaDelete),
  ma: (cache, words) => withRequest(cache, words, metaCount),
  me: debug,
};

function withRequest(
  cache: Cache,
  words: string[],
  run: (cache: Cache, request: Request) => string | Buffer | null,
): string | Buffer | null {
  const request = parse(words);
  if (typeof request === "string") return request;
  cache.counts.cmd_meta!++;
  return run(cache, request);
}

function parse([written, ...words]: string[]): Request | string {
  if (written === undefined) return BAD_FORMAT;
  const flags = new Flags(words);
  const key = flags.has("b") ? Buffer.from(written, "base64").toString("latin1") : written;
  if (key.length > LONGEST_KEY || key === "") return BAD_FORMAT;
  return flags.areNumbers ? { key, written, flags } : BAD_TOKEN;
}

/** What the flags ask to be told of an item, in their order. */
function describe(
  { written, flags }: Request,
  item: Item | undefined,
  earlier: { fetched: boolean; accessed: number },
): string {
  const now = Date.now();
  const parts = flags.list.map(([letter, token]) => {
    switch (letter) {
      case "O":
        return `O${token}`;
      case "k":
        return `k${written}`;
      case "b":
        return "b";
    }
    if (!item) return "";
    switch (letter) {
      case "f":
        return `f${item.flags}`;
      case "c":
        return `c${item.cas}`;
      case "s":
        return `s${item.value.length}`;
      case "t":
        return `t${item.expires === 0 ? -1 : Math.max(0, Math.ceil((item.expires - now) / 1000))}`;
      case "h":
        return `h${earlier.fetched ? 1 : 0}`;
      case "l":
        return `l${Math.floor((now - earlier.accessed) / 1000)}`;
      default:
        return "";
    }
  });
  return parts
    .filter((part) => part !== "")
    .map((part) => ` ${part}`)
    .join("");
}

function metaGet(cache: Cache, request: Request): string | Buffer | null {
  const { key, flags } = request;
  const before = cache.find(key, false);
  const earlier = { fetched: before?.fetched ?? false, accessed: before?.accessed ?? 0 };
  let item = lookUp(cache, key);
  let won = "";
  if (!item && flags.has("N")) {
    cache.store("add", key, 0, expiryTime(flags.number("N")!), Buffer.alloc(0));
    item = cache.find(key);
    if (item) {
      item.promised = true;
      item.fetched = true;
    }
    won = " W";
  } else if (item) {
    won = recache(item, flags);
  }
  if (!item) return flags.has("q") ? null : `EN${describe(request, undefined, earlier)}`;
  // Flags take effect in their order: a t before the T tells the old time.
  const seconds = flags.number("T");
  const isEarly = flags.position("T") < flags.position("t");
  if (seconds !== undefined && isEarly) item.expires = expiryTime(seconds);
  const told = describe(request, item, earlier) + won;
  if (seconds !== undefined) {
    item.expires = expiryTime(seconds);
    cache.touched(item);
  }
  if (!flags.has("v")) return `HD${told}`;
  return Buffer.concat([Buffer.from(`VA ${item.value.length}${told}\r\n`, "latin1"), item.value, Buffer.from("\r\n")]);
}

/** Who should renew an item: W tells the winner, Z the others, X that the value is stale. */
function recache(item: Item, flags: Flags): string {
  const limit = flags.number("R");
  const isShort = limit !== undefined && item.expires !== 0 && item.expires - Date.now() < limit * 1000;
  const marks: string[] = [];
  if (item.stale) marks.push("X");
  if (item.promised) marks.push("Z");
  else if (item.stale || isShort) {
    item.promised = true;
    marks.unshift("W");
  }
  return marks.map((mark) => ` ${mark}`).join("");
}

const MODES: Record<string, StoreMode> = { S: "set", E: "add", A: "append", P: "prepend", R: "replace" };

export function metaSet(cache: Cache, words: string[]): Pending | string {
  const [written, bytesText = "", ...rest] = words;
  if (written === undefined || !/^\d{1,9}$/.test(bytesText)) return "CLIENT_ERROR bad data chunk";
  const request = parse([written, ...rest]);
  if (typeof request === "string") return request;
  const { key, flags } = request;
  const mode = MODES[(flags.token("M") ?? "S").toUpperCase()];
  if (!mode) return "CLIENT_ERROR invalid mode for ms";
  const bytes = Number(bytesText);
  if (bytes > cache.options.itemLimit) {
    if (mode === "set") cache.remove(key);
    return { bytes, noreply: false, store: undefined };
  }
  const store = (data: Buffer): string => {
    cache.counts.cmd_meta!++;
    cache.counts.cmd_set!++;
    const existing = cache.find(key, false);
    const cas = flags.has("C") ? BigInt(flags.token("C")!) : 0n;
    // I: an older number is taken, too, but the value counts as stale then.
    const isStale = flags.has("I") && existing !== undefined && cas !== 0n && cas < existing.cas;
    const outcome = cache.store(
      mode,
      key,
      flags.number("F") ?? 0,
      expiryTime(flags.number("T") ?? 0),
      data,
      isStale ? 0n : cas,
    );
    const item = cache.find(key, false);
    if (item && outcome === "stored") {
      if (isStale) item.stale = true;
      if (flags.has("E")) item.cas = BigInt(flags.token("E")!);
    }
    const told = describe(request, item, { fetched: false, accessed: 0 });
    const code = { stored: "HD", "not-stored": "NS", exists: "EX", "not-found": "NF", "too-large": "" }[outcome];
    return code === "" ? "SERVER_ERROR object too large for cache" : `${code}${told}`;
  };
  return { bytes, noreply: false, store: quietly(flags, store) };
}

/** With q, what went well is not told. An empty answer is none. */
function quietly(flags: Flags, store: (data: Buffer) => string): (data: Buffer) => string {
  if (!flags.has("q")) return store;
  return (data) => {
    const answer = store(data);
    return answer.startsWith("HD") ? "" : answer;
  };
}

function metaDelete(cache: Cache, request: Request): string | null {
  const { key, flags } = request;
  const item = cache.find(key);
  const told = describe(request, item, { fetched: false, accessed: 0 });
  cache.counts[item ? "delete_hits" : "delete_misses"]!++;
  if (!item) return `NF${told}`;
  if (flags.has("C") && BigInt(flags.token("C")!) !== item.cas) return `EX${told}`;
  if (flags.has("I") || flags.has("T")) {
    if (flags.has("I")) {
      item.stale = true;
      item.promised = false;
      item.cas = cache.nextCas();
    }
    if (flags.has("T")) item.expires = expiryTime(flags.number("T")!);
    cache.touched(item);
  } else {
    cache.remove(key);
  }
  return flags.has("q") ? null : `HD${told}`;
}

function metaCount(cache: Cache, request: Request): string | Buffer | null {
  const { key, flags } = request;
  const mode = (flags.token("M") ?? "I").toUpperCase();
  if (!["I", "+", "D", "-"].includes(mode)) return "CLIENT_ERROR invalid mode for ma";
  const up = mode === "I" || mode === "+";
  let item = cache.find(key);
  cache.counts[`${up ? "incr" : "decr"}_${item ? "hits" : "misses"}`]!++;
  let value: string;
  if (item) {
    if (flags.has("C") && BigInt(flags.token("C")!) !== item.cas) return `EX${describe(request, item, item)}`;
    const after = cache.count(item, BigInt(flags.token("D") ?? "1"), up);
    if (after === undefined) return "CLIENT_ERROR cannot increment or decrement non-numeric value";
    if (flags.has("T")) item.expires = expiryTime(flags.number("T")!);
    value = String(after);
  } else {
    if (!flags.has("N"))
      return flags.has("q") ? null : `NF${describe(request, undefined, { fetched: false, accessed: 0 })}`;
    value = flags.token("J") ?? "0";
    cache.store("set", key, 0, expiryTime(flags.number("N")!), Buffer.from(value));
    item = cache.find(key)!;
  }
  if (flags.has("q")) return null;
  const told = describe(request, item, item);
  return flags.has("v") ? `VA ${value.length}${told}\r\n${value}` : `HD${told}`;
}

/** What the server knows of an item, for people. */
function debug(cache: Cache, [key]: string[]): string {
  const item = key === undefined ? undefined : cache.find(key, false);
  if (!item) return key === undefined ? BAD_FORMAT : "EN";
  const now = Date.now();
  const seconds = item.expires === 0 ? -1 : Math.ceil((item.expires - now) / 1000);
  const last = Math.floor((now - item.accessed) / 1000);
  return `ME ${key} exp=${seconds} la=${last} cas=${item.cas} fetch=${item.fetched ? "yes" : "no"} cls=1 size=${item.value.length}`;
}
