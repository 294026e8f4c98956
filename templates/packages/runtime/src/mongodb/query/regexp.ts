import { BSONRegExp, BSONSymbol } from "../bson/values";
import { badValue, MongoError } from "../errors";

const compiled = new Map<string, RegExp>();
const MAX_COMPILED = 500;

/** A pattern of a query as a JavaScript regular expression; MongoDB's are Perl's, of which most is the same. */
export function compileRegExp(pattern: unknown, options?: unknown): RegExp {
  if (options !== undefined && typeof options !== "string") throw badValue("$options has to be a string");
  if (typeof pattern === "string") return compile(pattern, options ?? "");
  if (pattern instanceof BSONRegExp) return compile(pattern.pattern, options ?? pattern.options);
  if (pattern instanceof RegExp) return compile(pattern.source, options ?? pattern.flags);
  throw badValue("$regex has to be a string");
}

export function matchesRegExp(pattern: RegExp, value: unknown): boolean {
  if (typeof value === "string") return pattern.test(value);
  return value instanceof BSONSymbol && pattern.test(value.value);
}

/** The text every match begins with, for a pattern like `^abc`; "" when none is known. Indexes find strings by it. */
export function literalPrefix(pattern: RegExp): string {
  if (pattern.ignoreCase || pattern.multiline) return "";
  const match = /^\^((?:[^\\^$.*+?()[\]{}|]|\\[^A-Za-z0-9])*)/.exec(pattern.source);
  if (!match || pattern.source.includes("|")) return "";
  const rest = pattern.source[match[0].length];
  const whole = rest !== undefined && "*?{".includes(rest) ? match[1]!.replace(/(?:\\.|[^\\])$/, "") : match[1]!;
  return whole.replace(/\\(.)/g, "$1");
}

function compile(pattern: string, options: string): RegExp {
  const key = `${options}/${pattern}`;
  let regExp = compiled.get(key);
  if (!regExp) {
    regExp = translate(pattern, options);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(key, regExp);
  }
  return regExp;
}

function translate(pattern: string, options: string): RegExp {
  const unknown = /[^imsxuglvyd]/.exec(options);
  if (unknown) throw new MongoError(51108, `invalid flag in regex options: ${unknown[0]}`);
  let flags = options.replace(/[^ims]/g, "");
  // Options at the very beginning, "(?i)abc", are all that is common of Perl's inline options.
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  if (inline) flags += inline[1]!.replace("x", "");
  let source = inline ? pattern.slice(inline[0].length) : pattern;
  if (options.includes("x") || inline?.[1]!.includes("x")) source = withoutLayout(source);
  source = source
    .replace(/\\A/g, "^")
    .replace(/\\[zZ]/g, "$")
    .replace(/\(\?P</g, "(?<")
    .replace(/\[\[:(\w+):\]\]/g, (whole, name: string) => (POSIX[name] ? `[${POSIX[name]}]` : whole));
  return construct(source, [...new Set(flags)].join(""), pattern);
}

const POSIX: Record<string, string> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  punct: "!-\\/:-@\\[-`{-~",
};

function construct(source: string, flags: string, pattern: string): RegExp {
  try {
    // Unicode rules first: a dot is then a whole character, as it is for MongoDB.
    return new RegExp(source, `${flags}u`);
  } catch {
    try {
      return new RegExp(source, flags);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new MongoError(51091, `Regular expression is invalid: ${why} (${pattern})`);
    }
  }
}

/** Option x: white space and comments are no part of the pattern, except in classes and after a backslash. */
function withoutLayout(source: string): string {
  return source.replace(/\\.|\[(?:\\.|[^\]])*\]|\s+|#[^\n]*/g, (part) => (/^(?:\s|#)/.test(part) ? "" : part));
}
