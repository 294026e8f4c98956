/** Dockerfile's COPY, from one folder of this machine into another that stands for an image's root. */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { hasWildcard, ignore, matcher } from "./patterns.ts";

/** A copy step that cannot be done. */
export class CopyError extends Error {}

/** One file, folder or link to copy: where it is, and its path below the copied source ("" for the source itself). */
export interface Item {
  path: string;
  below: string;
  kind: "file" | "directory" | "link";
}

/** One source of a COPY, resolved: a file, or a folder whose contents are meant. */
export interface Source {
  /** The path as matched, relative to the context, with "/". */
  name: string;
  path: string;
  isDirectory: boolean;
}

const slashed = (path: string): string => (sep === "/" ? path : path.split(sep).join("/"));

function kindOf(path: string): Item["kind"] | undefined {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return "link";
  if (stats.isDirectory()) return "directory";
  return stats.isFile() ? "file" : undefined;
}

/** Paths below a folder that match a pattern with wildcards, sorted. */
function expand(context: string, pattern: string): string[] {
  let found = [""];
  for (const part of pattern.split("/")) {
    const next: string[] = [];
    const matches = hasWildcard(part) ? matcher(part) : undefined;
    for (const parent of found) {
      const folder = join(context, parent);
      if (!matches) {
        if (existsSync(join(folder, part))) next.push(parent ? `${parent}/${part}` : part);
        continue;
      }
      if (!existsSync(folder) || !statSync(folder).isDirectory()) continue;
      for (const name of readdirSync(folder).sort()) {
        if (matches(name)) next.push(parent ? `${parent}/${name}` : name);
      }
    }
    found = next;
  }
  return found;
}

/**
 * What the sources of a COPY name. As in Docker, a pattern may match nothing, a plain path may not, and ".." does not lead out
 * of the context.
 */
export function resolveSources(context: string, sources: string[], ignored: (path: string) => boolean): Source[] {
  const found: Source[] = [];
  for (const source of sources) {
    const parts = source.split("/").filter((part) => part !== "" && part !== ".");
    const clean: string[] = [];
    for (const part of parts) {
      if (part === "..") clean.pop();
      else clean.push(part);
    }
    const pattern = clean.join("/");
    const names = hasWildcard(pattern) ? expand(context, pattern) : [pattern];
    for (const name of names) {
      const path = join(context, name);
      if (!existsSync(path)) throw new CopyError(`${JSON.stringify(source)} is not there`);
      if (name !== "" && ignored(name)) {
        if (hasWildcard(pattern)) continue;
        throw new CopyError(`${JSON.stringify(source)} is left out by .dockerignore`);
      }
      found.push({ name, path: realpathSync(path), isDirectory: statSync(path).isDirectory() });
    }
  }
  return found;
}

/** Everything a source brings along, parents before children, in a fixed order. */
export function listItems(source: Source, ignored: (path: string) => boolean): Item[] {
  if (!source.isDirectory) return [{ path: source.path, below: "", kind: "file" }];
  const items: Item[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder).sort()) {
      const path = join(folder, entry);
      const below = slashed(relative(source.path, path));
      const kind = kindOf(path);
      if (!kind) continue;
      const skip = ignored(source.name === "" ? below : `${source.name}/${below}`);
      // An ignored folder may hold something that a later "!" pattern takes back, so it is walked, but not made.
      if (!skip) items.push({ path, below, kind });
      if (kind === "directory") walk(path);
    }
  };
  walk(source.path);
  return items;
}

/** Removes what stands at `path` when it is not a folder, or when it is one and `kind` is not. */
function makeWay(path: string, kind: Item["kind"]): void {
  let stats;
  try {
    stats = lstatSync(path);
  } catch {
    return;
  }
  if (kind === "directory" ? !statSync(path, { throwIfNoEntry: false })?.isDirectory() : true) {
    if (stats.isDirectory() && kind !== "directory") {
      throw new CopyError(`${JSON.stringify(path)} is a folder; a file cannot take its place`);
    }
    rmSync(path, { force: true });
  }
}

/** Copies a file's bytes, mode and time. */
export function copyFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  makeWay(to, "file");
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  const stats = statSync(from);
  chmodSync(to, stats.mode & 0o7777);
  utimesSync(to, stats.atime, stats.mtime);
}

/** Copies a link. One that points to somewhere below `fromRoot` by its full path is pointed to the same place below `toRoot`. */
function copyLink(from: string, to: string, fromRoot: string, toRoot: string): void {
  mkdirSync(dirname(to), { recursive: true });
  makeWay(to, "link");
  let target = readlinkSync(from);
  if (target === fromRoot || target.startsWith(fromRoot + sep)) target = join(toRoot, relative(fromRoot, target));
  symlinkSync(target, to);
}

export interface CopyOptions {
  /** Folder that the sources are relative to. */
  context: string;
  sources: string[];
  /** Folder that stands for the image's root. */
  root: string;
  /** Path in the image; a "/" at the end says that it is a folder. */
  to: string;
  /** .dockerignore patterns, and those of COPY --exclude. */
  exclude: string[];
}

/** What a COPY will do: every source with its items, and where they go. */
export interface CopyPlan {
  sources: { source: Source; items: Item[] }[];
}

export function planCopy(options: Pick<CopyOptions, "context" | "sources" | "exclude">): CopyPlan {
  const ignored = ignore(options.exclude);
  const sources = resolveSources(options.context, options.sources, ignored);
  return { sources: sources.map((source) => ({ source, items: listItems(source, ignored) })) };
}

/** Carries out a COPY: of a folder its contents, of a file the file; into a folder, or under a new name. */
export function copy(options: CopyOptions, plan: CopyPlan = planCopy(options)): void {
  const target = join(options.root, options.to);
  const intoFolder = options.to.endsWith("/") || options.to.endsWith("/.");
  if (plan.sources.length > 1 && !intoFolder && !statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CopyError(`several sources need a folder as target: write ${JSON.stringify(`${options.to}/`)}`);
  }
  if (intoFolder) mkdirSync(target, { recursive: true });
  for (const { source, items } of plan.sources) {
    const isFolder = intoFolder || statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
    if (source.isDirectory) mkdirSync(target, { recursive: true });
    for (const item of items) {
      const fileTarget = isFolder ? join(target, basename(source.name)) : target;
      const to = source.isDirectory ? join(target, item.below) : fileTarget;
      if (item.kind === "directory") {
        makeWay(to, "directory");
        mkdirSync(to, { recursive: true });
      } else if (item.kind === "link") copyLink(item.path, to, options.context, options.root);
      else copyFile(item.path, to);
    }
  }
}

/**
 * Makes a second copy of an image's root. With `linkPackages` files of packages become hard links, since there are tens of
 * thousands of them: only right where no command runs in either tree any more, since a command may change a package in place
 * (prisma generate, patch-package) and would change both. Copying and installing replace files instead.
 */
export function cloneTree(from: string, to: string, linkPackages: boolean): void {
  mkdirSync(to, { recursive: true });
  const walk = (folder: string, target: string, linkFiles: boolean): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const source = join(folder, entry.name);
      const copyTo = join(target, entry.name);
      if (entry.isDirectory()) {
        mkdirSync(copyTo);
        walk(source, copyTo, linkFiles || (linkPackages && entry.name === "node_modules"));
      } else if (entry.isSymbolicLink()) copyLink(source, copyTo, from, to);
      else if (entry.isFile() && linkFiles) linkSync(source, copyTo);
      else if (entry.isFile()) copyFile(source, copyTo);
    }
  };
  walk(from, to, false);
}
