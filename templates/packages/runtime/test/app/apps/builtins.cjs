// Built-in modules whose behaviour in workerd differs from Node's, or once did.
const crypto = require("node:crypto");
const http = require("node:http");
const readline = require("node:readline");
const { Readable } = require("node:stream");
const util = require("node:util");
const v8 = require("node:v8");
const zlib = require("node:zlib");

const survivors = [];
process.on("uncaughtException", (error) => survivors.push(error.message));

const fail = (message) => () => {
  throw new Error(message);
};

const checks = {
  "/cipher": () => {
    const cipher = crypto.createCipheriv("aes-256-cbc", Buffer.alloc(32), Buffer.alloc(16));
    return Buffer.concat([cipher.update("text"), cipher.final()]).toString("hex");
  },
  "/tag": () => {
    const cipher = crypto.createCipheriv("aes-256-gcm", Buffer.alloc(32), Buffer.alloc(12));
    cipher.final();
    return [cipher.getAuthTag().toString("hex"), cipher.getAuthTag().toString("hex")];
  },
  "/keys": () => {
    const { privateKey, publicKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
    const padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
    const signature = crypto.createSign("RSA-SHA384").update("x").sign({ key: privateKey, padding, saltLength: 48 });
    const verify = crypto.createVerify("RSA-SHA384").update("x");
    const sealed = crypto.publicEncrypt({ key: publicKey, oaepHash: "sha256" }, Buffer.from("hidden"));
    return [
      verify.verify({ key: publicKey, padding, saltLength: 48 }, signature),
      crypto.verify("sha384", Buffer.from("x"), { key: publicKey, padding, saltLength: 48 }, signature),
      crypto.privateDecrypt({ key: privateKey, oaepHash: "sha256" }, sealed).toString(),
      crypto
        .createVerify("sha256")
        .update("x")
        .verify(publicKey, crypto.sign("sha256", Buffer.from("x"), privateKey)),
    ];
  },
  "/alloc": () => [Buffer.alloc(3, 0, "utf8"), Buffer.alloc(3, "é", "latin1"), Buffer.alloc(2, 7), Buffer.alloc(2)],
  "/parse-args": () =>
    util.parseArgs({
      args: ["-f", "--bar", "b"],
      options: { f: { type: "boolean", short: "f" }, bar: { type: "string" } },
    }),
  "/parse-own-args": () => util.parseArgs({ strict: false }).positionals,
  "/lines": async () => {
    const lines = [];
    for await (const line of readline.createInterface({ input: Readable.from(["a\nb", "\r\nc\r", "\nü"]) }))
      lines.push(line);
    return lines;
  },
  "/line-events": () =>
    new Promise((resolve) => {
      const lines = [];
      readline
        .createInterface({ input: Readable.from(["one\n", "two"]) })
        .on("line", (line) => lines.push(line))
        .on("close", () => resolve(lines));
    }),
  "/question": async () => {
    const asked = require("node:readline/promises").createInterface({ input: Readable.from(["an answer\n"]) });
    return asked.question("?");
  },
  "/errors-in-callbacks": async () => {
    survivors.length = 0;
    queueMicrotask(fail("microtask"));
    Readable.from(["a"]).on("data", fail("data"));
    zlib.gzip("x", fail("zlib"));
    crypto.randomBytes(4, fail("crypto"));
    require("node:fs").readFile("/nowhere", fail("fs"));
    await util.promisify(setTimeout)(60);
    return survivors.sort();
  },
  "/timers": () => {
    const timer = setTimeout(() => {}, 1000);
    const state = [timer.hasRef(), timer.unref().hasRef(), typeof timer.refresh];
    clearTimeout(timer);
    return state;
  },
  "/heap": () => typeof v8.getHeapStatistics().used_heap_size,
  "/globals": () => [globalThis.process === process, global === globalThis, navigator.userAgent.startsWith("Node.js/")],
  "/console": () => {
    const { Console } = require("node:console");
    new Console(process.stdout, process.stderr).log("via Console");
    return "ok";
  },
  "/warning": () =>
    new Promise((resolve) => {
      process.once("warning", ({ name, message, code }) => resolve([name, message, code]));
      process.emitWarning("careful", "DeprecationWarning", "DEP1");
    }),
  "/context": () => {
    const storage = new (require("node:async_hooks").AsyncLocalStorage)();
    return storage.run(
      "inside",
      () => new Promise((resolve) => process.nextTick(() => setTimeout(() => resolve(storage.getStore()), 5))),
    );
  },
};

http
  .createServer(async (req, res) => {
    const check = checks[req.url];
    if (!check) return res.end("builtins");
    try {
      res.end(JSON.stringify(await check()));
    } catch (error) {
      res.end(String(error.stack));
    }
  })
  .listen(process.env.PORT ?? 3000);
