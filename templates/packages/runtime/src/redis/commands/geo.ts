import type { Arguments } from "../arguments";
import { type Command, command, type Context, ONE_KEY, TWO_KEYS } from "../command";
import type { Database } from "../database";
import { RedisError, syntaxError } from "../errors";
import { formatLongDouble, longDoubleFrom } from "../numbers";
import { NULL_ARRAY, type Reply } from "../reply";
import { EVERYTHING, getScore, readOrdered, type Scored, storeMembers } from "../storage/zset";
import {
  decodePosition,
  distance,
  encodePosition,
  geohashText,
  isValidPosition,
  latitudeDistance,
  type Position,
} from "./geo-hash";
import { zaddCommand } from "./sorted-sets";

const UNITS: Record<string, number> = { M: 1, KM: 1000, FT: 0.3048, MI: 1609.34 };

function readUnit(args: Arguments, index: number): number {
  const factor = UNITS[args.keyword(index)];
  if (factor === undefined) throw new RedisError("ERR unsupported unit provided. please use M, KM, FT, MI");
  return factor;
}

function readPosition(args: Arguments, index: number): Position {
  const position = { longitude: args.double(index), latitude: args.double(index + 1) };
  if (!isValidPosition(position)) {
    const [longitude, latitude] = [position.longitude.toFixed(6), position.latitude.toFixed(6)];
    throw new RedisError(`ERR invalid longitude,latitude pair ${longitude},${latitude}`);
  }
  return position;
}

/** GEOADD is ZADD with scores made from positions. */
function geoadd(context: Context, args: Arguments): Reply {
  let i = 1;
  const options: Buffer[] = [];
  for (; i < args.length && /^(?:NX|XX|CH)$/.test(args.keyword(i)); i++) options.push(args.bytes(i));
  const rest = args.length - i;
  const keywords = options.map((option) => option.toString().toUpperCase());
  if (keywords.includes("NX") && keywords.includes("XX")) throw syntaxError();
  if (rest === 0 || rest % 3 !== 0) throw syntaxError();
  const members: Buffer[] = [];
  for (; i < args.length; i += 3) {
    const score = encodePosition(readPosition(args, i));
    members.push(Buffer.from(String(score)), args.bytes(i + 2));
  }
  return zaddCommand(context, [args.bytes(0), ...options, ...members]);
}

function positionOf(db: Database, key: Buffer, member: Buffer): Position | null {
  const score = getScore(db, db.typed(key, "zset"), member);
  return score === null ? null : decodePosition(score);
}

function geodist({ db }: Context, args: Arguments): Reply {
  if (args.length > 4) throw syntaxError();
  const factor = args.length === 4 ? readUnit(args, 3) : 1;
  const a = positionOf(db, args.bytes(0), args.bytes(1));
  const b = positionOf(db, args.bytes(0), args.bytes(2));
  return a && b ? formatDistance(distance(a, b), factor) : null;
}

function formatDistance(metres: number, factor: number): string {
  return (metres / factor).toFixed(4);
}

function positionReply({ longitude, latitude }: Position): Reply {
  return [longitude, latitude].map((degrees) => formatLongDouble(longDoubleFrom(degrees)));
}

interface Search {
  center: Position;
  /** Metres; null: by a box. */
  radius: number | null;
  /** Metres. */
  box: { width: number; height: number } | null;
  /** Metres in the unit that distances are shown in. */
  unit: number;
  order: "ASC" | "DESC" | null;
  /** 0: all. */
  count: number;
  any: boolean;
  withPosition: boolean;
  withDistance: boolean;
  withHash: boolean;
  storeDistance: boolean;
  store: Buffer | null;
}

interface Hit extends Scored {
  position: Position;
  metres: number;
}

function emptySearch(): Omit<Search, "center"> {
  return {
    radius: null,
    box: null,
    unit: 1,
    order: null,
    count: 0,
    any: false,
    withPosition: false,
    withDistance: false,
    withHash: false,
    storeDistance: false,
    store: null,
  };
}

