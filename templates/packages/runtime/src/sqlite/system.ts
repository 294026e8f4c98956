/**
 * The system calls of SQLite's WebAssembly build, answered with the app's own files.
 *
 * The build holds SQLite's file layer for Unix, which does everything that is delicate: locks between connections, journals,
 * recovery. Below it there is no kernel but these functions. They see the files that `require("fs")` sees, so a database may lie
 * in a volume or come with the image, and is found where the app looks for it.
 */
import type { Pointer } from "./exports";
import type { DatabaseFile, DatabaseFiles, FileStatus } from "./files";
import type { Memory } from "./memory";

/** Error numbers of WASI, by Node's names. */
const ERRNO: Record<string, number> = {
  EACCES: 2,
  EBADF: 8,
  EBUSY: 10,
  EEXIST: 20,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  ELOOP: 32,
  ENAMETOOLONG: 37,
  ENOENT: 44,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTDIR: 54,
  EPERM: 63,
  EROFS: 69,
};

const AT_CURRENT_DIRECTORY = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const F_GETLK = 12;
const F_UNLCK = 2;
const SEEK_SET = 0;
const SEEK_CURRENT = 1;
const CLOCK_REALTIME = 0;
const PAGE = 65536;
/** 0 to 2 are never a database's: SQLite refuses them. */
const FIRST_DESCRIPTOR = 3;

interface Descriptor {
  file: DatabaseFile;
  position: number;
}

/** Makes the imports of the WebAssembly module. */
export function createSystem(memory: Memory, files: DatabaseFiles): WebAssembly.Imports {
  const open = new Map<number, Descriptor>();
  const descriptor = (fd: number): Descriptor => open.get(fd) ?? fail("EBADF");
  const pathAt = (directory: number, at: Pointer): string => {
    const path = memory.cText(at) ?? "";
    if (path.startsWith("/")) return path;
    return directory === AT_CURRENT_DIRECTORY ? `${files.cwd()}/${path}` : fail("ENOSYS");
  };
  const missing = -ERRNO["ENOENT"]!;
  const writeStatus = (at: Pointer, path: Pointer, followLinks: boolean): number => {
    const status = files.status(pathAt(AT_CURRENT_DIRECTORY, path), followLinks);
    if (!status) return missing;
    putStatus(memory, at, status);
    return 0;
  };

  /** Reads or writes a list of buffers from the descriptor's position on. */
  const transfer = (fd: number, vector: Pointer, count: number, done: Pointer, read: boolean): void => {
    const entry = descriptor(fd);
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = memory.pointerAt(vector + 8 * i);
      const size = memory.pointerAt(vector + 8 * i + 4);
      const part = memory.bytes.subarray(at, at + size);
      const moved = read ? entry.file.read(part, entry.position) : (entry.file.write(part, entry.position), size);
      entry.position += moved;
      total += moved;
      if (moved < size) break;
    }
    memory.view.setUint32(done, total, true);
  };

  return {
    env: {
      memory: memory.wasm,
      ...clocks(memory),
      ...withNegativeErrors({
        __syscall_openat(directory: number, path: Pointer, flags: number, rest: Pointer) {
          const mode = rest === 0 ? 0 : memory.pointerAt(rest);
          const file = files.open(pathAt(directory, path), flags, mode);
          let fd = FIRST_DESCRIPTOR;
          while (open.has(fd)) fd++;
          open.set(fd, { file, position: 0 });
          return fd;
        },
        __syscall_faccessat: (directory: number, path: Pointer) =>
          files.status(pathAt(directory, path), true) ? 0 : missing,
        __syscall_stat64: (path: Pointer, at: Pointer) => writeStatus(at, path, true),
        __syscall_lstat64: (path: Pointer, at: Pointer) => writeStatus(at, path, false),
        __syscall_newfstatat: (_directory: number, path: Pointer, at: Pointer, flags: number) =>
          writeStatus(at, path, (flags & AT_SYMLINK_NOFOLLOW) === 0),
        __syscall_fstat64: (fd: number, at: Pointer) => putStatus(memory, at, descriptor(fd).file.status()),
        __syscall_ftruncate64: (fd: number, size: bigint) => descriptor(fd).file.truncate(Number(size)),
        __syscall_unlinkat(directory: number, path: Pointer, flags: number) {
          if ((flags & AT_REMOVEDIR) !== 0) fail("ENOSYS");
          files.unlink(pathAt(directory, path));
        },
        __syscall_readlinkat(directory: number, path: Pointer, at: Pointer, size: number) {
          const target = Buffer.from(files.readlink(pathAt(directory, path))).subarray(0, size);
          memory.bytes.set(target, at);
          return target.length;
        },
        __syscall_getcwd(at: Pointer, size: number) {
          const path = Buffer.from(`${files.cwd()}\0`);
          if (path.length > size) fail("ENAMETOOLONG");
          memory.bytes.set(path, at);
          return path.length;
        },
        // One process holds the files: a lock that it asks for it gets, and it is asked about none that others hold.
        __syscall_fcntl64(fd: number, command: number, rest: Pointer) {
          descriptor(fd);
          if (command === F_GETLK) memory.view.setInt16(memory.pointerAt(rest), F_UNLCK, true);
        },
        // Modes and owners are the app's business, and were set when the file was made.
        __syscall_fchmod: () => undefined,
        __syscall_chmod: () => undefined,
        __syscall_fchown32: () => undefined,
        __syscall_utimensat: () => undefined,
        __syscall_ioctl: () => fail("ENOSYS"),
        __syscall_mkdirat: () => fail("ENOSYS"),
        __syscall_rmdir: () => fail("ENOSYS"),
        // Only the index of a write-ahead log is mapped, once for all connections of the process: memory is all it needs.
        _mmap_js(
          size: number,
          _prot: number,
          _flags: number,
          _fd: number,
          _offset: bigint,
          made: Pointer,
          at: Pointer,
        ) {
          const mapped = memory.allocateAligned(PAGE, size);
          memory.bytes.fill(0, mapped, mapped + size);
          memory.view.setUint32(made, 1, true);
          memory.view.setUint32(at, mapped, true);
        },
        _munmap_js: () => undefined,
      }),
      emscripten_get_heap_max: () => 2 ** 31,
      emscripten_resize_heap: (size: number) => grow(memory, size >>> 0),
    },
    wasi_snapshot_preview1: withErrors({
      fd_close(fd: number) {
        descriptor(fd).file.close();
        open.delete(fd);
      },
      fd_sync: (fd: number) => descriptor(fd).file.sync(),
      fd_seek(fd: number, offset: bigint, whence: number, result: Pointer) {
        const entry = descriptor(fd);
        const base = whence === SEEK_SET ? 0 : whence === SEEK_CURRENT ? entry.position : entry.file.status().size;
        entry.position = base + Number(offset);
        memory.view.setBigInt64(result, BigInt(entry.position), true);
      },
      fd_read: (fd: number, vector: Pointer, count: number, done: Pointer) => transfer(fd, vector, count, done, true),
      fd_write: (fd: number, vector: Pointer, count: number, done: Pointer) => transfer(fd, vector, count, done, false),
      fd_fdstat_get: () => fail("ENOSYS"),
      // No variables: SQLite looks for none that would apply here.
      environ_sizes_get(count: Pointer, size: Pointer) {
        memory.view.setUint32(count, 0, true);
        memory.view.setUint32(size, 0, true);
      },
      environ_get: () => undefined,
      clock_time_get(clock: number, _precision: bigint, result: Pointer) {
        const now = clock === CLOCK_REALTIME ? Date.now() : performance.now();
        memory.view.setBigInt64(result, BigInt(Math.round(now * 1e6)), true);
      },
    }),
  };
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}

