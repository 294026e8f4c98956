/** A process ends, restarts and survives as a container's does. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startLifted, type LiftedApp, type Running } from "./lift.ts";

const app = (name: string, options: Partial<LiftedApp> = {}): LiftedApp => ({
  name,
  file: "lifecycle.cjs",
  config: {},
  ...options,
});

describe("lifecycle", () => {
  let lifted: Running;
  const ask = (name: string, path: string) =>
    fetch(`${lifted.urls.get(name)}${path}`, { signal: AbortSignal.timeout(10_000) });
  const text = async (name: string, path: string) => (await ask(name, path)).text();
  const state = async (name: string) => JSON.parse(await text(name, "/state")) as { started: string; requests: number };

  before(async () => {
    lifted = await startLifted([
      app("plain", {
        config: {
          volumes: [{ path: "/data", kind: "persistent", name: "data" }],
          secretFiles: [{ path: "/run/secrets/token", variable: "TOKEN" }],
        },
        env: { TOKEN: "s3cret" },
      }),
      app("handling", { env: { HANDLE: "1" } }),
      app("late", { env: { DELAY: "300" } }),
      app("elsewhere", { env: { PORT: "4000" } }),
      app("isolate", { config: { host: "worker" } }),
      app("broken", { file: "broken.cjs" }),
      app("gate", { file: "gate.cjs", config: { startup: { timeoutMs: 5000, quietMs: 60 } } }),
      app("cron", {
        file: "cron.cjs",
        config: { port: null, peers: { cache: { kind: "server", binding: "REDIS" } } },
        redis: true,
      }),
    ]);
  });
  after(() => lifted.stop());

  for (const path of ["/exit", "/throw", "/throw-later", "/throw-tick", "/reject", "/emit", "/kill"]) {
    it(`${path} ends the process, and the next request finds a new one`, async () => {
      const before = await state("plain");
      const response = await ask("plain", path);
      assert.equal(response.status, 502);
      assert.equal(await response.text(), "the app did not answer\n");
      const after = await state("plain");
      assert.notEqual(after.started, before.started);
      assert.equal(after.requests, 1);
    });
  }

  it("runs the exit handlers, and tells the status and the error in the log only", async () => {
    await ask("plain", "/exit");
    await ask("plain", "/throw");
    assert.match(lifted.log(), /exit event 3\nthe app exited with status 3/);
    assert.match(lifted.log(), /Uncaught Error: in the handler\n +at /);
  });

  it("keeps what was written to a volume", async () => {
    const first = await text("plain", "/write");
    await ask("plain", "/exit");
    assert.equal(await text("plain", "/write"), `${first}x`);
  });

  it("shows secrets as files", async () => assert.equal(await text("plain", "/secret"), "s3cret"));

  it("answers while a restart is under way", async () => {
    const answers = [ask("plain", "/exit"), ...Array.from({ length: 10 }, () => ask("plain", "/state"))];
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    assert.ok(
      statuses.every((status) => status === 200 || status === 502),
      statuses.join(),
    );
    assert.equal((await ask("plain", "/state")).status, 200);
  });

  it("leaves errors to the app's own handlers", async () => {
    const before = await state("handling");
    assert.equal(await text("handling", "/throw-later"), "still here");
    assert.equal(await text("handling", "/throw-tick"), "still here");
    assert.equal(await text("handling", "/reject"), "still here");
    assert.equal(await text("handling", "/emit"), "still here");
    assert.deepEqual(JSON.parse(await text("handling", "/handled")), [
      "uncaughtException: in a timer",
      "uncaughtException: in a tick",
      "rejection: nobody looks",
      "uncaughtException: an event",
    ]);
    assert.equal((await state("handling")).started, before.started);
  });

  it("waits for an app that listens late", async () => assert.equal(await text("late", "/"), "lifecycle"));

  it("finds the only server on another port, and says so", async () => {
    assert.equal(await text("elsewhere", "/"), "lifecycle");
    assert.match(lifted.log(), /listens on 4000, not on the configured port 3000/);
  });

  it("holds requests until the sockets opened at boot are quiet", async () =>
    assert.equal(await text("gate", "/"), "ready"));

  it("tells nobody outside why an app does not start", async () => {
    const response = await ask("broken", "/");
    assert.equal(response.status, 502);
    assert.doesNotMatch(await response.text(), /secret reason/);
    assert.match(lifted.log(), /Uncaught Error: the secret reason/);
  });

  it("restarts in a Worker without an object", async () => {
    const before = await state("isolate");
    assert.equal((await ask("isolate", "/exit")).status, 502);
    assert.notEqual((await state("isolate")).started, before.started);
  });

  it("has no HTTP where the app serves none", async () => assert.equal((await ask("cron", "/")).status, 404));

  it("starts an app without a port by its cron trigger, and lets it go on", async () => {
    await lifted.schedule("cron");
    for (let attempt = 0; attempt < 100 && !lifted.log().includes("poll 5: 5"); attempt++) await sleep(50);
    assert.match(lifted.log(), /poll 5: 5/);
    await lifted.schedule("cron");
    await sleep(100);
    assert.doesNotMatch(lifted.log(), /poll 1: [^1]/, "the second trigger found the process running");
  });

  it("names the remedy for what Workers cannot do", async () => {
    const texts = JSON.parse(await text("plain", "/refused")) as string[];
    assert.match(
      texts[0] ?? "",
      /^ERR_METHOD_NOT_IMPLEMENTED: child_process.execSync is not possible on Workers\. .* container/,
    );
    assert.match(
      texts[1] ?? "",
      /^MODULE_NOT_FOUND: Cannot find module '\/app\/x': it is not packed\. .* node\.registry/,
    );
    assert.match(texts[2] ?? "", /dgram.createSocket/);
    assert.match(texts[3] ?? "", /http2.createServer.*use node:http/);
    assert.match(texts[4] ?? "", /^MODULE_NOT_FOUND: /);
  });
});
