import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRecipe } from "../src/recipe.ts";

const stage = { name: "0", from: "node:22", workdir: "/app", steps: [] };
const valid = { version: 1, kind: "node", stages: [stage], node: { workdir: "/app", entry: "/app/index.js" } };

describe("build.json", () => {
  it("is read with everything optional filled in", () => {
    const { stages, overlays, node } = parseRecipe(valid);
    assert.deepEqual(stages, [{ ...stage, env: {}, exclude: [] }]);
    assert.deepEqual(overlays, []);
    assert.deepEqual(node, {
      workdir: "/app",
      entry: "/app/index.js",
      preload: [],
      registry: [],
      keep: [],
      codeGeneration: false,
    });
  });

  const withStep = (step: object): object => ({ ...valid, stages: [{ ...stage, steps: [step] }] });
  const wrong: [what: string, json: unknown, message: RegExp][] = [
    ["no object", [], /build.json: expected an object, found \[\]/],
    ["another version", { ...valid, version: 2 }, /version: expected 1, .* found 2/],
    ["an unknown kind", { ...valid, kind: "python" }, /kind: expected "node", "static" or "server", found "python"/],
    ["no stages", { ...valid, stages: [] }, /stages: expected at least one stage/],
    ["an unknown key", { ...valid, extra: 1 }, /unknown key "extra"; known are version, kind/],
    [
      "a stage twice",
      { ...valid, stages: [stage, stage] },
      /stages\[1\].name: expected a name no earlier stage has, found "0"/,
    ],
    [
      "a stage name that is a path",
      { ...valid, stages: [{ ...stage, name: "../x" }] },
      /stages\[0\].name: expected a stage name/,
    ],
    [
      "a step that is nothing",
      withStep({ line: 3 }),
      /stages\[0\].steps\[0\]: expected one of "copy", "run" and "write"/,
    ],
    [
      "a relative target",
      withStep({ copy: ["."], to: "app" }),
      /steps\[0\].to: expected an absolute path in the image, found "app"/,
    ],
    [
      "a later stage as source",
      withStep({ copy: ["/x"], copyFrom: "9", to: "/" }),
      /copyFrom: expected the name of an earlier stage, found "9"/,
    ],
    ["a command that is no string", withStep({ run: ["npm", "ci"], cwd: "/" }), /steps\[0\].run: expected a string/],
    ["a number in env", withStep({ run: "x", cwd: "/", env: { A: 1 } }), /env: expected an object of strings/],
    ["no entry", { ...valid, node: { workdir: "/app" } }, /node.entry: expected a string, found nothing/],
    [
      "an overlay that is a command",
      { ...valid, overlays: [{ run: "x", cwd: "/" }] },
      /overlays\[0\]: expected a "copy"/,
    ],
  ];
  for (const [what, json, message] of wrong) {
    it(`is refused with ${what}`, () => assert.throws(() => parseRecipe(json), message));
  }
});
