import type { Arguments } from "../arguments";
import { RedisError, syntaxError } from "../errors";

/** What LMPOP, ZMPOP and their blocking forms answer to any wrong number of keys. */
export const TOO_FEW_KEYS = "ERR numkeys should be greater than 0";

/** The timeout of a blocking command: seconds, with fractions, given at `index`; returned in milliseconds. 0: for ever. */
export function readTimeout(args: Arguments, index: number): number {
  const seconds = args.double(index, "ERR timeout is not a float or out of range");
  if (seconds < 0) throw new RedisError("ERR timeout is negative");
  if (seconds * 1000 > Number.MAX_SAFE_INTEGER) {
    throw new RedisError("ERR timeout is out of range");
  }
  return Math.ceil(seconds * 1000);
}

/** `[COUNT n]` at the end of LMPOP's and ZMPOP's arguments. */
export function readPopCount(args: Arguments, index: number): number {
  if (index === args.length) return 1;
  if (args.keyword(index) !== "COUNT" || args.length !== index + 2) {
    throw syntaxError();
  }
  const message = "ERR count should be greater than 0";
  const count = args.integer(index + 1, message);
  if (count <= 0) throw new RedisError(message);
  return count;
}
