/**
 * `Function` and `eval` for apps that compile code at run time.
 *
 * Workers refuse to generate code from strings inside a request, which template engines (ejs, pug, handlebars), validators (ajv) and
 * routers (find-my-way) live on. `FunctionShim` has them interpreted instead: slower, but with the same result. It stands in
 * an entry of its own, as the interpreter is bundled only with apps that need it.
 *
 * `eval` is always the indirect one: it sees the global scope and none of the local variables around it.
 */

import { parse } from "acorn";
import Sval from "sval";

type AnyFunction = (...values: unknown[]) => unknown;

/** Interpreted functions by their source: engines compile the same template again and again. */
const compiled = new Map<string, AnyFunction>();
const MAX_COMPILED = 1_000;

/** What stands before the parameters, for each constructor of functions. */
type Kind = "function" | "async function" | "function*" | "async function*";

/** Stands in for a constructor of functions: the same object to everybody, except to whoever constructs with it. */
function shimOf(constructor: FunctionConstructor, kind: Kind): FunctionConstructor {
  return new Proxy(constructor, {
    construct: (_target, parts: unknown[]) => makeFunction(kind, parts),
    apply: (_target, _self, parts: unknown[]) => makeFunction(kind, parts),
  });
}

/** Stands in for the global `Function`. */
export const FunctionShim: FunctionConstructor = shimOf(Function, "function");

/** Stands in for the global `eval`. */
export function evalShim(source: unknown): unknown {
  if (typeof source !== "string") return source;
  return makeFunction("function", [withResult(source)]).call(globalThis);
}

/**
 * Puts the stand-ins where code finds them that does not name `Function`: in the global scope, and as the `constructor` of every
 * function, which is the only way to the constructors of async functions and generators (eta, ejs with `async`).
 */
export function installCodeGeneration(): void {
  if (globalThis.Function === FunctionShim) return;
  Object.assign(globalThis, { Function: FunctionShim, eval: evalShim });
  // The bundle calls this for every function, also in the text of one that a package takes by toString() and runs elsewhere.
  Object.defineProperty(globalThis, "__name", { value: (named: unknown) => named, configurable: true });
  const samples: [AnyFunction, Kind][] = [
    [function () {}, "function"],
    [async function () {}, "async function"],
    [function* () {}, "function*"],
    [async function* () {}, "async function*"],
  ];
  for (const [sample, kind] of samples) {
    const prototype = Object.getPrototypeOf(sample) as { constructor: FunctionConstructor };
    const value = kind === "function" ? FunctionShim : shimOf(prototype.constructor, kind);
    Object.defineProperty(prototype, "constructor", { value, configurable: true, writable: kind === "function" });
  }
}

/** A program in which what its last expression comes to is used: by default it is returned, as from a function's body. */
export function withResult(source: string, use = (expression: string) => `return (${expression}\n);`): string {
  const { body } = parse(source, { ecmaVersion: "latest", allowAwaitOutsideFunction: false });
  const last = body.at(-1);
  if (last?.type !== "ExpressionStatement") return source;
  return source.slice(0, last.start) + use(source.slice(last.expression.start, last.expression.end));
}

function makeFunction(kind: Kind, parts: readonly unknown[]): AnyFunction {
  const body = parts.length > 0 ? String(parts.at(-1)) : "";
  const parameters = parts.slice(0, -1).map(String).join(",");
  const key = `${kind} ${parameters}\n${body}`;
  let interpreted = compiled.get(key);
  if (!interpreted) {
    interpreted = interpret(kind, parameters, body);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(key, interpreted);
  }
  return asFunction(interpreted, /^\s*(['"])use strict\1/.test(body));
}

/** Parses the source in the form the language gives to functions made from strings; a syntax error is thrown here. */
function interpret(kind: Kind, parameters: string, body: string): AnyFunction {
  const interpreter = new Sval({ ecmaVer: "latest", sandBox: false });
  interpreter.run(`exports.made = (${kind} anonymous(${parameters}\n) {\n${body}\n})`);
  return interpreter.exports["made"] as AnyFunction;
}

/** Each call of `Function` makes a new function object; sloppy ones see the global object as `this`. */
function asFunction(interpreted: AnyFunction, strict: boolean): AnyFunction {
  function anonymous(this: unknown, ...values: unknown[]): unknown {
    if (new.target) return Reflect.construct(interpreted, values);
    return interpreted.apply(this === undefined && !strict ? globalThis : this, values);
  }
  Object.defineProperty(anonymous, "length", { value: interpreted.length, configurable: true });
  return anonymous;
}
