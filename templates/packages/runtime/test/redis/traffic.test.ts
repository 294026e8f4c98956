import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { compare, type Difference } from "./compare.ts";
import { randomCommands } from "./random-traffic.ts";
import { RawClient } from "./resp-client.ts";
import { parseCaseFile } from "./case-file.ts";
import { startRealRedis, startRedisWorker, type TestServer } from "./servers.ts";

const cases = join(import.meta.dirname, "cases");

describe("replies are those of a real Redis", () => {
  let real: TestServer;
  let ours: RunningWorker;

  before(async () => {
    [real, ours] = await Promise.all([startRealRedis(), startRedisWorker()]);
  });

  after(async () => {
    await Promise.all([real?.stop(), ours?.stop()]);
  });

  async function run(commands: { argv: Buffer[]; line: number }[], batch: number): Promise<void> {
    const [a, b] = await Promise.all([RawClient.open(real.port), RawClient.open(ours.tcpPort)]);
    try {
      await Promise.all([a.command("FLUSHALL"), b.command("FLUSHALL")]);
      report(await compare(a, b, commands, batch));
    } finally {
      a.close();
      b.close();
    }
  }

  for (const file of readdirSync(cases).sort()) {
    it(`cases/${file}`, () => run(parseCaseFile(readFileSync(join(cases, file), "utf8")), 1));
  }

  for (const protocol of [2, 3]) {
    for (const seed of [1, 2].map((n) => n + protocol * 10)) {
      it(`1000 random commands, seed ${seed}, RESP${protocol}, in pipelines of 200`, () => {
        const hello = ["HELLO", String(protocol)].map((word) => Buffer.from(word));
        const commands = [hello, ...randomCommands(seed, 1000)].map((argv, line) => ({ argv, line }));
        return run(commands, 200);
      });
    }
  }
});

function report(differences: Difference[]): void {
  const shown = differences
    .slice(0, 20)
    .map(
      ({ line, command, expected, actual }) =>
        `${line}: ${command}\n  Redis: ${JSON.stringify(expected)}\n  ours:  ${JSON.stringify(actual)}`,
    );
  assert.equal(differences.length, 0, `${differences.length} replies differ\n${shown.join("\n")}`);
}
