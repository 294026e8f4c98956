/**
 * The tree of files: memfs's superblock, with what a container's file system has beyond it.
 *
 * memfs gives path walking, descriptors and Node's errors. Added here are mounts (volumes in SQLite and tmpfs, which cannot be
 * linked or renamed into one another), rename and rm that treat links and existing targets as Linux does, and descriptors that
 * count up from 3 with 0, 1 and 2 already open.
 */
import {
  createError,
  createEisdirError,
  type Link,
  File,
  FsEvent,
  type FsEventType,
  Superblock,
} from "@jsonjoy.com/fs-core";
import { MemoryContent } from "./content";
import { FileNode } from "./node";
import { type Attributes, StoredContent, type StoredEntry, type StoredInode, type VolumeStore } from "./store";

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
/** What `process.umask()` is in a container. */
const UMASK = 0o022;

/** memfs declares these as a const enum, which code compiled file by file cannot use. */
const CREATE = 0 as FsEventType.CREATE;
const DELETE = 1 as FsEventType.DELETE;
const MODIFY = 2 as FsEventType.MODIFY;
const ATTRIB = 3 as FsEventType.ATTRIB;
const MOVE = 4 as FsEventType.MOVE;

/** What of `process` the tree needs. */
export interface TreeProcess {
  cwd(): string;
  platform: string;
  emitWarning(message: string, type: string): void;
  env: Record<string, string | undefined>;
  getuid(): number;
  getgid(): number;
}

const isDots = (name: string): boolean => name === "." || name === "..";

/** The entries of a directory without "." and "..", as a list that stays valid while entries are removed. */
function childrenOf(link: Link): [string, Link][] {
  return [...link.children].filter((entry): entry is [string, Link] => !isDots(entry[0]) && entry[1] !== undefined);
}

const nodeOf = (link: Link): FileNode => link.getNode() as FileNode;

export class FileTree extends Superblock {
  #mounts = 0;
  /** Devices that are file systems in memory. */
  readonly #temporary = new Set<number>();

  constructor(process: TreeProcess) {
    super({ process: process as never });
    this.changes.listen((event) => this.#persist(event));
    // Private in memfs's types. The lowest free descriptor, as POSIX promises; memfs counts down from 2^31.
    Object.assign(this, { newFdNumber: () => this.#lowestFreeDescriptor() });
  }

  /** A node as the app makes it: without the permissions that the process's umask takes away. */
  override createNode(mode: number): FileNode {
    return this.createInode(mode & ~UMASK);
  }

  /** A node with exactly this mode. */
  createInode(mode: number): FileNode {
    this.ino++;
    const node = new FileNode(this.ino, mode & S_IFMT ? mode : mode | S_IFREG);
    this.inodes[node.ino] = node;
    return node;
  }

  override createLink(parent?: Link, name?: string, isDirectory?: boolean, mode?: number): Link {
    const link = parent ? super.createLink(parent, name!, isDirectory, mode) : super.createLink();
    if (parent) nodeOf(link).device = nodeOf(parent).device;
    return link;
  }

  /** Gives a file descriptor to a node that has a path, for the descriptors a process is started with. */
  openAs(fd: number, path: string, flags: number): void {
    const link = this.getResolvedLinkOrThrow(path, "open");
    this.fds[fd] = new File(link, link.getNode(), flags, fd);
    this.openFiles++;
  }

  #lowestFreeDescriptor(): number {
    let fd = 3;
    while (this.fds[fd]) fd++;
    return fd;
  }

  // ---------------------------------------------------------------- mounts

  /** Mounts an empty file system in memory on `path`. */
  mountTmpfs(path: string): void {
    const link = this.#mountPoint(path);
    this.#clear(link);
    this.#temporary.add(nodeOf(link).device);
  }

  /**
   * Mounts a volume on `path`. A volume that is mounted for the first time takes over what the image holds there, as Docker's
   * named volumes do; afterwards the image's files at that path are hidden.
   */
  mountVolume(path: string, name: string, store: VolumeStore): void {
    const link = this.#mountPoint(path);
    const node = nodeOf(link);
    const found = store.findVolume(name);
    if (found) {
      this.#clear(link);
      applyAttributes(node, found.attributes);
      node.stored = { store, id: found.id };
      this.#load(link, node.stored);
      return;
    }
    node.stored = { store, id: store.createVolume(name, attributesOf(node)) };
    for (const [, child] of childrenOf(link)) this.#adopt(child, node.stored, node.device);
  }

  #mountPoint(path: string): Link {
    this.mkdirp(path, 0o777);
    const link = this.getResolvedLinkOrThrow(path, "mount");
    const node = nodeOf(link);
    if (!node.isDirectory()) throw createError("ENOTDIR" as never, "mount", path);
    node.device = ++this.#mounts;
    node.stored = undefined;
    return link;
  }

  #clear(link: Link): void {
    for (const [, child] of childrenOf(link)) link.deleteChild(child);
  }

