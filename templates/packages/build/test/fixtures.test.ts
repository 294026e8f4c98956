/**
 * Each folder of fixtures/ is a service. It is built, run in workerd, and what it prints must be what it prints in Node (or
 * what expect.txt holds, for programs that Node cannot run by itself). A second build must have nothing to do.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { openFixture, readTree, runInNode, runInWorkerd } from "./support/project.ts";

const fixtures = join(import.meta.dirname, "fixtures");

for (const name of readdirSync(fixtures).sort()) {
  describe(name, () => {
    const project = openFixture(name);
    after(() => project.remove());

    it("prints in workerd what it prints in Node", async () => {
      const result = await project.build();
      const expected = join(fixtures, name, "expect.txt");
      const text = existsSync(expected) ? readFileSync(expected, "utf8").trimEnd() : runInNode(project);
      assert.deepEqual((await runInWorkerd(project)).split("\n"), text.split("\n"));
      const warnings = join(fixtures, name, "warnings.json");
      const wanted = existsSync(warnings) ? (JSON.parse(readFileSync(warnings, "utf8")) as string[]) : [];
      assert.deepEqual(
        result.warnings.map(({ file, line, message }) => `${file}:${line}: ${message}`),
        wanted,
      );
    });

    it("does nothing in a second build, and makes the same files", async () => {
      const before = readTree(join(project.folder, "dist"));
      const commands = project.commands.length;
      await project.build();
      assert.equal(project.commands.length, commands);
      assert.deepEqual(readTree(join(project.folder, "dist")), before);
    });
  });
}
