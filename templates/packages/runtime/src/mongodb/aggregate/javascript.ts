import { FunctionShim } from "../../codegen";
import { Code } from "../bson/values";
import { badValue } from "../errors";

/**
 * JavaScript of `$where`, `$function` and `$accumulator`. Workers run no code made from strings, so it is interpreted: slowly,
 * which is why MongoDB advises against it, too.
 */
export function compileJavaScript(code: unknown): (this: unknown, ...values: unknown[]) => unknown {
  const text = code instanceof Code ? code.code : code;
  if (typeof text !== "string") throw badValue("$where got bad type");
  const source = String(text).trim();
  const isFunction = /^(?:async\s+)?function\b|^(?:\([^)]*\)|[A-Za-z_$][\w$]*)\s*=>/.test(source);
  if (isFunction) return FunctionShim(`return (${source})`)() as (...values: unknown[]) => unknown;
  const body = /(?:^|[;{}\s])return\b/.test(source) ? source : `return (${source})`;
  return FunctionShim("obj", `${body}`) as unknown as (...values: unknown[]) => unknown;
}
