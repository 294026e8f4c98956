import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { Driver } from "./driver.ts";
import { CHANNELS, CONNECTIONS, type Operation, randomOperations } from "./random-traffic.ts";
import { startRabbitWorker, startRealRabbit, type TestServer } from "./servers.ts";

describe("what clients see is what a real RabbitMQ shows them", () => {
  let real: TestServer;
  let ours: RunningWorker;

  before(async () => {
    [real, ours] = await Promise.all([startRealRabbit(), startRabbitWorker()]);
  });

  after(async () => {
    await Promise.all([real?.stop(), ours?.stop()]);
  });

  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`500 random operations, seed ${seed}`, () => compare(real.port, ours.tcpPort, randomOperations(seed, 500)));
  }
});

async function compare(real: number, ours: number, operations: Operation[]): Promise<void> {
  const queues = [...new Set(operations.map(({ fields }) => fields.queue).filter((name) => typeof name === "string"))];
  const exchanges = [...new Set(operations.map(({ fields }) => fields.exchange).filter(Boolean))] as string[];
  const [a, b] = await Promise.all([
    Driver.start(real, CONNECTIONS, CHANNELS),
    Driver.start(ours, CONNECTIONS, CHANNELS),
  ]);
  try {
    const shared = queues.filter((queue) => queue !== "q.exclusive");
    await Promise.all([a.clear(shared, exchanges), b.clear(shared, exchanges)]);
    const done: string[] = [];
    for (const [number, operation] of operations.entries()) {
      const text = `${number}: ${JSON.stringify(operation)}`;
      done.push(text);
      const [expected, actual] = await Promise.all([a.run(operation, shared), b.run(operation, shared)]);
      assert.deepEqual(actual, expected, `after\n${done.slice(-12).join("\n")}`);
    }
  } finally {
    a.close();
    b.close();
  }
}
