import type { Arguments } from "../arguments";
import { RedisError, syntaxError } from "../errors";
import { globMatches } from "../glob";
import type { Reply } from "../reply";

export interface ScanOptions {
  /** Number after which to go on; 0: from the start. */
  cursor: number;
  count: number;
  /** Whether MATCH lets an element through. */
  matches(element: Buffer): boolean;
  /** TYPE, in lower case; null: all. */
  type: string | null;
  noValues: boolean;
}

/** Reads `cursor [MATCH pattern] [COUNT count] …` starting at `index`. */
export function readScanOptions(
  args: Arguments,
  index: number,
  extra: readonly ("TYPE" | "NOVALUES")[] = [],
): ScanOptions {
  const cursorText = args.bytes(index).toString("latin1");
  if (!/^\d{1,20}$/.test(cursorText)) throw new RedisError("ERR invalid cursor");
  const options: ScanOptions = {
    cursor: Number(cursorText),
    count: 10,
    matches: () => true,
    type: null,
    noValues: false,
  };
  for (let i = index + 1; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "COUNT" && i + 1 < args.length) {
      options.count = args.integer(++i);
      if (options.count < 1) throw syntaxError();
    } else if (option === "MATCH" && i + 1 < args.length) {
      const pattern = args.bytes(++i).toString("latin1");
      options.matches = (element) => globMatches(pattern, element.toString("latin1"));
    } else if (option === "TYPE" && extra.includes("TYPE") && i + 1 < args.length) {
      options.type = args.text(++i).toLowerCase();
    } else if (option === "NOVALUES" && extra.includes("NOVALUES")) {
      options.noValues = true;
    } else {
      throw syntaxError();
    }
  }
  return options;
}

/**
 * How many elements of a collection one HSCAN or SSCAN step reads. COUNT is a hint; each step sorts what is left by
 * insertion number, so small steps over a large collection would take quadratic time.
 */
export function scanStep(count: number): number {
  return Math.max(count, 1000);
}

export function scanReply(cursor: number, elements: Reply[]): Reply {
  return [String(cursor), elements];
}
