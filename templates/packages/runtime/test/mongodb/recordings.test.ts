import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { readRecording, runScenario } from "./recording.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { startMongoDBWorker } from "./servers.ts";

describe("answers are those that were recorded", () => {
  let worker: RunningWorker;

  before(async () => {
    worker = await startMongoDBWorker();
  });

  after(async () => {
    if (process.env.SHOW_OUTPUT) console.log(worker.output());
    await worker?.stop();
  });

  for (const name of Object.keys(SCENARIOS)) {
    it(`${name}: ${readRecording(name).length} operations`, async () => {
      const expected = readRecording(name);
      const actual = await runScenario(name, `mongodb://127.0.0.1:${worker.tcpPort}`);
      const differences = actual.flatMap(({ command, reply }, i) => {
        const wanted = expected[i];
        if (wanted?.command === command && sameReply(wanted.reply, reply)) return [];
        return [
          `${i}: ${command}\n  recorded: ${wanted?.command === command ? show(wanted.reply) : "another command"}\n  ours:     ${show(reply)}`,
        ];
      });
      assert.equal(differences.length, 0, `${differences.length} differ\n${differences.slice(0, 40).join("\n")}`);
      assert.equal(actual.length, expected.length);
    });
  }
});

const show = (value: unknown): string => JSON.stringify(value).slice(0, 600);

/** The order of fields counts inside documents, not in the answer around them. */
function sameReply(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

const AROUND = new Set(["cursor", "lastErrorObject"]);

function sorted(reply: unknown): unknown {
  if (typeof reply !== "object" || reply === null || Array.isArray(reply)) return reply;
  return Object.fromEntries(
    Object.entries(reply)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([name, value]) => [name, AROUND.has(name) ? sorted(value) : value]),
  );
}
