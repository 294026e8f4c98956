/**
 * Redis's glob patterns on bytes: `*`, `?`, `[a-z]`, `[^a]`, and `\` for a literal character. Neither SQLite's GLOB (no
 * escapes, other rules for `[`) nor a regular expression treats malformed patterns as Redis does.
 *
 * Pattern and text are latin1 strings: one character per byte.
 */
export function globMatches(pattern: string, text: string, ignoreCase = false): boolean {
  return ignoreCase ? match(pattern.toLowerCase(), 0, text.toLowerCase(), 0) : match(pattern, 0, text, 0);
}

function match(pattern: string, patternStart: number, text: string, textStart: number): boolean {
  let p = patternStart;
  let t = textStart;
  // Where to resume after the latest `*`: one that is given a longer match when the rest fails. Going back to an earlier
  // star never helps, which keeps hostile patterns from taking exponential time.
  let starPattern = -1;
  let starText = -1;
  for (;;) {
    if (p < pattern.length && pattern[p] === "*") {
      while (pattern[p] === "*") p++;
      starPattern = p;
      starText = t;
      if (p === pattern.length) return true;
      continue;
    }
    if (t === text.length) return p === pattern.length;
    const step = p < pattern.length ? matchOne(pattern, p, text[t]!) : 0;
    if (step > 0) {
      p += step;
      t++;
    } else if (starPattern >= 0 && starText < text.length) {
      starText++;
      p = starPattern;
      t = starText;
    } else {
      return false;
    }
  }
}

/** How many pattern characters match `char`, or 0 when they do not. */
function matchOne(pattern: string, start: number, char: string): number {
  switch (pattern[start]) {
    case "?":
      return 1;
    case "[":
      return matchClass(pattern, start, char);
    case "\\":
      if (start + 1 < pattern.length) {
        return pattern[start + 1] === char ? 2 : 0;
      }
      return char === "\\" ? 1 : 0;
    default:
      return pattern[start] === char ? 1 : 0;
  }
}

function matchClass(pattern: string, start: number, char: string): number {
  let i = start + 1;
  const negated = pattern[i] === "^";
  if (negated) i++;
  let found = false;
  // An unclosed class ends with the pattern.
  while (i < pattern.length && pattern[i] !== "]") {
    if (pattern[i] === "\\" && i + 1 < pattern.length) {
      i++;
      found ||= pattern[i] === char;
      i++;
    } else if (pattern[i + 1] === "-" && i + 2 < pattern.length) {
      const [low, high] = [pattern[i]!, pattern[i + 2]!].sort();
      found ||= char >= low! && char <= high!;
      i += 3;
    } else {
      found ||= pattern[i] === char;
      i++;
    }
  }
  const length = Math.min(i + 1, pattern.length) - start;
  return found !== negated ? length : 0;
}
