/** COPY as Docker does it: each case is what `docker build` was documented to make of the same instruction. */
import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { cloneTree, copy } from "../src/image/copy.ts";
import { ignore, matcher } from "../src/image/patterns.ts";

describe("COPY", () => {
  const folder = mkdtempSync(join(tmpdir(), "copy-"));
  const context = join(folder, "context");
  const root = join(folder, "root");
  after(() => rmSync(folder, { recursive: true }));

  const put = (base: string, ...names: string[]): void => {
    for (const name of names) {
      mkdirSync(dirname(join(base, name)), { recursive: true });
      writeFileSync(join(base, name), name);
    }
  };
  const tree = (): string[] =>
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => !statSync(join(root, name)).isDirectory())
      .sort();
  const run = (sources: string[], to: string, exclude: string[] = []): void =>
    copy({ context, sources, root, to, exclude });

  beforeEach(() => {
    rmSync(context, { recursive: true, force: true });
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    put(
      context,
      "package.json",
      "package-lock.json",
      "README.md",
      "src/index.js",
      "src/lib/a.js",
      "src/lib/a.test.js",
      "docs/x.md",
    );
  });

  it("copies a file under a new name", () => {
    run(["package.json"], "/app/p.json");
    assert.deepEqual(tree(), ["app/p.json"]);
  });

  it("copies a file into a folder named with a slash, or that exists", () => {
    run(["package.json"], "/app/");
    run(["README.md"], "/app");
    assert.deepEqual(tree(), ["app/README.md", "app/package.json"]);
  });

  it("copies what is in a folder, not the folder", () => {
    run(["src"], "/app");
    assert.deepEqual(tree(), ["app/index.js", "app/lib/a.js", "app/lib/a.test.js"]);
  });

  it("copies several sources, of folders their contents", () => {
    run(["package.json", "src", "./docs/"], "/app/");
    assert.deepEqual(tree(), ["app/index.js", "app/lib/a.js", "app/lib/a.test.js", "app/package.json", "app/x.md"]);
  });

  it("wants a folder as target of several sources", () => {
    assert.throws(() => run(["package.json", "README.md"], "/app"), /several sources need a folder/);
  });

  it("takes the whole context, with leading slashes and dots meaning its root", () => {
    run(["/src/./lib/../index.js", "../README.md"], "/app/");
    assert.deepEqual(tree(), ["app/README.md", "app/index.js"]);
    rmSync(join(root, "app"), { recursive: true });
    run(["."], "/app");
    assert.equal(tree().length, 7);
  });

  it("expands patterns, which may match nothing", () => {
    run(["package*.json", "yarn.lock*"], "/app/");
    assert.deepEqual(tree(), ["app/package-lock.json", "app/package.json"]);
    rmSync(join(root, "app"), { recursive: true });
    run(["*/*.js"], "/app/");
    assert.deepEqual(tree(), ["app/index.js"]);
  });

  it("says which plain source is not there", () => {
    assert.throws(() => run(["yarn.lock"], "/app/"), /"yarn.lock" is not there/);
  });

  it("leaves out what .dockerignore names, and takes back what it excepts", () => {
    run(["."], "/app", ["# comment", "**/*.md", "!docs/x.md", "src/lib/*.test.js", "package-lock.json"]);
    assert.deepEqual(tree(), ["app/docs/x.md", "app/package.json", "app/src/index.js", "app/src/lib/a.js"]);
    assert.throws(() => run(["README.md"], "/app/", ["*.md"]), /left out by .dockerignore/);
  });

  it("overwrites files, merges folders, and refuses to put a file where a folder is", () => {
    put(root, "app/index.js", "app/kept.js", "app/lib/kept.js");
    run(["src"], "/app");
    assert.deepEqual(tree(), ["app/index.js", "app/kept.js", "app/lib/a.js", "app/lib/a.test.js", "app/lib/kept.js"]);
    assert.equal(readFileSync(join(root, "app/index.js"), "utf8"), "src/index.js");
    mkdirSync(join(root, "other/index.js"), { recursive: true });
    assert.throws(() => run(["src"], "/other"), /a file cannot take its place/);
  });

  it("keeps modes, times and links, and follows a link that is the source", () => {
    chmodSync(join(context, "src/index.js"), 0o755);
    symlinkSync("lib/a.js", join(context, "src/link.js"));
    symlinkSync("src", join(context, "alias"));
    run(["alias"], "/app");
    assert.equal(statSync(join(root, "app/index.js")).mode & 0o777, 0o755);
    assert.equal(readlinkSync(join(root, "app/link.js")), "lib/a.js");
    assert.equal(
      Math.floor(statSync(join(root, "app/index.js")).mtimeMs / 1000),
      Math.floor(statSync(join(context, "src/index.js")).mtimeMs / 1000),
    );
  });

  it("clones a tree: packages by hard links, everything else as copies, links within the tree", () => {
    put(root, "app/node_modules/a/index.js", "app/main.js");
    symlinkSync(join(root, "app/main.js"), join(root, "app/full"));
    const clone = join(folder, "clone");
    rmSync(clone, { recursive: true, force: true });
    cloneTree(root, clone, true);
    const inode = (path: string): number => lstatSync(path).ino;
    assert.equal(inode(join(clone, "app/node_modules/a/index.js")), inode(join(root, "app/node_modules/a/index.js")));
    assert.notEqual(inode(join(clone, "app/main.js")), inode(join(root, "app/main.js")));
    assert.equal(readlinkSync(join(clone, "app/full")), join(clone, "app/main.js"));
  });
});

describe("patterns", () => {
  const cases: [pattern: string, path: string, matches: boolean][] = [
    ["*.js", "a.js", true],
    ["*.js", "a/b.js", false],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[a-c]x", "bx", true],
    ["[^a]x", "bx", true],
    ["[^a]x", "ax", false],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a.b", "axb", false],
    ["**/x", "x", true],
    ["**/x", "a/b/x", true],
    ["a/**", "a/b/c", true],
    ["a/**/z.js", "a/z.js", true],
    ["a(b)+", "a(b)+", true],
  ];
  for (const [pattern, path, matches] of cases) {
    it(`${pattern} ${matches ? "matches" : "does not match"} ${path}`, () =>
      assert.equal(matcher(pattern)(path), matches));
  }

  it("in .dockerignore name folders with all they hold; later lines win", () => {
    const ignored = ignore(["node_modules", "/dist/", "*.log", "!keep.log", "temp/*"]);
    const names = [
      "node_modules/a/b.js",
      "dist/x",
      "a.log",
      "keep.log",
      "sub/a.log",
      "temp/x/y",
      "temp",
      "src/node_modules/a",
    ];
    assert.deepEqual(names.filter(ignored), ["node_modules/a/b.js", "dist/x", "a.log", "temp/x/y"]);
  });

  it("refuses a class without end", () => assert.throws(() => matcher("[abc"), /without "\]"/));
});