type SystemCall = (...args: never[]) => number | undefined | void;

/** Calls that answer with a number, or with an error's number below zero. */
function withNegativeErrors(calls: Record<string, SystemCall>): Record<string, SystemCall> {
  return wrap(calls, -1);
}

/** Calls that answer with 0 or an error's number. */
function withErrors(calls: Record<string, SystemCall>): Record<string, SystemCall> {
  return wrap(calls, 1);
}

function wrap(calls: Record<string, SystemCall>, sign: 1 | -1): Record<string, SystemCall> {
  const wrapped = Object.entries(calls).map(([name, call]) => [
    name,
    (...args: never[]) => {
      try {
        return call(...args) ?? 0;
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === undefined || ERRNO[code] === undefined)
          console.error(`SQLite's file could not be used: ${String(error)}`);
        return sign * (ERRNO[code ?? ""] ?? ERRNO["EIO"]!);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Record<string, SystemCall>;
}

function grow(memory: Memory, size: number): number {
  const missing = Math.ceil((size - memory.wasm.buffer.byteLength) / PAGE);
  try {
    memory.wasm.grow(Math.max(missing, 16));
    return 1;
  } catch {
    return 0;
  }
}

/** musl's `struct stat`. */
function putStatus({ view }: Memory, at: Pointer, status: FileStatus): void {
  const time = (offset: number, ms: number): void => {
    view.setBigInt64(at + offset, BigInt(Math.floor(ms / 1000)), true);
    view.setUint32(at + offset + 8, Math.floor(ms % 1000) * 1e6, true);
  };
  view.setUint32(at, 1, true); // device
  view.setUint32(at + 4, status.mode, true);
  view.setUint32(at + 8, status.nlink, true);
  for (const owner of [12, 16, 20]) view.setUint32(at + owner, 0, true);
  view.setBigInt64(at + 24, BigInt(status.size), true);
  view.setInt32(at + 32, 4096, true);
  view.setInt32(at + 36, Math.ceil(status.size / 512), true);
  time(40, status.atimeMs);
  time(56, status.mtimeMs);
  time(72, status.ctimeMs);
  view.setBigInt64(at + 88, BigInt(status.ino), true);
}

/** Time, in the zone that JavaScript has here too. */
function clocks(memory: Memory): Record<string, (...args: never[]) => unknown> {
  const yearDay = (date: Date): number =>
    Math.floor(
      (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0)) / 86.4e6,
    );
  return {
    emscripten_date_now: () => Date.now(),
    emscripten_get_now: () => performance.now(),
    // The zone's name is asked for by nothing that SQLite computes.
    _tzset_js: () => undefined,
    _localtime_js(seconds: bigint, at: Pointer) {
      const date = new Date(Number(seconds) * 1000);
      const fields = [
        ...[date.getSeconds(), date.getMinutes(), date.getHours(), date.getDate(), date.getMonth()],
        ...[date.getFullYear() - 1900, date.getDay(), yearDay(date), 0, -60 * date.getTimezoneOffset()],
      ];
      fields.forEach((field, i) => memory.view.setInt32(at + 4 * i, field, true));
    },
  };
}
