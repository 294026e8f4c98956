import {
  BigNumberReply,
  DoubleReply,
  ErrorReply,
  MapReply,
  NullArray,
  Push,
  type Reply,
  SetReply,
  Several,
  Status,
  VerbatimReply,
} from "../reply";
import { formatDouble } from "../numbers";
import { LuaTable, type LuaValue } from "./lua-value";

/** A command's reply as the script sees it: the conversions of Redis's manual, for the protocol the script chose. */
export function replyToLua(reply: Reply, protocol: number): LuaValue {
  if (typeof reply === "number" || typeof reply === "bigint") return Number(reply);
  if (typeof reply === "string") return Buffer.from(reply);
  if (reply instanceof Uint8Array) return Buffer.from(reply);
  if (Array.isArray(reply)) return listToLua(reply, protocol);
  if (typeof reply === "boolean") return protocol === 3 ? reply : Number(reply);
  if (reply instanceof Status) return LuaTable.fromFields({ ok: Buffer.from(reply.text, "latin1") });
  if (reply instanceof ErrorReply) return errorTable(reply.message);
  if (reply instanceof DoubleReply) {
    return protocol === 3 ? LuaTable.fromFields({ double: reply.value }) : Buffer.from(formatDouble(reply.value));
  }
  if (reply instanceof MapReply) return mapToLua(reply, protocol);
  if (reply instanceof SetReply) {
    if (protocol === 2) return listToLua(reply.members, 2);
    const members = reply.members.map((member): [LuaValue, LuaValue] => [replyToLua(member, 3), true]);
    return LuaTable.fromFields({ set: new LuaTable(members) });
  }
  if (reply instanceof VerbatimReply) return Buffer.from(reply.text);
  if (reply instanceof BigNumberReply) return Buffer.from(reply.digits);
  if (reply instanceof Push) return listToLua(reply.items, protocol);
  if (reply instanceof Several) return listToLua(reply.replies, protocol);
  // Null: false, as nil would end an array; nil with RESP3, where it can be told from false.
  if (reply === null || reply instanceof NullArray) return protocol === 3 ? undefined : false;
  return undefined;
}

function listToLua(items: Reply[], protocol: number): LuaTable {
  return LuaTable.fromList(items.map((item) => replyToLua(item, protocol)));
}

function mapToLua({ entries }: MapReply, protocol: number): LuaTable {
  if (protocol === 2) return listToLua(entries.flat(), 2);
  const pairs = entries.map(([key, value]): [LuaValue, LuaValue] => [replyToLua(key, 3), replyToLua(value, 3)]);
  return LuaTable.fromFields({ map: new LuaTable(pairs) });
}

/** An error as scripts get it from redis.pcall and hand it back. */
export function errorTable(message: string): LuaTable {
  return LuaTable.fromFields({ err: Buffer.from(message, "latin1"), ignore_error_stats_update: true });
}

/** What a script returned as a reply. */
export function luaToReply(value: LuaValue, protocol: number): Reply {
  if (value === undefined || typeof value === "symbol") return null;
  if (typeof value === "number") return toInteger(value);
  if (value instanceof Uint8Array) return value;
  if (typeof value === "boolean") return protocol === 3 ? value : value ? 1 : null;
  const error = value.field("err");
  if (error instanceof Uint8Array) return new ErrorReply(error.toString("latin1"));
  const ok = value.field("ok");
  if (ok instanceof Uint8Array) return new Status(ok.toString("latin1").replace(/[\r\n]/g, " "));
  const double = value.field("double");
  if (typeof double === "number") return new DoubleReply(double);
  const map = value.field("map");
  if (map instanceof LuaTable) {
    return new MapReply(map.entries.map(([key, item]) => [luaToReply(key, protocol), luaToReply(item, protocol)]));
  }
  const set = value.field("set");
  if (set instanceof LuaTable) return new SetReply(set.entries.map(([member]) => luaToReply(member, protocol)));
  return value.list().map((item) => luaToReply(item, protocol));
}

/** Lua numbers are cut to integers; what does not fit is as far as integers go. */
function toInteger(value: number): bigint | number {
  if (Number.isNaN(value)) return 0;
  const whole = Math.trunc(value);
  if (Math.abs(whole) < 2 ** 53) return whole + 0;
  return whole > 0 ? BigInt(Math.min(whole, 2 ** 63 - 1024)) : BigInt(Math.max(whole, -(2 ** 63)));
}

/** An argument of redis.call: a string, or a number with all the digits it has. Null for anything else. */
export function luaToArgument(value: LuaValue): Buffer | null {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "number") return null;
  return Buffer.from(formatDouble(value));
}
