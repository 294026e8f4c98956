/**
 * Rewrites Lua 5.1 source so that 5.3 calculates with it as 5.1 did: every number written without a fraction becomes a float.
 * The machine's own integers have 32 bits and wrap around, which would spoil times in milliseconds.
 *
 * Works on latin1 text, one character per byte, and keeps the line numbers.
 */
export function floatsOnly(source: string): string {
  // What numbers may not be looked for in, then names (whose digits are no numbers), then numbers themselves.
  const token =
    /--\[(=*)\[[^]*?(?:\]\1\]|$)|--[^\n]*|\[(=*)\[[^]*?(?:\]\2\]|$)|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|[A-Za-z_]\w*|0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g;
  return source.replace(token, (text) => {
    if (/^0[xX]/.test(text)) return `${Number(text)}.0`;
    return /^\d+$/.test(text) ? `${text}.0` : text;
  });
}
