/**
 * The functions that SQLite calls in JavaScript: those an application defines in SQL, hooks, traces.
 *
 * C knows a function by its number in a table, and only WebAssembly functions can stand there. Tools usually compile a small
 * wrapper for each when it is needed, which Workers do not allow at run time. So there is one module with one function for each
 * kind of call, made when the app is built and uploaded compiled. It imports the functions and exports them again.
 */

/** Parameters and result of each function, as C has them: i is 32 bits, j is 64 bits. The last letter is the result, v is none. */
export const CALLBACKS = {
  call: "iiiv",
  step: "iiiv",
  inverse: "iiiv",
  value: "iv",
  final: "iv",
  destroy: "iv",
  update: "iiiijv",
  trace: "iiiii",
  authorize: "iiiiiii",
} as const;

export type CallbackName = keyof typeof CALLBACKS;

const VALUE_TYPES: Record<string, number> = { i: 0x7f, j: 0x7e };
const FUNCTION = 0x60;
const TYPE_SECTION = 1;
const IMPORT_SECTION = 2;
const EXPORT_SECTION = 7;
const MODULE = "d";

/** The module's bytes. It is small enough for every number in it to fit into one byte, two for the sections' sizes. */
export function callbackModule(): Uint8Array<ArrayBuffer> {
  const names = Object.keys(CALLBACKS) as CallbackName[];
  const types = names.map((name) => {
    const parameters = [...CALLBACKS[name].slice(0, -1)].map((letter) => VALUE_TYPES[letter]!);
    const result = VALUE_TYPES[CALLBACKS[name].slice(-1)];
    return [FUNCTION, parameters.length, ...parameters, ...(result === undefined ? [0] : [1, result])];
  });
  const imports = names.map((name, i) => [...text(MODULE), ...text(name), 0, i]);
  const exports = names.map((name, i) => [...text(name), 0, i]);
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(TYPE_SECTION, types),
    ...section(IMPORT_SECTION, imports),
    ...section(EXPORT_SECTION, exports),
  ]);
}

function section(id: number, entries: number[][]): number[] {
  const content = [entries.length, ...entries.flat()];
  return [id, (content.length & 0x7f) | 0x80, content.length >> 7, ...content];
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value)];
}

/** Puts functions into SQLite's table. The result is the number of each. */
export function installCallbacks(
  module: WebAssembly.Module,
  table: WebAssembly.Table,
  functions: Record<CallbackName, (...args: never[]) => unknown>,
): Record<CallbackName, number> {
  const instance = new WebAssembly.Instance(module, { [MODULE]: functions as Record<string, () => unknown> });
  const first = table.length;
  const names = Object.keys(CALLBACKS) as CallbackName[];
  table.grow(names.length);
  names.forEach((name, i) => table.set(first + i, instance.exports[name]));
  return Object.fromEntries(names.map((name, i) => [name, first + i])) as Record<CallbackName, number>;
}
