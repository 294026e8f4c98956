/// <reference path="./parseargs.d.ts" />
import { parseArgs } from "@pkgjs/parseargs";
import realUtil, { format, type ParseArgsConfig } from "node:util";

/**
 * The app's `node:util`. workerd's debuglog is always on, which fills the log with the packages' tracing, and its parseArgs throws.
 */
export function createUtil(
  environment: () => Record<string, string | undefined>,
  args: () => string[],
): Record<string, unknown> {
  const debuglog = (section: string, ready?: (log: unknown) => void) => {
    const wanted = (environment()["NODE_DEBUG"] ?? "").split(",").map((name) => name.trim().toUpperCase());
    const enabled = wanted.includes(section.toUpperCase());
    const log = (...values: unknown[]): void => {
      if (enabled) console.error(`${section.toUpperCase()} 1: ${format(...values)}`);
    };
    const debug = Object.assign(log, { enabled });
    ready?.(debug);
    return debug;
  };
  // Without `args`, Node takes the process's own.
  const parse = (config: ParseArgsConfig = {}) => parseArgs({ args: args(), ...config });
  return { ...realUtil, debuglog, debug: debuglog, parseArgs: parse };
}
