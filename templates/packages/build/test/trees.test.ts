import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { replay } from "../src/image/stages.ts";
import { parseRecipe } from "../src/recipe.ts";

let project: string;

const put = (name: string, text: string): void => {
  mkdirSync(dirname(join(project, name)), { recursive: true });
  writeFileSync(join(project, name), text);
};

const recipe = (last: string): object => ({
  version: 1,
  kind: "node",
  stages: [
    {
      name: "0",
      from: "node:22",
      workdir: "/app",
      steps: [
        { copy: ["package.json"], to: "/app/" },
        {
          run: "sleep 0.3; mkdir -p node_modules/a; echo 1 > node_modules/a/x.txt; echo . >> $LOG",
          cwd: "/app",
          env: { LOG: join(project, "log") },
        },
        { copy: ["."], to: "/app/" },
        ...(last ? [{ run: last, cwd: "/app" }] : []),
      ],
    },
  ],
  node: { workdir: "/app", entry: "/app/index.js" },
});

/** A service of the project with the same source as its siblings. */
function service(name: string, last = ""): string {
  put(`services/${name}/app/package.json`, "{}");
  put(`services/${name}/app/index.js`, "1");
  put(`services/${name}/build.json`, JSON.stringify(recipe(last)));
  return join(project, "services", name);
}

function build(folder: string): string {
  const parsed = parseRecipe(JSON.parse(readFileSync(join(folder, "build.json"), "utf8")));
  return replay(parsed, { folder, progress: () => {}, note: () => {} }).root;
}

const installs = (): number => readFileSync(join(project, "log"), "utf8").trim().split("\n").length;
const trees = (): string[] => readdirSync(join(project, ".build/trees")).filter((name) => !name.includes("."));

/** Builds a service in a process of its own. */
function buildElsewhere(folder: string): Promise<number | null> {
  const module = join(import.meta.dirname, "../src/image/stages.ts");
  const script = `
    import { readFileSync } from "node:fs";
    import { replay } from ${JSON.stringify(module)};
    import { parseRecipe } from ${JSON.stringify(join(import.meta.dirname, "../src/recipe.ts"))};
    const folder = ${JSON.stringify(folder)};
    replay(parseRecipe(JSON.parse(readFileSync(folder + "/build.json", "utf8"))), { folder, progress() {}, note() {} });`;
  const args = [
    "--experimental-strip-types",
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
    "-e",
    script,
  ];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  return new Promise((resolve) => child.on("exit", resolve));
}

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "trees-"));
  put("package.json", '{ "workspaces": ["services/*"] }');
});
afterEach(() => rmSync(project, { recursive: true }));

describe("trees", () => {
  it("are made once for services with the same image", () => {
    const [web, worker] = [service("web"), service("worker")];
    assert.equal(build(web), build(worker));
    assert.equal(installs(), 1);
  });

  it("are made once by builds at the same time", async () => {
    const folders = ["a", "b", "c"].map((name) => service(name));
    assert.deepEqual(await Promise.all(folders.map(buildElsewhere)), [0, 0, 0]);
    assert.equal(installs(), 1);
  });

  it("share what is the same, and a command in one does not change the other", () => {
    const web = build(service("web"));
    const worker = build(service("worker", "echo 2 > node_modules/a/x.txt"));
    assert.equal(readFileSync(join(web, "app/node_modules/a/x.txt"), "utf8"), "1\n");
    assert.equal(readFileSync(join(worker, "app/node_modules/a/x.txt"), "utf8"), "2\n");
  });

  it("are kept as long as a service needs them", () => {
    const [web, worker] = [service("web"), service("worker")];
    const old = build(web);
    build(worker);
    put("services/web/app/index.js", "2");
    const changed = build(web);
    assert.ok(existsSync(old), "worker still needs it");
    rmSync(worker, { recursive: true });
    build(web);
    assert.equal(existsSync(old), false);
    assert.ok(existsSync(changed));
    assert.equal(trees().length, 2, "the image and the tree after its RUN");
    assert.equal(installs(), 1);
  });

  it("that a build left half done are made again", () => {
    const web = service("web");
    const root = build(web);
    rmSync(join(root, "app/index.js"));
    rmSync(join(dirname(root), "tree.json"));
    // The process that held the lock has ended; no process has this number.
    writeFileSync(`${dirname(root)}.lock`, "4194999");
    assert.equal(build(web), root);
    assert.ok(existsSync(join(root, "app/index.js")));
    assert.equal(installs(), 1);
  });

  it("of a service outside a workspace are its own", () => {
    const alone = mkdtempSync(join(tmpdir(), "alone-"));
    try {
      cpSync(service("web"), alone, { recursive: true });
      assert.ok(build(alone).startsWith(join(alone, ".build")));
    } finally {
      rmSync(alone, { recursive: true });
    }
  });
});
