/**
 * One script of file operations, run on Node's own `fs` and on the runtime's inside workerd: each operation's outcome must be
 * the same. It runs in workerd as part of a bundle, so it uses nothing of the test's surroundings.
 */
import { pathToFileURL } from "node:url";

type Fs = typeof import("node:fs");
type Promises = typeof import("node:fs/promises");

/** What an operation came to: its value, or its error's fields, with the root's path replaced. */
export type Outcome = [name: string, value: unknown];

export interface Subject {
  fs: Fs;
  promises: Promises;
  /** An empty, writable directory. */
  root: string;
}

type Operation = (s: Subject & { at: (name: string) => string }) => unknown;

const once = (emitter: NodeJS.EventEmitter, event: string): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    emitter.once(event, (...values: unknown[]) => resolve(values));
    if (event !== "error") emitter.once("error", reject);
  });

async function collect(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stream) chunks.push(String(chunk));
  return chunks.join("");
}

const callback = <T>(run: (done: (error: unknown, value?: T) => void) => void): Promise<T | undefined> =>
  new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))));

/** The operations, in order: later ones see what earlier ones left. */
const operations: Record<string, Operation> = {
  "write and read text": ({ fs, at }) => (fs.writeFileSync(at("a.txt"), "héllo"), fs.readFileSync(at("a.txt"), "utf8")),
  "read a buffer": ({ fs, at }) => fs.readFileSync(at("a.txt")).toString("hex"),
  "read with options object": ({ fs, at }) => fs.readFileSync(at("a.txt"), { encoding: "latin1" }),
  "stat size and kind": ({ fs, at }) => {
    const s = fs.statSync(at("a.txt"));
    return [s.size, s.isFile(), s.isDirectory(), s.isSymbolicLink(), s.mode, s.nlink];
  },
  "bigint stat": ({ fs, at }) => typeof fs.statSync(at("a.txt"), { bigint: true }).size,
  "stat without throwing": ({ fs, at }) => fs.statSync(at("none"), { throwIfNoEntry: false }) === undefined,
  "stat of a missing file": ({ fs, at }) => fs.statSync(at("none")),
  "read a missing file": ({ fs, at }) => fs.readFileSync(at("none")),
  "open a missing file": ({ fs, at }) => fs.openSync(at("none"), "r"),
  "access a missing file": ({ fs, at }) => fs.accessSync(at("none")),
  "read through a file": ({ fs, at }) => fs.readFileSync(at("a.txt/b")),
  "read a directory as file": ({ fs, root }) => fs.readFileSync(root),
  exists: ({ fs, at, root }) => [fs.existsSync(at("a.txt")), fs.existsSync(at("none")), fs.existsSync(root)],
  "access read and write": ({ fs, at }) => fs.accessSync(at("a.txt"), fs.constants.R_OK | fs.constants.W_OK),
  "access execute": ({ fs, at }) => fs.accessSync(at("a.txt"), fs.constants.X_OK),
  append: ({ fs, at }) => (fs.appendFileSync(at("a.txt"), " world"), fs.readFileSync(at("a.txt"), "utf8")),
  "append creates": ({ fs, at }) => (fs.appendFileSync(at("new.txt"), "x"), fs.readFileSync(at("new.txt"), "utf8")),
  "write flag a": ({ fs, at }) => (
    fs.writeFileSync(at("new.txt"), "y", { flag: "a" }),
    fs.readFileSync(at("new.txt"), "utf8")
  ),
  "write flag wx on existing": ({ fs, at }) => fs.writeFileSync(at("new.txt"), "z", { flag: "wx" }),
  "write with mode": ({ fs, at }) => {
    fs.writeFileSync(at("mode.txt"), "m", { mode: 0o640 });
    return fs.statSync(at("mode.txt")).mode & 0o777;
  },
  "overwrite with shorter": ({ fs, at }) => (
    fs.writeFileSync(at("a.txt"), "abc"),
    fs.readFileSync(at("a.txt"), "utf8")
  ),
  "write into a missing directory": ({ fs, at }) => fs.writeFileSync(at("none/x"), "1"),
  mkdir: ({ fs, at }) => fs.mkdirSync(at("dir")),
  "mkdir again": ({ fs, at }) => fs.mkdirSync(at("dir")),
  "mkdir in nothing": ({ fs, at }) => fs.mkdirSync(at("p/q")),
  "mkdir recursive": ({ fs, at }) => fs.mkdirSync(at("deep/er/est"), { recursive: true }) !== undefined,
  "mkdir recursive again": ({ fs, at }) => fs.mkdirSync(at("deep/er/est"), { recursive: true }),
  "mkdir over a file": ({ fs, at }) => fs.mkdirSync(at("a.txt")),
  readdir: ({ fs, root }) => fs.readdirSync(root),
  "readdir with types": ({ fs, root }) =>
    fs.readdirSync(root, { withFileTypes: true }).map((e) => [e.name, e.isFile(), e.isDirectory(), e.parentPath]),
  "readdir recursive": ({ fs, at }) => fs.readdirSync(at("deep"), { recursive: true }).sort(),
  "readdir of nothing": ({ fs, at }) => fs.readdirSync(at("none")),
  "readdir of a file": ({ fs, at }) => fs.readdirSync(at("a.txt")),
  "rmdir not empty": ({ fs, at }) => fs.rmdirSync(at("deep")),
  rmdir: ({ fs, at }) => (fs.rmdirSync(at("dir")), fs.existsSync(at("dir"))),
  "rmdir of nothing": ({ fs, at }) => fs.rmdirSync(at("dir")),
  "rm of a directory without recursive": ({ fs, at }) => fs.rmSync(at("deep")),
  "rm recursive": ({ fs, at }) => (fs.rmSync(at("deep"), { recursive: true }), fs.existsSync(at("deep"))),
  "rm force of nothing": ({ fs, at }) => fs.rmSync(at("none"), { force: true }),
  unlink: ({ fs, at }) => (fs.unlinkSync(at("new.txt")), fs.existsSync(at("new.txt"))),
  "unlink of nothing": ({ fs, at }) => fs.unlinkSync(at("new.txt")),
  rename: ({ fs, at }) => (
    fs.renameSync(at("a.txt"), at("b.txt")),
    [fs.existsSync(at("a.txt")), fs.readFileSync(at("b.txt"), "utf8")]
  ),
  "rename onto a file": ({ fs, at }) => {
    fs.writeFileSync(at("c.txt"), "old");
    fs.renameSync(at("b.txt"), at("c.txt"));
    return fs.readFileSync(at("c.txt"), "utf8");
  },
  "rename of nothing": ({ fs, at }) => fs.renameSync(at("none"), at("x")),
  "rename into nothing": ({ fs, at }) => fs.renameSync(at("c.txt"), at("none/x")),
  "rename a directory": ({ fs, at }) => {
    fs.mkdirSync(at("d1/sub"), { recursive: true });
    fs.writeFileSync(at("d1/sub/f"), "f");
    fs.renameSync(at("d1"), at("d2"));
    return [fs.readFileSync(at("d2/sub/f"), "utf8"), fs.readdirSync(at("d2"))];
  },
  "rename a file onto a directory": ({ fs, at }) => fs.renameSync(at("c.txt"), at("d2")),
  "rename a directory onto a full one": ({ fs, at }) => {
    fs.mkdirSync(at("d3/x"), { recursive: true });
    fs.renameSync(at("d3"), at("d2"));
  },
  "rename a directory into itself": ({ fs, at }) => fs.renameSync(at("d2"), at("d2/sub/d2")),
  copyFile: ({ fs, at }) => (fs.copyFileSync(at("c.txt"), at("e.txt")), fs.readFileSync(at("e.txt"), "utf8")),
  "copyFile exclusive": ({ fs, at }) => fs.copyFileSync(at("c.txt"), at("e.txt"), fs.constants.COPYFILE_EXCL),
  "copyFile of nothing": ({ fs, at }) => fs.copyFileSync(at("none"), at("e.txt")),
  "cp recursive": ({ fs, at }) => (
    fs.cpSync(at("d2"), at("d4"), { recursive: true }),
    fs.readFileSync(at("d4/sub/f"), "utf8")
  ),
  truncate: ({ fs, at }) => (fs.truncateSync(at("e.txt"), 2), fs.readFileSync(at("e.txt"), "utf8")),
  "truncate longer": ({ fs, at }) => (fs.truncateSync(at("e.txt"), 5), fs.readFileSync(at("e.txt")).toString("hex")),
  symlink: ({ fs, at }) => {
    fs.symlinkSync("c.txt", at("link"));
    return [
      fs.readlinkSync(at("link")),
      fs.readFileSync(at("link"), "utf8"),
      fs.lstatSync(at("link")).isSymbolicLink(),
    ];
  },
  "lstat size of a link": ({ fs, at }) => fs.lstatSync(at("link")).size,
  "symlink again": ({ fs, at }) => fs.symlinkSync("c.txt", at("link")),
  "dangling link": ({ fs, at }) => (fs.symlinkSync("nowhere", at("dangling")), fs.existsSync(at("dangling"))),
  "rename a link": ({ fs, at }) => (
    fs.renameSync(at("link"), at("link2")),
    [fs.readlinkSync(at("link2")), fs.existsSync(at("c.txt"))]
  ),
  "rm a link": ({ fs, at }) => (fs.rmSync(at("link2")), [fs.existsSync(at("link2")), fs.existsSync(at("c.txt"))]),
  realpath: ({ fs, at }) => (fs.symlinkSync("d2", at("dl")), fs.realpathSync(at("dl/sub/../sub/f"))),
  "realpath native": ({ fs, at }) => fs.realpathSync.native(at("dl/sub")),
  "make things behind a link": ({ fs, at }) => {
    fs.mkdirSync(at("dl/made"));
    fs.symlinkSync("made", at("dl/made-link"));
    fs.renameSync(at("dl/made"), at("dl/made2"));
    return fs.readdirSync(at("d2"));
  },
  "readlink of a file": ({ fs, at }) => fs.readlinkSync(at("c.txt")),
  "hard link": ({ fs, at }) => {
    fs.linkSync(at("c.txt"), at("hard"));
    fs.writeFileSync(at("hard"), "shared");
    return [fs.readFileSync(at("c.txt"), "utf8"), fs.statSync(at("c.txt")).nlink];
  },
  "unlink a hard link": ({ fs, at }) => (
    fs.unlinkSync(at("hard")),
    [fs.readFileSync(at("c.txt"), "utf8"), fs.statSync(at("c.txt")).nlink]
  ),
  chmod: ({ fs, at }) => (fs.chmodSync(at("c.txt"), 0o755), fs.statSync(at("c.txt")).mode & 0o777),
  "execute bit after chmod": ({ fs, at }) => fs.accessSync(at("c.txt"), fs.constants.X_OK),
  utimes: ({ fs, at }) => (
    fs.utimesSync(at("c.txt"), 1000, 2000.5),
    [fs.statSync(at("c.txt")).atimeMs, fs.statSync(at("c.txt")).mtimeMs]
  ),
  "utimes with dates": ({ fs, at }) => {
    fs.utimesSync(at("c.txt"), new Date(5000), new Date(7000));
    return fs.statSync(at("c.txt")).mtime.toISOString();
  },
  "descriptor reads": ({ fs, at }) => {
    fs.writeFileSync(at("fd.txt"), "0123456789");
    const fd = fs.openSync(at("fd.txt"), "r");
    const b = Buffer.alloc(4);
    const first = [fs.readSync(fd, b), b.toString()];
    const second = [fs.readSync(fd, b, 0, 2, null), b.toString()];
    const third = [fs.readSync(fd, b, 1, 3, 7), b.toString()];
    const end = fs.readSync(fd, b, 0, 4, 100);
    fs.closeSync(fd);
    return [first, second, third, end];
  },
  "descriptor writes": ({ fs, at }) => {
    const fd = fs.openSync(at("fd.txt"), "r+");
    const n = [fs.writeSync(fd, "AB"), fs.writeSync(fd, Buffer.from("xyz"), 1, 2, 5), fs.writeSync(fd, "é", 9)];
    fs.fsyncSync(fd);
    const size = fs.fstatSync(fd).size;
    fs.closeSync(fd);
    return [n, size, fs.readFileSync(at("fd.txt"), "utf8")];
  },
  "write beyond the end": ({ fs, at }) => {
    const fd = fs.openSync(at("sparse"), "w");
    fs.writeSync(fd, "x", 10);
    fs.closeSync(fd);
    return fs.readFileSync(at("sparse")).toString("hex");
  },
  "append descriptor": ({ fs, at }) => {
    const fd = fs.openSync(at("log"), "a");
    fs.writeSync(fd, "one\n");
    fs.writeSync(fd, "two\n", 0);
    fs.closeSync(fd);
    return fs.readFileSync(at("log"), "utf8");
  },
  ftruncate: ({ fs, at }) => {
    const fd = fs.openSync(at("log"), "r+");
    fs.ftruncateSync(fd, 3);
    fs.closeSync(fd);
    return fs.readFileSync(at("log"), "utf8");
  },
  "closed descriptor": ({ fs, at }) => {
    const fd = fs.openSync(at("log"), "r");
    fs.closeSync(fd);
    return fs.fstatSync(fd);
  },
  "open exclusive": ({ fs, at }) => fs.openSync(at("log"), "wx"),
  "open a directory for writing": ({ fs, at }) => fs.openSync(at("d2"), "w"),
  "read after unlink": ({ fs, at }) => {
    fs.writeFileSync(at("gone"), "still here");
    const fd = fs.openSync(at("gone"), "r");
    fs.unlinkSync(at("gone"));
    const text = fs.readFileSync(fd, "utf8");
    fs.closeSync(fd);
    return [text, fs.existsSync(at("gone"))];
  },
  vectors: ({ fs, at }) => {
    const fd = fs.openSync(at("vec"), "w+");
    const written = fs.writevSync(fd, [Buffer.from("ab"), Buffer.from("cde")]);
    const [a, b] = [Buffer.alloc(3), Buffer.alloc(2)];
    const read = fs.readvSync(fd, [a, b], 0);
    fs.closeSync(fd);
    return [written, read, a.toString(), b.toString()];
  },
  mkdtemp: ({ fs, at }) => fs.statSync(fs.mkdtempSync(at("tmp-"))).isDirectory(),
  opendir: async ({ fs, at }) => {
    const names: string[] = [];
    for await (const entry of fs.opendirSync(at("d2"))) names.push(entry.name);
    return names.sort();
  },
  "paths as URL and Buffer": ({ fs, at }) => [
    fs.readFileSync(pathToFileURL(at("log")), "utf8"),
    fs.readFileSync(Buffer.from(at("log")), "utf8"),
  ],
  "names with spaces and accents": ({ fs, at }) => {
    fs.writeFileSync(at("über [1] file.txt"), "ü");
    return [fs.readFileSync(at("über [1] file.txt"), "utf8"), fs.readdirSync(at(".")).includes("über [1] file.txt")];
  },
  "null byte": ({ fs, root }) => fs.readFileSync(`${root}/a\0b`),
  "wrong path type": ({ fs }) => fs.readFileSync({} as never),
  "callback readFile": ({ fs, at }) => callback<string>((done) => fs.readFile(at("log"), "utf8", done)),
  "callback readFile of nothing": ({ fs, at }) => callback((done) => fs.readFile(at("none"), done)),
  "callback writeFile": async ({ fs, at }) => {
    await callback((done) => fs.writeFile(at("cb"), "cb", done));
    return fs.readFileSync(at("cb"), "utf8");
  },
  "callback stat": async ({ fs, at }) =>
    (await callback<import("node:fs").Stats>((done) => fs.stat(at("cb"), done)))?.size,
  "callback mkdir": ({ fs, at }) =>
    callback((done) => fs.mkdir(at("cbdir"), { recursive: true }, done)).then((v) => typeof v),
  "callback exists": ({ fs, at }) => new Promise((resolve) => fs.exists(at("cb"), resolve)),
  "callback rm": ({ fs, at }) => callback((done) => fs.rm(at("cbdir"), { recursive: true, force: true }, done)),
  "promise readFile": ({ promises, at }) => promises.readFile(at("cb"), "utf8"),
  "promise readFile of nothing": ({ promises, at }) => promises.readFile(at("none")),
  "promise writeFile": async ({ promises, at }) => (
    await promises.writeFile(at("p"), "p1"),
    promises.readFile(at("p"), "utf8")
  ),
  "promise appendFile": async ({ promises, at }) => (
    await promises.appendFile(at("p"), "p2"),
    promises.readFile(at("p"), "utf8")
  ),
  "promise access": ({ promises, at }) => promises.access(at("none")),
  "promise stat": async ({ promises, at }) => (await promises.stat(at("p"))).size,
  "promise readdir": async ({ promises, at }) => (await promises.readdir(at("d2"))).sort(),
  "promise mkdir and rm": async ({ promises, at }) => {
    await promises.mkdir(at("pd/x"), { recursive: true });
    await promises.rm(at("pd"), { recursive: true });
    return promises.access(at("pd")).then(
      () => "there",
      (error: NodeJS.ErrnoException) => error.code,
    );
  },
  "promise rename and copy": async ({ promises, at }) => {
    await promises.copyFile(at("p"), at("p2"));
    await promises.rename(at("p2"), at("p3"));
    return promises.readFile(at("p3"), "utf8");
  },
  "file handle": async ({ promises, at }) => {
    const handle = await promises.open(at("handle"), "w+");
    await handle.write("hello");
    await handle.writeFile(" there");
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(5), 0, 5, 0);
    const size = (await handle.stat()).size;
    await handle.sync();
    await handle.close();
    return [bytesRead, buffer.toString(), size];
  },
  "promises property is the module": ({ fs, promises }) => fs.promises.readFile === promises.readFile,
  "read stream": ({ fs, at }) => collect(fs.createReadStream(at("fd.txt"), "utf8")),
  "read stream range": ({ fs, at }) => collect(fs.createReadStream(at("fd.txt"), { start: 2, end: 4 })),
  "read stream without a buffer size": ({ fs, at }) =>
    collect(fs.createReadStream(at("fd.txt"), { highWaterMark: null as unknown as number })),
  "read stream of nothing": ({ fs, at }) => collect(fs.createReadStream(at("none"))),
  "read stream events": async ({ fs, at }) => {
    const stream = fs.createReadStream(at("fd.txt"));
    const [fd] = await once(stream, "open");
    stream.resume();
    await once(stream, "close");
    return [typeof fd, stream.bytesRead, stream.path];
  },
  "write stream": async ({ fs, at }) => {
    const stream = fs.createWriteStream(at("ws"));
    stream.write("one ");
    stream.end("two");
    await once(stream, "finish");
    return [fs.readFileSync(at("ws"), "utf8"), stream.bytesWritten];
  },
  "write stream appends": async ({ fs, at }) => {
    const stream = fs.createWriteStream(at("ws"), { flags: "a" });
    stream.end("!");
    await once(stream, "close");
    return fs.readFileSync(at("ws"), "utf8");
  },
  "write stream into nothing": ({ fs, at }) => once(fs.createWriteStream(at("none/ws")), "finish"),
  pipe: async ({ fs, at }) => {
    const target = fs.createWriteStream(at("piped"));
    fs.createReadStream(at("ws")).pipe(target);
    await once(target, "close");
    return fs.readFileSync(at("piped"), "utf8");
  },
  "large file": async ({ fs, at }) => {
    const bytes = Buffer.alloc(3_000_000, (i: number) => i % 251);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7) % 251;
    fs.writeFileSync(at("large"), bytes);
    let total = 0;
    for await (const chunk of fs.createReadStream(at("large"))) total += (chunk as Buffer).length;
    return [fs.statSync(at("large")).size, total, fs.readFileSync(at("large")).equals(bytes)];
  },
  "overwrite inside a large file": ({ fs, at }) => {
    const fd = fs.openSync(at("large"), "r+");
    fs.writeSync(fd, "MARK", 131_070);
    const b = Buffer.alloc(8);
    fs.readSync(fd, b, 0, 8, 131_068);
    fs.ftruncateSync(fd, 200_000);
    fs.closeSync(fd);
    return [
      b.toString("hex"),
      fs.statSync(at("large")).size,
      fs.readFileSync(at("large")).subarray(199_990).toString("hex"),
    ];
  },
  "watch a missing file": ({ fs, at }) => fs.watch(at("none")),
};

function describe(error: unknown, root: string): unknown {
  const { code, errno, syscall, path, dest, message, name } = error as NodeJS.ErrnoException & { dest?: string };
  return JSON.parse(
    JSON.stringify({
      name,
      code,
      errno,
      syscall,
      path,
      dest,
      message,
    }).replaceAll(root, "<root>"),
  ) as unknown;
}

/** Runs all operations in order. */
export async function runOperations(subject: Subject): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const context = {
    ...subject,
    at: (name: string) => `${subject.root}/${name}`,
  };
  for (const [name, operation] of Object.entries(operations)) {
    let value: unknown;
    try {
      const result = await operation(context);
      value = JSON.parse((JSON.stringify(result) ?? '"undefined"').replaceAll(subject.root, "<root>"));
    } catch (error) {
      value = describe(error, subject.root);
    }
    outcomes.push([name, value]);
  }
  return outcomes;
}
