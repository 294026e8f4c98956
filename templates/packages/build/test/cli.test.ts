/** The command as `npm run build` calls it, and what it leaves in dist/. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { startWorker, type WorkerModule } from "../../../test/workerd.ts";
import type { BuildResult } from "../src/index.ts";

const bin = join(import.meta.dirname, "../bin/d2e-build.mjs");
/** (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)) */
const ADD = "0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b";

let folder: string;
const put = (name: string, text: string | Uint8Array): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: "utf8" });
const recipe = (more: object): string =>
  JSON.stringify({
    version: 1,
    kind: "node",
    stages: [{ name: "0", from: "node:22", workdir: "/app", steps: [{ copy: ["."], to: "/app", line: 2 }] }],
    node: { workdir: "/app", entry: "/app/index.js" },
    ...more,
  });

/** The modules that wrangler would upload, the entry first. */
function distModules(): WorkerModule[] {
  const types: Record<string, WorkerModule["type"]> = { mjs: "esModule", cjs: "commonJsModule", wasm: "wasm" };
  const names = readdirSync(join(folder, "dist")).filter((name) => /\.(?:mjs|cjs|wasm)$/.test(name));
  names.sort((a, b) => Number(b === "worker.mjs") - Number(a === "worker.mjs"));
  return names.map((name) => ({
    name,
    type: types[name.split(".").pop()!]!,
    content: readFileSync(join(folder, "dist", name)),
  }));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("d2e-build", () => {
  it("reports what it made as JSON", () => {
    put("build.json", recipe({}));
    put("app/index.js", "const { a } = require('./a');\neval(a);\nrequire('absent');\n");
    put("app/a.js", "exports.a = new Function('return 1');\nrequire('./b');");
    put("app/b.js", "exports.b = Function.apply(this, ['return 1']);");
    const { status, stdout, stderr } = run("--json");
    assert.equal(status, 0, stderr);
    const result = JSON.parse(stdout) as BuildResult;
    assert.deepEqual(
      { ...result, bytes: 0 },
      {
        bytes: 0,
        modules: 3,
        files: 3,
        warnings: [{ file: "/app/index.js", line: 3, message: "Cannot find module 'absent': loading it will fail" }],
        codeGeneration: ["/app/a.js", "/app/b.js", "/app/index.js"],
        native: [],
      },
    );
    assert.ok(result.bytes > 500 && result.bytes < 10_000);
  });

  it("prints a summary for people", () => {
    put("build.json", recipe({}));
    put("app/index.js", "require('absent');\n");
    assert.match(
      run(".").stdout,
      /^d2e-build: \d+ KiB, 1 modules, 1 files\n {2}warning: \/app\/index.js:1: Cannot find module 'absent'/,
    );
  });

  it("makes a source map that names files as the container did", () => {
    put("build.json", recipe({}));
    put("app/index.js", "require('./lib/a');\n");
    put("app/lib/a.js", "throw new Error('x');\n");
    assert.equal(run().status, 0);
    const { sources } = JSON.parse(readFileSync(join(folder, "dist/app.cjs.map"), "utf8")) as { sources: string[] };
    assert.deepEqual(
      sources.filter((source) => source.startsWith("/")),
      ["/app/lib/a.js", "/app/index.js"],
    );
    assert.match(readFileSync(join(folder, "dist/app.cjs"), "utf8"), /\n\/\/# sourceMappingURL=app\.cjs\.map\n$/);
  });

  it("copies a static site, and bundles a gateway's Worker without an image", () => {
    const steps = [{ copy: ["site"], to: "/usr/share/nginx/html/" }];
    put(
      "build.json",
      recipe({
        kind: "static",
        node: undefined,
        stages: [{ name: "0", from: "nginx", workdir: "/", steps }],
        static: { root: "/usr/share/nginx/html" },
      }),
    );
    put("app/site/index.html", "<h1>hi</h1>");
    put("app/site/js/a.js", "1");
    put(
      "src/worker.ts",
      'import { greeting } from "./greeting";\nexport default { fetch: () => new Response(greeting as string) };',
    );
    put("src/greeting.ts", 'export const greeting: string = "hello";');
    const { status, stderr } = run();
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(join(folder, "dist"), { recursive: true }).sort(), [
      ...["assets", "assets/index.html", "assets/js", "assets/js/a.js", "manifest.mjs", "worker.mjs", "worker.mjs.map"],
    ]);
  });

  it("bundles a Worker that has no recipe", () => {
    put("src/worker.ts", "export default { fetch: () => new Response() };");
    assert.equal(run().status, 0);
    assert.ok(existsSync(join(folder, "dist/worker.mjs")));
  });

  it("gives the Worker the app, its files and its WebAssembly as dock2edge:image", async () => {
    put("build.json", recipe({}));
    const inline = Buffer.from(ADD, "hex").toString("base64");
    put(
      "app/index.js",
      `const add = (module) => new WebAssembly.Instance(module).exports.add(2, 3);
       globalThis.sum = add(require("./math/add.wasm"));
       (async () => {
         const bytes = Buffer.from("${inline}", "base64");
         const { instance } = await WebAssembly.instantiate(bytes);
         globalThis.inline = [add(await WebAssembly.compile(bytes)), add(new WebAssembly.Module(bytes)), instance.exports.add(1, 1)];
       })();`,
    );
    put("app/math/add.wasm", Buffer.from(ADD, "hex"));
    put(
      "src/worker.ts",
      `import image from "dock2edge:image";
       export default { async fetch() {
         const module = { exports: {} };
         image.factory(() => ({ register() {}, wasm: image.wasm }), module, module.exports);
         await new Promise((resolve) => setTimeout(resolve, 10));
         const files = Object.keys(image.wasm).filter((name) => name.endsWith(".wasm"));
         return Response.json([globalThis.sum, globalThis.inline, files, image.manifest.map(([path]) => path), typeof image.Function]);
       } };`,
    );
    const { status, stderr } = run();
    assert.equal(status, 0, stderr);
    const worker = await startWorker({ modules: distModules() });
    try {
      const response = await worker.fetch("/");
      assert.deepEqual(await response.json(), [
        5,
        [5, 5, 2],
        ["/app/math/add.wasm"],
        ["/app/index.js", "/app/math/add.wasm"],
        "undefined",
      ]);
    } finally {
      await worker.stop();
    }
  });

  it("bundles the stand-in for new Function where the app needs it", async () => {
    put("build.json", recipe({}));
    put("app/index.js", "globalThis.made = new Function('a', 'return a + 1')(1);");
    put(
      "src/worker.ts",
      `import image from "dock2edge:image";
       export default { fetch() {
         const none = Array(11).fill(undefined);
         image.factory(() => ({}), { exports: {} }, {}, ...none, image.codeGeneration.Function);
         return Response.json([globalThis.made, image.codeGeneration.Function === Function]);
       } };`,
    );
    symlinkSync(join(import.meta.dirname, "../../../node_modules"), join(folder, "node_modules"));
    const { status, stderr } = run();
    assert.equal(status, 0, stderr);
    const worker = await startWorker({ modules: distModules() });
    try {
      assert.deepEqual(await (await worker.fetch("/")).json(), [2, false]);
    } finally {
      await worker.stop();
    }
  });

  const failures: [what: string, files: Record<string, string>, message: RegExp][] = [
    ["build.json is no JSON", { "build.json": "{" }, /^d2e-build: build.json: /],
    ["build.json is wrong", { "build.json": "{}" }, /^d2e-build: build.json.version: expected 1/],
    [
      "the entry is not in the image",
      { "build.json": recipe({}), "app/main.js": "" },
      /^d2e-build: the image has no \/app\/index.js; in \/app: main.js\n/,
    ],
    [
      "the app has a syntax error",
      { "build.json": recipe({}), "app/index.js": "\nlet let = 1;" },
      /the app cannot be packed:\n {2}\/app\/index.js:2: /,
    ],
    [
      "a command fails",
      {
        "build.json": recipe({
          stages: [
            { name: "0", from: "node:22", workdir: "/app", steps: [{ run: "echo no; exit 3", cwd: "/app", line: 8 }] },
          ],
        }),
      },
      /Dockerfile line 8: this command failed in \/app:\n {2}echo no; exit 3\nIts output:\nno\n/,
    ],
    [
      "the Worker cannot be bundled",
      { "src/worker.ts": 'import "./none";' },
      /src\/worker.ts cannot be bundled:\n {2}src\/worker.ts:1: Could not resolve/,
    ],
  ];
  for (const [what, files, message] of failures) {
    it(`ends with status 1 and says why when ${what}`, () => {
      for (const [name, text] of Object.entries(files)) put(name, text);
      const { status, stderr } = run();
      assert.equal(status, 1);
      assert.match(stderr.replace(/^d2e-build: 0: .*\n/, ""), message);
    });
  }

  it("runs on a Node.js that wants a flag for TypeScript", () => {
    const child = spawnSync(process.execPath, ["--no-experimental-strip-types", bin, "--help"], { encoding: "utf8" });
    assert.equal(child.status, 0, child.stderr);
    assert.match(child.stdout, /^usage: d2e-build/);
  });

  it("ends with status 2 when it is called wrongly", () => {
    assert.equal(run("--jason").status, 2);
    assert.equal(run("a", "b").status, 2);
  });
});
