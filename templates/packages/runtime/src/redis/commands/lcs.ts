/** One run of equal bytes: where it starts in each string, and how long it is. */
export interface CommonRun {
  a: number;
  b: number;
  length: number;
}

/**
 * The longest common subsequence of two byte strings and its runs, last one first: LCS lists them in the order in which it
 * finds them, from the end.
 */
export function longestCommonSubsequence(a: Buffer, b: Buffer): { common: Buffer; matches: CommonRun[] } {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      lengths[i * width + j] =
        a[i - 1] === b[j - 1]
          ? lengths[(i - 1) * width + j - 1]! + 1
          : Math.max(lengths[(i - 1) * width + j]!, lengths[i * width + j - 1]!);
    }
  }
  const common: number[] = [];
  const matches: CommonRun[] = [];
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      i--;
      j--;
      common.push(a[i]!);
      const run = matches.at(-1);
      if (run && run.a === i + 1 && run.b === j + 1) {
        matches[matches.length - 1] = { a: i, b: j, length: run.length + 1 };
      } else {
        matches.push({ a: i, b: j, length: 1 });
      }
    } else if (lengths[(i - 1) * width + j]! > lengths[i * width + j - 1]!) {
      i--;
    } else {
      j--;
    }
  }
  return { common: Buffer.from(common.reverse()), matches };
}
