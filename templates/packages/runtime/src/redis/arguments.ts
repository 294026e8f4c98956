import { notAFloat, notAnInteger, RedisError, syntaxError } from "./errors";
import { parseDouble, parseInt64, parseInteger } from "./numbers";

/**
 * A command's arguments, without its name, read as what the command expects. A missing one is a syntax error, which is
 * what Redis answers when an option lacks its value.
 */
export class Arguments {
  readonly list: readonly Buffer[];

  constructor(list: readonly Buffer[]) {
    this.list = list;
  }

  get length(): number {
    return this.list.length;
  }

  bytes(index: number): Buffer {
    const argument = this.list[index];
    if (argument === undefined) throw syntaxError();
    return argument;
  }

  /** As text of one character per byte, for names and messages: error lines are written back the same way. */
  text(index: number): string {
    return this.bytes(index).toString("latin1");
  }

  /** In capitals, for options and subcommands. */
  keyword(index: number): string {
    return this.bytes(index).toString("latin1").toUpperCase();
  }

  /** A 64-bit integer that is a position, count or duration. `message` replaces the usual error text. */
  integer(index: number, message?: string): number {
    const value = parseInteger(this.bytes(index));
    if (value === null) throw message ? new RedisError(message) : notAnInteger();
    return value;
  }

  /** A 64-bit integer to calculate with. */
  int64(index: number): bigint {
    const value = parseInt64(this.bytes(index));
    if (value === null) throw notAnInteger();
    return value;
  }

  double(index: number, message?: string): number {
    const value = parseDouble(this.bytes(index));
    if (value === null) throw message ? new RedisError(message) : notAFloat();
    return value;
  }

  from(index: number): Buffer[] {
    return this.list.slice(index);
  }

  /** The rest as pairs; a last one without its partner is left out, so callers check the count first. */
  pairs(index: number): [Buffer, Buffer][] {
    const pairs: [Buffer, Buffer][] = [];
    for (let i = index; i + 1 < this.list.length; i += 2) {
      pairs.push([this.bytes(i), this.bytes(i + 1)]);
    }
    return pairs;
  }

  /**
   * `numkeys key…` starting at `index`: the keys, and the index after them. `message` is for a count that is not positive,
   * `notANumber` for one that is none.
   */
  countedKeys(index: number, message: string, notANumber?: string): [Buffer[], number] {
    const count = this.integer(index, notANumber);
    if (count <= 0) throw new RedisError(message);
    const end = index + 1 + count;
    if (end > this.list.length) throw syntaxError();
    return [this.list.slice(index + 1, end), end];
  }
}
