/** Dockerfile's RUN: a shell command in the image's folder, with the image's environment instead of this machine's. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { RunStep } from "../recipe.ts";
import { writeTools } from "./tools.ts";

/** What of this machine's environment a build step sees: how to reach the network and where to keep temporary files. */
const PASSED = new Set(
  `HOME USER LANG TERM TMPDIR TEMP TMP SHELL SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS NPM_TOKEN NODE_AUTH_TOKEN
   HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy npm_config_registry npm_config_userconfig
   npm_config_globalconfig npm_config_cache npm_config_cafile npm_config_ca npm_config_proxy npm_config_https_proxy
   npm_config_noproxy npm_config_strict_ssl npm_config_offline npm_config_prefer_offline`.split(/\s+/),
);

/** Where the image keeps what `npm install --global` installs. */
const GLOBAL_PREFIX = "usr/local";

/** How a failed install of a native addon shows in the output of npm, yarn and pnpm. */
const NATIVE_BUILD_FAILED =
  /node-gyp|gyp ERR|node-pre-gyp|prebuild-install|node-gyp-build|Failed at the .* (?:install|postinstall) script|npm error command failed|ELIFECYCLE|exited with code|Couldn't build/i;
const INSTALL = /\b(?:npm (?:ci|i|install|clean-install)|yarn(?: install)?|pnpm (?:i|install))\b/;
const NO_LOCK_FILE =
  /npm ci.*can only install (?:packages )?with an existing package-lock|`npm ci` can only install|EUSAGE/s;

export interface RunResult {
  ok: boolean;
  /** stdout and stderr, in the order they came. */
  output: string;
  /** Things that were done differently than the Dockerfile says. */
  notes: string[];
}

function environment(step: RunStep, root: string, bin: string, extra: Record<string, string>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) if (PASSED.has(name)) env[name] = value;
  // npm puts the .bin folders of the converted project in front; in the image there are none.
  const path = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((part) => !/node_modules[\\/]\.bin|node-gyp-bin/.test(part));
  return {
    ...env,
    npm_config_update_notifier: "false",
    npm_config_fund: "false",
    npm_config_audit: "false",
    YARN_NODE_LINKER: "node-modules",
    ...step.env,
    npm_config_prefix: join(root, GLOBAL_PREFIX),
    D2E_ROOT: root,
    PATH: [join(root, GLOBAL_PREFIX, "bin"), bin, ...path].join(delimiter),
    ...extra,
  };
}

function shell(command: string, cwd: string, env: NodeJS.ProcessEnv): { ok: boolean; output: string } {
  const child = spawnSync("sh", ["-c", `exec 2>&1\n${command}`], { cwd, env, maxBuffer: 1 << 28, encoding: "utf8" });
  if (child.error) return { ok: false, output: `${child.stdout ?? ""}${child.error.message}\n` };
  return { ok: child.status === 0, output: child.stdout + child.stderr };
}

/**
 * Runs the command in `<root>/<cwd>`. Two failures are mended: `npm ci` without a lock file becomes `npm install`, and when
 * the install script of a package fails (a native addon that cannot be built here, and could not be loaded in a Worker
 * anyway), the install is done again without scripts.
 */
export function runCommand(step: RunStep, root: string, bin: string, isLastOfStage: boolean): RunResult {
  const cwd = join(root, step.cwd);
  mkdirSync(cwd, { recursive: true });
  if (/\b(?:npm|yarn|pnpm)\b/.test(step.command)) fenceOff(cwd);
  writeTools(bin, cwd, root);
  const notes: string[] = [];
  let command = step.command;
  if (/\bnpm (?:ci|clean-install)\b/.test(command) && !hasLockFile(cwd) && !/--prefix|\bcd\b/.test(command)) {
    command = command.replace(/\bnpm (?:ci|clean-install)\b/g, "npm install");
    notes.push("npm ci needs a lock file and there is none: npm install was run instead");
  }
  // A native addon takes minutes to compile and loads in no Worker. Only a later step of the same stage could need one.
  const gyp: Record<string, string> =
    isLastOfStage && INSTALL.test(command) ? { npm_config_node_gyp: noCompiler(bin), MAKE: "true" } : {};
  let result = shell(command, cwd, environment(step, root, bin, gyp));
  if (!result.ok && NO_LOCK_FILE.test(result.output) && /\bnpm (?:ci|clean-install)\b/.test(command)) {
    command = command.replace(/\bnpm (?:ci|clean-install)\b/g, "npm install");
    notes.push("npm ci found no usable lock file: npm install was run instead");
    result = shell(command, cwd, environment(step, root, bin, gyp));
  }
  if (!result.ok && INSTALL.test(command) && NATIVE_BUILD_FAILED.test(result.output)) {
    const without = { npm_config_ignore_scripts: "true", YARN_ENABLE_SCRIPTS: "false", YARN_IGNORE_SCRIPTS: "true" };
    const again = shell(command, cwd, environment(step, root, bin, without));
    if (again.ok) {
      notes.push("an install script failed, most likely of a native addon: installed without scripts");
      result = again;
    }
  }
  return { ...result, notes };
}

/** A stand-in for node-gyp that compiles nothing and says so. Returns its path. */
function noCompiler(bin: string): string {
  mkdirSync(bin, { recursive: true });
  const file = join(bin, "no-node-gyp.js");
  writeFileSync(file, 'console.log("native addons are not compiled: a Worker cannot load them");\n');
  return file;
}

/** Without a package.json npm looks for one in the folders above, and would find the converted project's. */
function fenceOff(folder: string): void {
  if (!existsSync(join(folder, "package.json"))) mkdirSync(join(folder, "node_modules"), { recursive: true });
}

function hasLockFile(folder: string): boolean {
  return existsSync(join(folder, "package-lock.json")) || existsSync(join(folder, "npm-shrinkwrap.json"));
}
