/** The i-nodes of the file system: memfs keeps the tree and Node's API, this keeps the bytes where they belong. */
import { Node } from "@jsonjoy.com/fs-core";
import { type Content, MemoryContent } from "./content";
import type { StoredInode } from "./store";

const ROOT_USER = 0;
const ANY_EXECUTE_BIT = 0o111;

/**
 * One file, directory, link or device.
 *
 * Permission bits are kept and shown but stop nobody, as for root, which is what nearly every container runs as; only running
 * a file needs an execute bit.
 */
export class FileNode extends Node {
  content: Content = new MemoryContent();
  /** Set where the node is part of a persistent volume. */
  stored: StoredInode | undefined;
  /** What the file is mounted on: nodes of different devices cannot be linked or renamed to one another. */
  device = 0;

  constructor(ino: number, mode: number) {
    super(ino, mode, ROOT_USER, ROOT_USER);
  }

  override getSize(): number {
    if (this.isSymlink()) return Buffer.byteLength(this.symlink);
    return this.isDirectory() ? 4096 : this.content.size;
  }

  override getBuffer(): Buffer<ArrayBuffer> {
    this.atime = new Date();
    const bytes = Buffer.alloc(this.content.size);
    const length = this.content.read(bytes, 0);
    return bytes.subarray(0, length);
  }

  override getString(encoding: BufferEncoding = "utf8"): string {
    return this.getBuffer().toString(encoding);
  }

  override setBuffer(bytes: Uint8Array): void {
    this.content.truncate(0);
    this.content.write(bytes, 0);
    this.touch();
  }

  override setString(text: string): void {
    this.setBuffer(Buffer.from(text));
  }

  override read(target: ArrayBufferView, offset = 0, length = target.byteLength, position = 0): number {
    this.atime = new Date();
    const room = Math.min(length, target.byteLength - offset);
    if (room <= 0) return 0;
    return this.content.read(new Uint8Array(target.buffer, target.byteOffset + offset, room), position);
  }

  override write(source: Uint8Array, offset = 0, length = source.length, position = 0): number {
    const part = source.subarray(offset, offset + length);
    if (part.length === 0) return 0;
    this.content.write(part, position);
    this.touch();
    return part.length;
  }

  override truncate(size = 0): void {
    this.content.truncate(Math.max(0, size));
    this.touch();
  }

  override canRead(): boolean {
    return true;
  }

  override canWrite(): boolean {
    return true;
  }

  override canExecute(): boolean {
    return this.isDirectory() || (this.perm & ANY_EXECUTE_BIT) !== 0;
  }
}
