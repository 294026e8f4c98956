/**
 * What `require("fs")` is for a lifted app: Node's file API over the files of the image, the volumes and memory.
 *
 * workerd's own `node:fs` shows the Worker's bundle read-only and forgets /tmp with the request. An app in a container sees its
 * image, may write anywhere, and finds its volumes again after a restart; `createFileSystem` gives it that.
 */
import { Volume as MemoryVolume } from "@jsonjoy.com/fs-node";
import type { Volume } from "../config";
import type { ManifestEntry } from "../image";
import { ImageContent } from "./content";
import type { DatabaseFiles } from "../sqlite/files";
import { TreeDatabaseFiles } from "./database-files";
import { addDevices } from "./devices";
import { type NodeFileSystem, nodeFileSystem } from "./facade";
import { VolumeStore } from "./store";
import { applyTimes, DIRECTORY, FileTree, type TreeProcess } from "./tree";

export type { NodeFileSystem } from "./facade";

export interface FileSystemOptions {
  /** The image's files, as d2e-build lists them. */
  manifest: readonly ManifestEntry[];
  /** Where the Worker's bundle holds them: /a/b of the image is `<filesDir>/a/b.bin`. */
  filesDir: string;
  /** The app's working directory, asked for whenever a relative path comes in. */
  cwd(): string;
  /** Mounts of the container. */
  volumes: readonly Volume[];
  /** Storage for the persistent volumes. Without it (a Worker that is no Durable Object) they live in memory only. */
  sql?: SqlStorage | undefined;
  /** Receives what the app writes to file descriptors 1 and 2, unsplit. */
  stdout(fd: 1 | 2, chunk: Uint8Array): void;
}

/** The app's files: as its own modules see them, and as SQLite does. */
export interface FileSystem extends NodeFileSystem {
  databases: DatabaseFiles;
}

/** Makes the file system of one instance of the app. Writes to volumes are on their way to disk when a call returns. */
export function createFileSystem(options: FileSystemOptions): FileSystem {
  const process: TreeProcess = {
    cwd: options.cwd,
    platform: "linux",
    emitWarning: (message) => console.warn(message),
    env: {},
    getuid: () => 0,
    getgid: () => 0,
  };
  const tree = new FileTree(process);
  for (const directory of ["/tmp", "/root", options.cwd()]) tree.mkdirp(directory, 0o755);
  addImage(tree, options);
  addDevices(tree, options.stdout);
  const store = options.sql && new VolumeStore(options.sql);
  mountVolumes(tree, options.volumes, store);
  if (store) tree.loadKept(store);
  const databases = new TreeDatabaseFiles(tree, options.cwd, store);
  return { ...nodeFileSystem(new MemoryVolume(tree)), databases };
}

function addImage(tree: FileTree, { manifest, filesDir }: FileSystemOptions): void {
  for (const [path, mtimeMs, size, mode] of manifest) {
    const times = {
      atime: mtimeMs,
      mtime: mtimeMs,
      ctime: mtimeMs,
      btime: mtimeMs,
    };
    if (path.endsWith("/")) {
      tree.mkdirp(path.slice(0, -1), mode & 0o7777);
      continue;
    }
    const slash = path.lastIndexOf("/");
    tree.mkdirp(slash === 0 ? "/" : path.slice(0, slash), 0o755);
    const directory = tree.getResolvedLinkOrThrow(slash === 0 ? "/" : path.slice(0, slash));
    const node = tree.createInode(mode);
    node.content = new ImageContent(`${filesDir}${path}.bin`, size);
    applyTimes(node, times);
    directory.createChild(path.slice(slash + 1), node);
    applyTimes(directory.getNode() as typeof node, times);
  }
}

/** Outer mounts come first, so that a mount may lie inside another. */
function mountVolumes(tree: FileTree, volumes: readonly Volume[], store: VolumeStore | undefined): void {
  const sorted = [...volumes].sort((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  for (const volume of sorted) {
    if (volume.kind === "tmpfs") tree.mountTmpfs(volume.path);
    else if (store) tree.mountVolume(volume.path, volume.name, store);
    else tree.mkdirp(volume.path, DIRECTORY | 0o755);
  }
}
