/**
 * `Function` for apps that compile code at run time.
 *
 * Workers refuse to generate code from strings inside a request, which template engines (ejs, pug, handlebars), validators (ajv) and
 * routers (find-my-way) live on. `FunctionShim` has them interpreted instead: slower, but with the same result. It stands in
 * an entry of its own, as the interpreter is bundled only with apps that need it.
 *
 * Not covered: direct `eval`, which sees the local variables around it.
 */

import Sval from "sval";

type AnyFunction = (...values: unknown[]) => unknown;

/** Interpreted functions by their source: engines compile the same template again and again. */
const compiled = new Map<string, AnyFunction>();
const MAX_COMPILED = 1_000;

/** Stands in for the global `Function`: the same object to everybody, except to whoever constructs with it. */
export const FunctionShim: FunctionConstructor = new Proxy(Function, {
  construct: (_target, parts: unknown[]) => makeFunction(parts),
  apply: (_target, _self, parts: unknown[]) => makeFunction(parts),
});

function makeFunction(parts: readonly unknown[]): AnyFunction {
  const body = parts.length > 0 ? String(parts.at(-1)) : "";
  const parameters = parts.slice(0, -1).map(String).join(",");
  const key = `${parameters}\n${body}`;
  let interpreted = compiled.get(key);
  if (!interpreted) {
    interpreted = interpret(parameters, body);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(key, interpreted);
  }
  return asFunction(interpreted, /^\s*(['"])use strict\1/.test(body));
}

/** Parses the source in the form the language gives to functions made from strings; a syntax error is thrown here. */
function interpret(parameters: string, body: string): AnyFunction {
  const interpreter = new Sval({ ecmaVer: "latest", sandBox: false });
  interpreter.run(`exports.made = (function anonymous(${parameters}\n) {\n${body}\n})`);
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