/** Reads one of the options that all searches share at `i`; returns how many arguments it took, 0 for another one. */
function readCommonOption(search: Omit<Search, "center">, args: Arguments, i: number): number {
  switch (args.keyword(i)) {
    case "WITHCOORD":
      search.withPosition = true;
      return 1;
    case "WITHDIST":
      search.withDistance = true;
      return 1;
    case "WITHHASH":
      search.withHash = true;
      return 1;
    case "ASC":
    case "DESC":
      search.order = args.keyword(i) === "ASC" ? "ASC" : "DESC";
      return 1;
    case "ANY":
      search.any = true;
      return 1;
    case "COUNT":
      if (i + 1 >= args.length) return 0;
      search.count = args.integer(i + 1);
      if (search.count <= 0) throw new RedisError("ERR COUNT must be > 0");
      return 2;
    default:
      return 0;
  }
}

/** GEOSEARCH's arguments after the key at `keyAt`. Null: the center is a member that does not exist. */
function readGeosearch(db: Database, args: Arguments, keyAt: number, store: boolean): Search {
  const search = emptySearch();
  let center: Position | null = null;
  let fromSeen = false;
  for (let i = keyAt + 1; i < args.length;) {
    const option = args.keyword(i);
    const taken = readCommonOption(search, args, i);
    if (taken > 0) {
      i += taken;
    } else if (option === "FROMMEMBER" && i + 1 < args.length && !fromSeen) {
      fromSeen = true;
      center = requireMember(db, args.bytes(keyAt), args.bytes(i + 1));
      i += 2;
    } else if (option === "FROMLONLAT" && i + 2 < args.length && !fromSeen) {
      fromSeen = true;
      center = readPosition(args, i + 1);
      i += 3;
    } else if (option === "BYRADIUS" && i + 2 < args.length && !search.radius && !search.box) {
      search.unit = readUnit(args, i + 2);
      search.radius = readLength(args, i + 1, "radius") * search.unit;
      i += 3;
    } else if (option === "BYBOX" && i + 3 < args.length && !search.radius && !search.box) {
      search.unit = readUnit(args, i + 3);
      search.box = {
        width: readLength(args, i + 1, "width") * search.unit,
        height: readLength(args, i + 2, "height") * search.unit,
      };
      i += 4;
    } else if (option === "STOREDIST" && store) {
      search.storeDistance = true;
      i++;
    } else {
      throw syntaxError();
    }
  }
  const name = store ? "GEOSEARCHSTORE" : "GEOSEARCH";
  if (center === null) {
    throw new RedisError(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${name}`);
  }
  if (search.radius === null && search.box === null) {
    throw new RedisError(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${name}`);
  }
  return checkSearch({ ...search, center }, store ? name : null);
}

/** GEORADIUS and GEORADIUSBYMEMBER: options after the radius and unit at `radiusAt`. */
function readGeoradius(args: Arguments, center: Position, radiusAt: number, mayStore: boolean): Search {
  const search = emptySearch();
  search.unit = readUnit(args, radiusAt + 1);
  search.radius = readLength(args, radiusAt, "radius") * search.unit;
  for (let i = radiusAt + 2; i < args.length;) {
    const option = args.keyword(i);
    const taken = readCommonOption(search, args, i);
    if (taken > 0) {
      i += taken;
    } else if ((option === "STORE" || option === "STOREDIST") && mayStore && i + 1 < args.length) {
      search.store = args.bytes(i + 1);
      search.storeDistance = option === "STOREDIST";
      i += 2;
    } else {
      throw syntaxError();
    }
  }
  return checkSearch({ ...search, center }, search.store ? "STORE option in GEORADIUS" : null);
}

function checkSearch(search: Search, storing: string | null): Search {
  if (search.any && search.count === 0) throw new RedisError("ERR the ANY argument requires COUNT argument");
  if (storing !== null && (search.withPosition || search.withDistance || search.withHash)) {
    throw new RedisError(`ERR ${storing} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`);
  }
  // The nearest ones are meant when only some are wanted.
  if (search.count > 0 && search.order === null && !search.any) search.order = "ASC";
  return search;
}

function readLength(args: Arguments, index: number, name: string): number {
  const value = args.double(index, `ERR need numeric ${name}`);
  if (value < 0) {
    throw new RedisError(
      name === "radius" ? "ERR radius cannot be negative" : "ERR height or width cannot be negative",
    );
  }
  return value;
}

