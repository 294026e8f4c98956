/** Both transports carry the same bytes with the same manners. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startWorker, type RunningWorker } from "../../../../test/workerd.ts";
import { bundleWorker } from "../bundle.ts";

const EXPECTED: Record<string, unknown> = {
  echo: "there and back",
  greet: "hello greet:6379",
  count: "10000000",
  big: true,
  backpressure: { waited: true, all: true },
  many: Array.from({ length: 25 }, (_, index) => index).join(),
  closed: true,
};

describe("transport", () => {
  let worker: RunningWorker;
  let storage: string;
  const ask = async (path: string): Promise<unknown> => {
    const response = await worker.fetch(path, { signal: AbortSignal.timeout(20_000) });
    assert.equal(response.status, 200, worker.output());
    return response.json();
  };

  before(async () => {
    storage = await mkdtemp(join(tmpdir(), "transport-"));
    const content = await bundleWorker(join(import.meta.dirname, "worker.ts"));
    worker = await startWorker({
      modules: [{ name: "worker.mjs", type: "esModule", content }],
      durableObjects: ["Peer"],
      storage,
    });
  });
  after(async () => {
    await worker.stop();
    await rm(storage, { recursive: true });
  });

  for (const kind of ["connect", "websocket"]) {
    for (const [name, expected] of Object.entries(EXPECTED)) {
      it(`${kind}: ${name}`, async () => assert.deepEqual(await ask(`/${kind}/${name}`), expected, worker.output()));
    }
  }

  it("websocket: a connection that is not accepted is refused", async () =>
    assert.equal(await ask("/websocket/refused"), "refused"));
});
