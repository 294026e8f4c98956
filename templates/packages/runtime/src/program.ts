import { codedError } from "./errors";
import type { Host } from "./host";
import type { Factory, Image } from "./image";
import type { Modules } from "./modules";
import type { AppProcess } from "./node/process";
import type { AppTimers } from "./node/timers";

/** What one evaluation of the packed app sees as its own. */
export interface Program {
  modules: Modules;
  process: AppProcess;
  timers: AppTimers;
  fetch: typeof fetch;
}

/** Packages tell Workers from Node by the user agent (pg, debug); this is Node. */
const NAVIGATOR = {
  userAgent: "Node.js/22",
  hardwareConcurrency: 1,
  language: "en-US",
  languages: ["en-US"],
  platform: "linux",
};

/** Runs the packed app, or the module of it that `modules` was told to start. What it returns settles with an app that waits. */
export function runProgram(image: Image, { modules, process, timers, fetch }: Program): ReturnType<Factory> {
  const module = { exports: {} as unknown };
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = timers.module;
  return image.factory(
    modules.require,
    module,
    module.exports,
    process,
    globalThis,
    fetch,
    NAVIGATOR,
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    clearInterval,
    clearImmediate,
    console,
    image.codeGeneration?.Function ?? Function,
  );
}

/** What a program that the app starts beside itself needs of the instance. */
export interface ProgramHost extends Host {
  readonly image: Image;
  readonly fetch: typeof fetch;
  /** Whether the app's packer has registered a module under this image path. */
  hasModule(path: string): boolean;
  cwd(): string;
  /** The app's environment variables. */
  environment(): Record<string, string | undefined>;
  /** Makes a program: the built-in modules named replace the app's. Its errors and its end are told to `host` and `exit`. */
  createProgram(options: ProgramOptions): Program;
}

export interface ProgramOptions {
  host: Host;
  /** Image path of the module to start; undefined for the app's entry. */
  start: string | undefined;
  argv: string[];
  env: Record<string, string | undefined>;
  builtins: Record<string, unknown>;
  exit(code: number): void;
}

/** The error for a program's file that is not in the bundle. */
export function notPacked(path: string): Error {
  return codedError(
    "MODULE_NOT_FOUND",
    `Cannot find module '${path}': it is not packed. Name it in node.registry of build.json, and build again.`,
  );
}
