/**
 * The commands that RUN steps call but this machine may not have: node, npm of the right kind, yarn, pnpm, corepack.
 *
 * A folder of small scripts goes in front of PATH. yarn and pnpm are run through npx in the version that the project asks for,
 * whether or not this machine has its own, so that a build does not depend on where it runs.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Versions for projects that pin none, by the lock file's format. */
const YARN_CLASSIC = "1.22.22";
const YARN_BERRY = "4.5.3";
const PNPM_BY_LOCKFILE: [format: RegExp, version: string][] = [
  [/^lockfileVersion: '?9/m, "10.18.0"],
  [/^lockfileVersion: '?6/m, "8.15.9"],
  [/^lockfileVersion: '?5/m, "7.33.7"],
];
const PNPM_DEFAULT = "10.18.0";

/** A package manager in a version, as npx takes it. */
export interface PackageManager {
  name: "yarn" | "pnpm";
  /** npm package and version. */
  spec: string;
}

function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** The folders from `folder` up to and including `root`. */
function upwards(folder: string, root: string): string[] {
  const folders: string[] = [];
  for (let at = folder; at.length >= root.length; at = dirname(at)) {
    folders.push(at);
    if (at === root || at === dirname(at)) break;
  }
  return folders;
}

/** `packageManager` of the nearest package.json that has one: "pnpm@9.1.0+sha512.…". */
function pinned(name: string, folder: string, root: string): string | undefined {
  for (const at of upwards(folder, root)) {
    const text = readText(join(at, "package.json"));
    if (!text) continue;
    try {
      const { packageManager } = JSON.parse(text) as { packageManager?: unknown };
      if (typeof packageManager !== "string") continue;
      const [manager, version] = packageManager.split("+")[0]!.split("@");
      if (manager === name && version) return version;
    } catch {
      // A package.json that npm cannot read either: the command itself will say so.
    }
  }
  return undefined;
}

function lockFile(name: string, folder: string, root: string): string | undefined {
  for (const at of upwards(folder, root)) {
    const text = readText(join(at, name));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Which yarn and which pnpm a command in `folder` gets. */
export function packageManagers(folder: string, root: string): PackageManager[] {
  const yarnLock = lockFile("yarn.lock", folder, root);
  const yarn = pinned("yarn", folder, root) ?? (yarnLock?.includes("__metadata:") ? YARN_BERRY : YARN_CLASSIC);
  const pnpmLock = lockFile("pnpm-lock.yaml", folder, root) ?? "";
  const byLock = PNPM_BY_LOCKFILE.find(([format]) => format.test(pnpmLock))?.[1];
  const pnpm = pinned("pnpm", folder, root) ?? byLock ?? PNPM_DEFAULT;
  return [
    { name: "yarn", spec: yarn.startsWith("1.") ? `yarn@${yarn}` : `@yarnpkg/cli-dist@${yarn}` },
    { name: "pnpm", spec: `pnpm@${pnpm}` },
  ];
}

const COREPACK = `#!/bin/sh
# corepack: yarn and pnpm are already here, in the versions the project asks for.
case "$1" in
  yarn|yarnpkg|pnpm|pnpx) exec "$@" ;;
  enable|disable|prepare|install|use|up|cache|hydrate) exit 0 ;;
  *) echo "corepack $*: not needed here, nothing done" >&2; exit 0 ;;
esac
`;

function script(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** Writes the scripts into `bin` for a command that runs in `folder` of the image at `root`. */
export function writeTools(bin: string, folder: string, root: string): void {
  mkdirSync(bin, { recursive: true });
  script(join(bin, "node"), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  script(join(bin, "corepack"), COREPACK);
  for (const { name, spec } of packageManagers(folder, root)) {
    const run = `#!/bin/sh\nexec npx --yes --package '${spec}' -- ${name} "$@"\n`;
    script(join(bin, name), run);
    if (name === "yarn") script(join(bin, "yarnpkg"), run);
    else script(join(bin, "pnpx"), run.replace("-- pnpm", "-- pnpm dlx"));
  }
}
