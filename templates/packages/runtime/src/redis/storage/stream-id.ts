import type { Arguments } from "../arguments";
import { RedisError } from "../errors";

/** An entry's id `<milliseconds>-<sequence>` as one number of 128 bits: ids are compared and counted up as a whole. */
export type StreamId = bigint;

const SEQUENCE_BITS = 64n;
export const MAX_SEQUENCE = 2n ** 64n - 1n;
export const MIN_ID: StreamId = 0n;
export const MAX_ID: StreamId = 2n ** 128n - 1n;

export function makeId(milliseconds: bigint, sequence: bigint): StreamId {
  return (milliseconds << SEQUENCE_BITS) | sequence;
}

export function millisecondsOf(id: StreamId): bigint {
  return id >> SEQUENCE_BITS;
}

export function sequenceOf(id: StreamId): bigint {
  return id & MAX_SEQUENCE;
}

export function formatId(id: StreamId): string {
  return `${millisecondsOf(id)}-${sequenceOf(id)}`;
}

/** Sixteen bytes that SQLite orders as the ids are ordered. */
export function encodeId(id: StreamId): Buffer {
  return Buffer.from(id.toString(16).padStart(32, "0"), "hex");
}

export function decodeId(bytes: ArrayBuffer): StreamId {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** `ms-seq`, or `ms` alone with the sequence number that the place calls for; null when it is neither. */
export function parseId(text: string, missingSequence: bigint): StreamId | null {
  const match = /^(\d{1,20})(?:-(\d{1,20}))?$/.exec(text);
  if (!match) return null;
  const milliseconds = BigInt(match[1]!);
  const sequence = match[2] === undefined ? missingSequence : BigInt(match[2]);
  if (milliseconds > MAX_SEQUENCE || sequence > MAX_SEQUENCE) return null;
  return makeId(milliseconds, sequence);
}

export const invalidId = () => new RedisError("ERR Invalid stream ID specified as stream command argument");

/** An id that must be given in full or by its milliseconds. */
export function readId(args: Arguments, index: number, missingSequence = 0n): StreamId {
  const id = parseId(args.text(index), missingSequence);
  if (id === null) throw invalidId();
  return id;
}

/** A bound of XRANGE and its kin: `-`, `+`, an id, or `(` and an id that is left out itself. */
export function readBound(args: Arguments, index: number, side: "start" | "end"): StreamId {
  const text = args.text(index);
  if (text === "-") return MIN_ID;
  if (text === "+") return MAX_ID;
  const exclusive = text.startsWith("(");
  const id = parseId(exclusive ? text.slice(1) : text, side === "start" ? 0n : MAX_SEQUENCE);
  if (id === null) throw invalidId();
  if (!exclusive) return id;
  if (side === "start") {
    if (id === MAX_ID) throw new RedisError("ERR invalid start ID for the interval");
    return id + 1n;
  }
  if (id === MIN_ID) throw new RedisError("ERR invalid end ID for the interval");
  return id - 1n;
}