function requireMember(db: Database, key: Buffer, member: Buffer): Position {
  const position = positionOf(db, key, member);
  if (position === null) throw new RedisError("ERR could not decode requested zset member");
  return position;
}

/** Looks at every member: sorted sets here have no spatial index, and those of apps are small. */
function find(db: Database, key: Buffer, search: Search): Hit[] {
  const record = db.typed(key, "zset");
  if (record === null) return [];
  const hits: Hit[] = [];
  for (const scored of readOrdered(db, record, false, EVERYTHING)) {
    const position = decodePosition(scored.score);
    const metres = distance(search.center, position);
    if (!isInside(search, position, metres)) continue;
    hits.push({ ...scored, position, metres });
    if (search.any && hits.length === search.count) break;
  }
  if (search.order !== null) {
    const sign = search.order === "ASC" ? 1 : -1;
    hits.sort((a, b) => sign * (a.metres - b.metres));
  }
  return search.count > 0 ? hits.slice(0, search.count) : hits;
}

function isInside({ center, radius, box }: Search, position: Position, metres: number): boolean {
  if (radius !== null) return metres <= radius;
  if (box === null) return false;
  if (latitudeDistance(center.latitude, position.latitude) > box.height / 2) return false;
  const across = distance(
    { longitude: center.longitude, latitude: position.latitude },
    { longitude: position.longitude, latitude: position.latitude },
  );
  return across <= box.width / 2;
}

function answer(db: Database, key: Buffer, search: Search, target: Buffer | null): Reply {
  const hits = find(db, key, search);
  if (target !== null) {
    const members = hits.map(({ member, score, metres }) => ({
      member,
      score: search.storeDistance ? metres / search.unit : score,
    }));
    storeMembers(db, target, members, "geosearchstore");
    return members.length;
  }
  return hits.map(({ member, score, position, metres }): Reply => {
    if (!search.withPosition && !search.withDistance && !search.withHash) return member;
    return [
      member,
      ...(search.withDistance ? [formatDistance(metres, search.unit)] : []),
      ...(search.withHash ? [BigInt(score)] : []),
      ...(search.withPosition ? [positionReply(position)] : []),
    ];
  });
}

function georadius(mayStore: boolean): Command["run"] {
  return ({ db }, args) => {
    const search = readGeoradius(args, readPosition(args, 1), 3, mayStore);
    return answer(db, args.bytes(0), search, search.store);
  };
}

function georadiusbymember(mayStore: boolean): Command["run"] {
  return ({ db }, args) => {
    if (db.typed(args.bytes(0), "zset") === null) return [];
    const center = requireMember(db, args.bytes(0), args.bytes(1));
    const search = readGeoradius(args, center, 2, mayStore);
    return answer(db, args.bytes(0), search, search.store);
  };
}

export const geoCommands: Command[] = [
  command("geoadd", -5, "write denyoom", ONE_KEY, geoadd),
  command("geodist", -4, "readonly", ONE_KEY, geodist),
  command("geopos", -2, "readonly", ONE_KEY, ({ db }, args) =>
    args.from(1).map((member) => {
      const position = positionOf(db, args.bytes(0), member);
      return position ? positionReply(position) : NULL_ARRAY;
    }),
  ),
  command("geohash", -2, "readonly", ONE_KEY, ({ db }, args) => {
    const record = db.typed(args.bytes(0), "zset");
    return args.from(1).map((member) => {
      const score = getScore(db, record, member);
      return score === null ? null : geohashText(score);
    });
  }),
  command("geosearch", -7, "readonly", ONE_KEY, ({ db }, args) =>
    answer(db, args.bytes(0), readGeosearch(db, args, 0, false), null),
  ),
  command("geosearchstore", -8, "write denyoom", TWO_KEYS, ({ db }, args) =>
    answer(db, args.bytes(1), readGeosearch(db, args, 1, true), args.bytes(0)),
  ),
  command("georadius", -6, "write denyoom", ONE_KEY, georadius(true)),
  command("georadius_ro", -6, "readonly", ONE_KEY, georadius(false)),
  command("georadiusbymember", -5, "write denyoom", ONE_KEY, georadiusbymember(true)),
  command("georadiusbymember_ro", -5, "readonly", ONE_KEY, georadiusbymember(false)),
];