  #load(directory: Link, inode: StoredInode): void {
    const known = this.#loaded.get(inode.store) ?? new Map<number, FileNode>();
    this.#loaded.set(inode.store, known);
    for (const entry of inode.store.entries(inode.id)) {
      const node = known.get(entry.id) ?? this.#loadNode(entry, inode.store);
      if (known.has(entry.id)) node.nlink++;
      known.set(entry.id, node);
      node.device = nodeOf(directory).device;
      const child = directory.createChild(entry.name, node);
      if (node.isDirectory()) this.#load(child, { store: inode.store, id: entry.id });
      applyTimes(node, entry);
    }
    applyTimes(nodeOf(directory), attributesOf(nodeOf(directory)));
  }

  readonly #loaded = new Map<VolumeStore, Map<number, FileNode>>();

  #loadNode(entry: StoredEntry, store: VolumeStore): FileNode {
    const node = this.createInode(entry.mode);
    applyAttributes(node, entry);
    node.stored = { store, id: entry.id };
    if (node.isFile()) node.content = new StoredContent(node.stored, entry.size, entry.chunk);
    return node;
  }

  /**
   * Loads the files that are kept though no volume holds them. They take the place of what the image has there; a path that a
   * volume was since mounted over stays hidden.
   */
  loadKept(store: VolumeStore): void {
    for (const entry of store.entries(store.keptFiles())) {
      this.mkdirp(parentOf(entry.name), 0o755);
      const directory = this.getResolvedLinkOrThrow(parentOf(entry.name));
      if (nodeOf(directory).stored) continue;
      const name = entry.name.slice(entry.name.lastIndexOf("/") + 1);
      const replaced = directory.getChild(name);
      if (replaced) directory.deleteChild(replaced);
      const node = this.#loadNode(entry, store);
      directory.createChild(name, node);
      applyTimes(node, entry);
    }
  }

  /** Keeps one file over restarts. Files of volumes already are, and temporary ones never. */
  keep(link: Link, store: VolumeStore): void {
    const node = nodeOf(link);
    const path = link.getPath();
    if (node.stored || this.#temporary.has(node.device) || path.startsWith("/tmp/")) return;
    this.#store(node, { store, id: store.keptFiles() }, path);
  }

  /** Tells everybody that a file's bytes have changed: the store that keeps it, and those who watch it. */
  changed(file: File): void {
    file.node.touch();
    this.emit(new FsEvent(MODIFY, file.link.steps, file.node, file.link));
  }

  /** Copies an existing link, and everything below it, into a volume. */
  #adopt(link: Link, parent: StoredInode, device: number): void {
    const node = nodeOf(link);
    node.device = device;
    this.#store(node, parent, link.getName());
    if (!node.stored) return;
    for (const [, child] of childrenOf(link)) this.#adopt(child, node.stored, device);
  }

  #store(node: FileNode, parent: StoredInode, name: string): void {
    if (node.isCharacterDevice()) return;
    if (!node.stored) {
      node.stored = {
        store: parent.store,
        id: parent.store.createInode(attributesOf(node)),
      };
      if (node.isFile()) {
        const bytes = new Uint8Array(node.content.size);
        node.content.read(bytes, 0);
        node.content = new StoredContent(node.stored, 0);
        node.content.write(bytes, 0);
      }
    }
    parent.store.addEntry(parent.id, name, node.stored.id);
  }

  // ---------------------------------------------------------------- persistence

  /** Follows every change of the tree; nodes outside volumes are none of its business. */
  #persist(event: FsEvent): void {
    const node = event.node as FileNode;
    const directory = event.link.parent && nodeOf(event.link.parent);
    switch (event.type) {
      case CREATE:
        node.device = directory?.device ?? 0;
        if (directory?.stored) this.#store(node, directory.stored, event.link.getName());
        return;
      case DELETE:
        if (event.link.parent && node.stored) this.#unstore(node, event.link.parent, event.link.getName());
        return;
      case MODIFY:
      case ATTRIB:
        node.stored?.store.saveAttributes(node.stored.id, attributesOf(node));
        return;
      default:
        return; // MOVE is written by rename, which knows where the entry was.
    }
  }

  #unstore(node: FileNode, directory: Link, name: string): void {
    const { store, id } = node.stored!;
    const place = placeOf(node.stored!, directory, name);
    if (store.removeEntry(place.id, place.name, id)) return;
    // A file that is still open stays readable until it is closed, so its bytes move into memory.
    const isOpen = Object.values(this.fds).some((file) => file.node === node);
    if (isOpen && node.isFile()) {
      const bytes = new Uint8Array(node.content.size);
      node.content.read(bytes, 0);
      node.content = new MemoryContent(bytes);
    }
    store.removeInode(id);
    node.stored = undefined;
  }

  // ---------------------------------------------------------------- corrected operations

  /** memfs does not follow a link that is the directory itself: mkdir("link-to-dir/x"). */
  override getLinkParentAsDirOrThrow(path: string | string[], syscall?: string): Link {
    const name = typeof path === "string" ? path : `/${path.join("/")}`;
    const directory = this.getResolvedLinkOrThrow(parentOf(name), syscall);
    if (!nodeOf(directory).isDirectory()) throw createError("ENOTDIR" as never, syscall, name);
    return directory;
  }

  override readonly mkdir = (path: string, mode: number): void => {
    const directory = this.find(parentOf(path), true);
    if (!directory) throw createError("ENOENT" as never, "mkdir", path);
    if (!nodeOf(directory).isDirectory()) throw createError("ENOTDIR" as never, "mkdir", path);
    const name = path.replace(/\/+$/, "").split("/").pop()!;
    if (name === "" || isDots(name) || directory.getChild(name)) throw createError("EEXIST" as never, "mkdir", path);
    const child = directory.createChild(name, this.createNode(DIRECTORY | mode));
    this.emit(new FsEvent(CREATE, child.steps, child.getNode(), child));
  };

  readonly #memfsLink = (this as Superblock).link;
  override readonly link = (existing: string, path: string): void => {
    const source = this.find(existing, false);
    const directory = this.find(parentOf(path), true);
    if (source && directory && nodeOf(source).device !== nodeOf(directory).device) {
      throw createError("EXDEV" as never, "link", existing, path);
    }
    this.#memfsLink(existing, path);
  };

  readonly #memfsRmdir = (this as Superblock).rmdir;
  override readonly rmdir = (path: string, recursive = false): void => {
    const link = this.find(path, false);
    if (link?.parent && nodeOf(link).device !== nodeOf(link.parent).device) {
      throw createError("EBUSY" as never, "rmdir", path);
    }
    this.#memfsRmdir(path, recursive);
  };

  override readonly rename = (from: string, to: string): void => {
    const fail = (code: string): never => {
      throw createError(code as never, "rename", from, to);
    };
    const source = this.find(from, false) ?? fail("ENOENT");
    const directory = this.find(parentOf(to), true) ?? fail("ENOENT");
    if (!nodeOf(directory).isDirectory()) fail("ENOTDIR");
    const name = to.replace(/\/+$/, "").split("/").pop()!;
    if (!source.parent || source === this.root || isDots(name) || name === "") fail("EBUSY");
    const node = nodeOf(source);
    if (node.device !== nodeOf(directory).device) fail("EXDEV");
    if (node.isDirectory() && isWithin(directory, source)) fail("EINVAL");
    const target = directory.getChild(name);
    if (target) {
      if (target.getNode() === node) return;
      const code = whyNotReplaceable(node, target);
      if (code) fail(code);
      this.#remove(target);
    }
    this.#move(source, directory, name);
  };

  #move(source: Link, directory: Link, name: string): void {
    const node = nodeOf(source);
    const oldSteps = source.steps;
    const oldParent = source.parent!;
    const oldName = source.getName();
    oldParent.deleteChild(source);
    source.name = name;
    source.steps = [...directory.steps, name];
    directory.setChild(name, source);
    if (node.stored) {
      const { store, id } = node.stored;
      const from = placeOf(node.stored, oldParent, oldName);
      const to = placeOf(node.stored, directory, name);
      store.removeEntry(from.id, from.name, id);
      store.addEntry(to.id, to.name, id);
    } else if (node.isDirectory()) this.#moveKept(source, `${directory.getPath()}/${name}`);
    this.emit(new FsEvent(MOVE, source.steps, node, source, oldSteps));
  }

  /** Kept files know their whole path: below a directory that moves, each gets its new one. */
  #moveKept(directory: Link, path: string): void {
    for (const [name, child] of childrenOf(directory)) {
      const node = nodeOf(child);
      if (node.isDirectory()) this.#moveKept(child, `${path}/${name}`);
      if (!node.stored || node.device !== nodeOf(directory).device) continue;
      const { store, id } = node.stored;
      store.renameEntries(store.keptFiles(), id, `${path}/${name}`);
    }
  }

  override readonly rm = (path: string, force = false, recursive = false): void => {
    const link = this.find(path, false);
    if (!link) {
      if (force) return;
      throw createError("ENOENT" as never, "rm", path);
    }
    const node = nodeOf(link);
    if (node.isDirectory() && !recursive) throw createEisdirError("rm", path);
    if (!link.parent || link === this.root) throw createError("EBUSY" as never, "rm", path);
    const isMountPoint = node.device !== nodeOf(link.parent).device;
    if (!isMountPoint) return this.#remove(link);
    for (const [, child] of childrenOf(link)) this.#remove(child);
    throw createError("EBUSY" as never, "rm", path);
  };

  /** Takes a link, and everything below it, out of the tree. */
  #remove(link: Link): void {
    for (const [, child] of childrenOf(link)) this.#remove(child);
    const node = nodeOf(link);
    this.emit(new FsEvent(DELETE, link.steps, node, link));
    this.deleteLink(link);
    node.nlink--;
  }

  /** What lies at a path; null when there is nothing. */
  find(path: string, followLast: boolean): Link | null {
    const result = this.walk(path, followLast, false, false);
    return result.ok ? result.value : null;
  }
}

