/**
 * Case files hold one command a line, as typed into redis-cli: "…" knows \n, \r, \t, \\, \" and \xff. Lines that start with #
 * are comments.
 */
export function parseCaseFile(text: string): { argv: Buffer[]; line: number }[] {
  return text
    .split("\n")
    .map((content, i) => ({ content: content.trim(), line: i + 1 }))
    .filter(({ content }) => content !== "" && !content.startsWith("#"))
    .map(({ content, line }) => ({ argv: splitWords(content, line), line }));
}

const NAMED: Record<string, string> = { n: "\n", r: "\r", t: "\t", "\\": "\\", '"': '"' };

function splitWords(content: string, line: number): Buffer[] {
  const words: Buffer[] = [];
  const token = /\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/y;
  while (token.lastIndex < content.length) {
    const match = token.exec(content);
    if (!match) throw new Error(`line ${line}: cannot read ${JSON.stringify(content)}`);
    const [, quoted, bare] = match;
    const word = quoted === undefined ? bare! : quoted.replace(/\\(?:x([0-9a-f]{2})|(.))/gi, unescape);
    words.push(Buffer.from(word, "latin1"));
  }
  return words;
}

function unescape(_: string, hex: string | undefined, char: string): string {
  return hex === undefined ? (NAMED[char] ?? char) : String.fromCharCode(parseInt(hex, 16));
}
