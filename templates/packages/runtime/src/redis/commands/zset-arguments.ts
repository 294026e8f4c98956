import type { Arguments } from "../arguments";
import { RedisError } from "../errors";
import { parseDouble } from "../numbers";
import { DoubleReply, type Reply } from "../reply";
import type { Bound, Interval, Scored } from "../storage/zset";

/** An interval of scores: `5`, `(5`, `-inf`. */
export function readScoreInterval(args: Arguments, min: number, max: number): Interval<number> {
  return { min: readScoreBound(args, min), max: readScoreBound(args, max) };
}

function readScoreBound(args: Arguments, index: number): Bound<number> {
  const text = args.bytes(index);
  const exclusive = text[0] === 0x28;
  const value = parseDouble(exclusive ? text.subarray(1) : text);
  if (value === null) throw new RedisError("ERR min or max is not a float");
  return { value, exclusive };
}

/** An interval of members: `[a`, `(a`, `-`, `+`. */
export function readLexInterval(args: Arguments, minIndex: number, maxIndex: number): Interval<Buffer> {
  const [min, max] = [args.bytes(minIndex), args.bytes(maxIndex)];
  const lower = readLexBound(min);
  const upper = readLexBound(max);
  // `+` as the lower bound, or `-` as the upper one, is legal and leaves nothing.
  const empty = isSign(min, "+") || isSign(max, "-");
  return { min: lower, max: upper, empty };
}

function readLexBound(text: Buffer): Bound<Buffer> {
  if (isSign(text, "-") || isSign(text, "+")) return { value: null, exclusive: false };
  const mark = text[0];
  if (mark !== 0x28 && mark !== 0x5b) {
    throw new RedisError("ERR min or max not valid string range item");
  }
  return { value: text.subarray(1), exclusive: mark === 0x28 };
}

function isSign(text: Buffer, sign: string): boolean {
  return text.length === 1 && text[0] === sign.charCodeAt(0);
}

/** Members alone, or with scores: pairs of a list in RESP3, one flat list in RESP2. */
export function scoredReply(members: readonly Scored[], withScores: boolean, protocol: number): Reply[] {
  if (!withScores) return members.map(({ member }) => member);
  const pairs = members.map(({ member, score }): Reply[] => [member, new DoubleReply(score)]);
  return protocol === 3 ? pairs : pairs.flat();
}