function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  const slash = trimmed.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash === 0 ? "/" : trimmed.slice(0, slash);
}

/** Where a stored node's entry is: in its directory, or, of a kept file, in the list of those, under its whole path. */
function placeOf({ store }: StoredInode, directory: Link, name: string): { id: number; name: string } {
  const { stored } = nodeOf(directory);
  if (stored) return { id: stored.id, name };
  const path = directory.getPath();
  return { id: store.keptFiles(), name: path === "/" ? `/${name}` : `${path}/${name}` };
}

function isWithin(link: Link, ancestor: Link): boolean {
  for (let at: Link | undefined = link; at && at !== at.parent; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** The error code when `target` may not be replaced by renaming `node` onto it. */
function whyNotReplaceable(node: FileNode, target: Link): string | undefined {
  const replaced = nodeOf(target);
  if (node.isDirectory() && !replaced.isDirectory()) return "ENOTDIR";
  if (!node.isDirectory() && replaced.isDirectory()) return "EISDIR";
  if (replaced.isDirectory() && childrenOf(target).length > 0) return "ENOTEMPTY";
  return undefined;
}

function attributesOf(node: FileNode): Attributes {
  return {
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    size: node.isFile() ? node.content.size : 0,
    atime: node.atime.getTime(),
    mtime: node.mtime.getTime(),
    ctime: node.ctime.getTime(),
    btime: node.btime.getTime(),
    target: node.isSymlink() ? node.symlink : null,
  };
}

function applyAttributes(node: FileNode, attributes: Attributes): void {
  node.mode = attributes.mode;
  node.uid = attributes.uid;
  node.gid = attributes.gid;
  if (attributes.target !== null) node.symlink = attributes.target;
  applyTimes(node, attributes);
}

/** Sets the times last, as memfs changes them with every other attribute. */
export function applyTimes(node: FileNode, times: Pick<Attributes, "atime" | "mtime" | "ctime" | "btime">): void {
  node.atime = new Date(times.atime);
  node.mtime = new Date(times.mtime);
  node.ctime = new Date(times.ctime);
  node.btime = new Date(times.btime);
}

/** The mode bits of a directory. */
export const DIRECTORY = S_IFDIR;
