import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { replay, StepError } from "../src/image/stages.ts";
import { packageManagers } from "../src/image/tools.ts";
import { parseRecipe } from "../src/recipe.ts";

let folder: string;
let commands: string[];
let notes: string[];

const put = (name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};

type Json = Record<string, unknown>;

function run(...stages: Json[]): string {
  const node = { workdir: "/app", entry: "/app/index.js" };
  const named = stages.map((stage, i) => ({ name: String(i), from: "node:22", workdir: "/app", ...stage }));
  const recipe = parseRecipe({ version: 1, kind: "node", stages: named, node });
  commands = [];
  notes = [];
  return replay(recipe, { folder, progress: (text) => void commands.push(text), note: (text) => void notes.push(text) })
    .root;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stages-"));
  mkdirSync(join(folder, "app"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("stages", () => {
  const steps = [
    { copy: ["package.json"], to: "/app/", line: 2 },
    { run: "echo installed > installed; date +%N > when", cwd: "/app", line: 3 },
    { copy: ["."], to: "/app", line: 4 },
    { run: "cat installed src.txt > built; rm installed", cwd: "/app", line: 5 },
  ];

  it("go on from the last step whose inputs are the same", () => {
    put("app/package.json", "{}");
    put("app/src.txt", "one");
    const root = run({ steps });
    assert.equal(readFileSync(join(root, "app/built"), "utf8"), "installed\none");
    assert.equal(commands.length, 2);
    const when = readFileSync(join(root, "app/when"), "utf8");

    run({ steps });
    assert.deepEqual(commands, []);

    put("app/src.txt", "two");
    const changed = run({ steps });
    assert.equal(readFileSync(join(changed, "app/built"), "utf8"), "installed\ntwo");
    assert.equal(commands.length, 1);
    assert.equal(readFileSync(join(changed, "app/when"), "utf8"), when);
    assert.equal(existsSync(root), false, "the tree that nobody needs any more is gone");

    put("app/package.json", '{ "name": "x" }');
    const anew = run({ steps });
    assert.equal(commands.length, 2);
    assert.notEqual(readFileSync(join(anew, "app/when"), "utf8"), when);
  });

  it("forget files that are gone from the sources", () => {
    put("app/package.json", "{}");
    put("app/src.txt", "one");
    put("app/extra.txt", "x");
    run({ steps });
    rmSync(join(folder, "app/extra.txt"));
    const root = run({ steps });
    assert.equal(existsSync(join(root, "app/extra.txt")), false);
  });

  it("start as a copy of the stage they are from, and run again when it changes", () => {
    put("app/a.txt", "1");
    const stages = (): Json[] => [
      { name: "base", steps: [{ copy: ["a.txt"], to: "/app/" }] },
      { name: "next", from: "base", steps: [{ run: "cat a.txt a.txt > b.txt", cwd: "/app" }] },
      { name: "last", steps: [{ copy: ["/app/b.txt"], copyFrom: "next", to: "/app/" }] },
    ];
    const root = run(...stages());
    assert.equal(readFileSync(join(root, "app/b.txt"), "utf8"), "11");
    put("app/a.txt", "2");
    assert.equal(readFileSync(join(run(...stages()), "app/b.txt"), "utf8"), "22");
  });

  it("name the Dockerfile's line and show the output of a command that fails, and try again the next time", () => {
    const failing = { run: "echo to-stdout; echo to-stderr >&2; test -e ok", cwd: "/app", line: 7 };
    const attempt = (): string => run({ steps: [{ copy: ["."], to: "/app" }, failing] });
    put("app/x", "");
    assert.throws(attempt, (error: Error) => {
      assert.ok(error instanceof StepError);
      assert.match(error.message, /^Dockerfile line 7: this command failed in \/app:\n {2}echo to-stdout/);
      assert.match(error.message, /to-stdout\nto-stderr\n/);
      return true;
    });
    assert.throws(attempt, StepError);
    put("app/ok", "");
    attempt();
  });

  it("name the line of a copy that cannot be done", () => {
    assert.throws(
      () => run({ steps: [{ copy: ["none"], to: "/app/", line: 9 }] }),
      /^Error: Dockerfile line 9: COPY: "none" is not there/,
    );
  });

  it("give commands the image's environment, not this machine's", () => {
    process.env["D2E_TEST_SECRET"] = "leaked";
    process.env["npm_config_workspaces"] = "true";
    try {
      const script =
        'echo "$A-${D2E_TEST_SECRET:-none}-${npm_config_workspaces:-none}"; test "$D2E_ROOT/app" = "$(pwd -P)" && echo same; node -v';
      const root = run({ steps: [{ run: `(${script}) > env.txt`, cwd: "/app", env: { A: "a" } }] });
      assert.deepEqual(readFileSync(join(root, "app/env.txt"), "utf8").split("\n"), [
        "a-none-none",
        "same",
        process.version,
        "",
      ]);
    } finally {
      delete process.env["D2E_TEST_SECRET"];
      delete process.env["npm_config_workspaces"];
    }
  });

  it("install without a lock file, and without the scripts of packages that cannot be built", () => {
    put(
      "app/package.json",
      JSON.stringify({ name: "x", dependencies: { native: "file:./native" }, scripts: { postinstall: "exit 0" } }),
    );
    put(
      "app/native/package.json",
      JSON.stringify({
        name: "native",
        version: "1.0.0",
        scripts: { install: "echo gyp ERR! build error >&2; exit 1" },
      }),
    );
    put("app/native/index.js", "module.exports = 1;");
    const root = run({
      steps: [
        { copy: ["."], to: "/app" },
        { run: "npm ci", cwd: "/app", line: 3 },
      ],
    });
    assert.equal(readFileSync(join(root, "app/node_modules/native/index.js"), "utf8"), "module.exports = 1;");
    assert.deepEqual(notes, [
      "Dockerfile line 3: npm ci needs a lock file and there is none: npm install was run instead",
      "Dockerfile line 3: an install script failed, most likely of a native addon: installed without scripts",
    ]);
  });

  it("install global packages into the image", () => {
    put("app/tool/package.json", JSON.stringify({ name: "tool", version: "1.0.0", bin: "tool.js" }));
    put("app/tool/tool.js", '#!/usr/bin/env node\nconsole.log("from the tool");\n');
    chmodSync(join(folder, "app/tool/tool.js"), 0o755);
    const steps = [
      { copy: ["tool"], to: "/tool" },
      { run: "npm install --global ../tool && tool > out.txt", cwd: "/app" },
    ];
    const root = run({ steps });
    assert.equal(readFileSync(join(root, "app/out.txt"), "utf8"), "from the tool\n");
    assert.ok(existsSync(join(root, "usr/local/bin/tool")));
  });
});

describe("package managers", () => {
  const spec = (name: string): string =>
    packageManagers(join(folder, "app"), folder).find((manager) => manager.name === name)!.spec;

  it("come in the version package.json names", () => {
    put("app/package.json", '{ "packageManager": "pnpm@9.1.0+sha512.abc" }');
    assert.equal(spec("pnpm"), "pnpm@9.1.0");
    put("app/package.json", '{ "packageManager": "yarn@4.2.2" }');
    assert.equal(spec("yarn"), "@yarnpkg/cli-dist@4.2.2");
  });

  it("come in the version that wrote the lock file", () => {
    assert.match(spec("yarn"), /^yarn@1\./);
    put("app/yarn.lock", "__metadata:\n  version: 8\n");
    assert.match(spec("yarn"), /^@yarnpkg\/cli-dist@4\./);
    put("app/pnpm-lock.yaml", "lockfileVersion: '6.0'\n");
    assert.match(spec("pnpm"), /^pnpm@8\./);
  });
});
