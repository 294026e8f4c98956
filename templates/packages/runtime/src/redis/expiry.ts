import type { Arguments } from "./arguments";
import { RedisError } from "./errors";

/** Latest time Redis accepts for an expiry: the largest 64-bit number of milliseconds. */
const MAX_TIME = 2 ** 63;

/** The options that set a time to live, in SET, GETEX and the EXPIRE family: unit, and whether from now. */
const UNITS: Record<string, { factor: number; relative: boolean }> = {
  EX: { factor: 1000, relative: true },
  PX: { factor: 1, relative: true },
  EXAT: { factor: 1000, relative: false },
  PXAT: { factor: 1, relative: false },
};

export function isExpiryOption(keyword: string): boolean {
  return Object.hasOwn(UNITS, keyword);
}

/** Unix milliseconds of the option's value at `index`. SET and its kin refuse times that are not positive. */
export function readExpiry(args: Arguments, index: number, option: string, command: string): number {
  const { factor, relative } = UNITS[option]!;
  const given = args.int64(index);
  if (given <= 0n) throw invalidExpiry(command);
  return expiryTime(given, factor, relative, command);
}

/** Unix milliseconds of a time given in units of `factor` milliseconds. */
export function expiryTime(given: bigint, factor: number, relative: boolean, command: string): number {
  const time = Number(given) * factor + (relative ? Date.now() : 0);
  if (Math.abs(time) >= MAX_TIME) throw invalidExpiry(command);
  return time;
}

function invalidExpiry(command: string): RedisError {
  return new RedisError(`ERR invalid expire time in '${command}' command`);
}
