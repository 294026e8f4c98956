import { parse } from "acorn";
import realVm from "node:vm";
import Sval from "sval";
import { evalShim, FunctionShim, withResult } from "./codegen";
import { codedError } from "./errors";

/** The interpreter's global scope, as far as it is used here. It is not in its types, and its version is pinned. */
interface Scope {
  context: Record<string, unknown>;
  find(name: string): { get(): unknown; set(value: unknown): void };
  let(name: string, value: unknown): void;
}

/** Where a program leaves its last value. */
const RESULT = "__dock2edge_result";

/** What a context has besides its own properties: the language, and nothing of Node or the web. */
const INTRINSICS = new Set(
  `globalThis Infinity NaN undefined isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI encodeURIComponent
   escape unescape Object Function Array Number Boolean String Symbol BigInt Date Promise RegExp Error AggregateError EvalError
   RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl Map Set WeakMap WeakSet WeakRef FinalizationRegistry
   ArrayBuffer SharedArrayBuffer Atomics DataView Float32Array Float64Array Int8Array Int16Array Int32Array Uint8Array
   Uint8ClampedArray Uint16Array Uint32Array BigInt64Array BigUint64Array Proxy Reflect WebAssembly __name`.split(
    /\s+/,
  ),
);

/** The interpreter of each context: what a program declares with let and const is there for the next one. */
const contexts = new WeakMap<object, Sval>();

interface ScriptOptions {
  filename?: string;
}

/**
 * The app's `node:vm`, by the interpreter that also stands for `new Function`: Workers compile no code at run time. A context is
 * the object it was made of, with the language's own globals behind it. `timeout` has no effect, and there are no vm modules.
 */
export function createVm(): Record<string, unknown> {
  return {
    ...realVm,
    Script,
    createContext,
    isContext: (object: object) => contexts.has(object),
    createScript: (source: string, options?: ScriptOptions | string) => new Script(source, options),
    runInContext: (source: string, context: object) => runInContext(source, context),
    runInNewContext: (source: string, context?: object) => runInContext(source, createContext(context)),
    runInThisContext: (source: string) => evalShim(String(source)),
    compileFunction,
  };
}

class Script {
  readonly #source: string;
  cachedDataRejected = false;
  sourceMapURL = undefined;

  constructor(source: unknown, options?: ScriptOptions | string) {
    this.#source = String(source);
    const file = typeof options === "string" ? options : (options?.filename ?? "evalmachine.<anonymous>");
    try {
      withResult(this.#source); // a syntax error is the constructor's
    } catch (error) {
      if (error instanceof Error) error.stack = `${file}\n${error.stack}`;
      throw error;
    }
  }

  runInContext(context: object): unknown {
    return runInContext(this.#source, context);
  }

  runInNewContext(context?: object): unknown {
    return runInContext(this.#source, createContext(context));
  }

  runInThisContext(): unknown {
    return evalShim(this.#source);
  }

  createCachedData(): Buffer {
    return Buffer.alloc(0);
  }
}

function createContext(object: object = {}): object {
  if (contexts.has(object)) return object;
  const global = new Proxy(object, {
    has: (target, key) => key in target || isIntrinsic(key),
    get: (target, key): unknown => {
      if (key in target) return Reflect.get(target, key, target);
      if (key === "globalThis") return global;
      return isIntrinsic(key) ? Reflect.get(globalThis, key) : undefined;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  const interpreter = new Sval({ ecmaVer: "latest", sandBox: true });
  const { scope } = interpreter as unknown as { scope: Scope };
  for (const name of ["globalThis", "window", "self", "this"]) scope.find(name).set(global);
  // Libraries would take a context with `exports` for a CommonJS module.
  delete scope.context["exports"];
  scope.let(RESULT, undefined);
  contexts.set(object, interpreter);
  return object;
}

function isIntrinsic(key: string | symbol): boolean {
  return typeof key === "string" && INTRINSICS.has(key);
}

function runInContext(source: unknown, context: object): unknown {
  const interpreter = contexts.get(context);
  if (!interpreter) {
    const message = 'The "contextifiedObject" argument must be an vm.Context';
    throw codedError("ERR_INVALID_ARG_TYPE", message, TypeError);
  }
  const { scope } = interpreter as unknown as { scope: Scope };
  const result = scope.find(RESULT);
  result.set(undefined);
  const text = String(source);
  interpreter.run(withResult(text, (expression) => `${RESULT} = (${expression}\n);`));
  // Unlike its variables, a program's functions do not become properties by themselves.
  for (const name of functionsOf(text)) Reflect.set(context, name, scope.find(name).get());
  return result.get();
}

/** The names of the functions that a program declares. */
function functionsOf(source: string): string[] {
  const { body } = parse(source, { ecmaVersion: "latest" });
  return body.flatMap((statement) => (statement.type === "FunctionDeclaration" ? [statement.id.name] : []));
}

function compileFunction(source: string, parameters: string[] = []): unknown {
  return FunctionShim(...parameters, source);
}
