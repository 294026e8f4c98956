import { toBytes, type Bytes } from "./uri.ts";

/** A piece of a template: text as it stands, or the name of a variable. */
export type Part = { text: Bytes } | { variable: string };

const reference = /\$(?:\{(\w+)\}|(\w+))/g;

/** Splits a text into plain pieces and variables. `$1` is a variable of one digit, as in nginx. */
export function parseTemplate(template: string): Part[] {
  const parts: Part[] = [];
  const source = toBytes(template);
  let at = 0;
  for (const match of source.matchAll(reference)) {
    let name = match[1] ?? match[2] ?? "";
    if (match[2] !== undefined && /^\d/.test(name)) {
      name = name.slice(0, 1); // "$10" is group 1 and a zero
    }
    if (match.index > at) {
      parts.push({ text: source.slice(at, match.index) });
    }
    parts.push({ variable: name });
    at = match.index + (match[1] === undefined ? 1 + name.length : match[0].length);
  }
  if (at < source.length) {
    parts.push({ text: source.slice(at) });
  }
  return parts;
}
