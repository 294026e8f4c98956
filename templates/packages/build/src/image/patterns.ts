/**
 * Docker's two pattern languages. COPY takes Go's filepath.Match: `*` and `?` stop at "/", `[a-z]` is a class, a backslash
 * takes the next character as it is. .dockerignore adds `**` for any number of folders, and `!` to take something back.
 */

const ESCAPED = /[.+^${}()|\\/]/;

/** The source of a regular expression for one pattern, without anchors. */
function source(pattern: string): string {
  let out = "";
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === "*" && pattern[i + 1] === "*") {
      const atSlash = pattern[i + 2] === "/";
      out += atSlash ? "(?:.*/)?" : ".*";
      i += atSlash ? 2 : 1;
    } else if (c === "*") out += "[^/]*";
    else if (c === "?") out += "[^/]";
    else if (c === "[") {
      const end = pattern.indexOf("]", i + 2);
      if (end < 0) throw new Error(`the pattern ${JSON.stringify(pattern)} has a "[" without "]"`);
      out += `[${pattern.slice(i + 1, end).replace(/\\(?!-)/g, "\\\\")}]`;
      i = end;
    } else if (c === "\\" && i + 1 < pattern.length) {
      i++;
      out += ESCAPED.test(pattern[i]!) || "*?[]".includes(pattern[i]!) ? `\\${pattern[i]}` : pattern[i];
    } else out += ESCAPED.test(c) ? `\\${c}` : c;
  }
  return out;
}

/** Does the pattern name more than the path it spells? */
export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** A test of whole paths against one pattern. */
export function matcher(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^${source(pattern)}$`, "s");
  return (path) => expression.test(path);
}

/** Says whether paths (relative to the build context, with "/") are left out by a list of .dockerignore patterns. */
export function ignore(patterns: string[]): (path: string) => boolean {
  const rules = patterns.flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const keep = trimmed.startsWith("!");
    const pattern = (keep ? trimmed.slice(1) : trimmed).replace(/^\/+/, "").replace(/\/+$/, "").replace(/^\.\//, "");
    return [{ keep, expression: new RegExp(`^${source(pattern)}(?:/.*)?$`, "s") }];
  });
  return (path) => {
    let ignored = false;
    for (const rule of rules) if (rule.keep === ignored && rule.expression.test(path)) ignored = !rule.keep;
    return ignored;
  };
}
