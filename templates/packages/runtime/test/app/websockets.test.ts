/** WebSocket libraries run unmodified: the same conversation on Node and in workerd. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { io, type Socket } from "socket.io-client";
import { WebSocket } from "ws";
import { startLifted, startOriginal, type Running } from "./lift.ts";

type Original = Awaited<ReturnType<typeof startOriginal>>;

const TIMEOUT_MS = 5_000;

function withTimeout<Value>(promise: Promise<Value>): Promise<Value> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error("no answer in time")), TIMEOUT_MS).unref();
  });
  return Promise.race([promise, late]);
}

/** Sends the messages one after the other, each after the answer to the one before; what was received, and how it ended. */
function converse(url: string, messages: (string | Buffer)[], protocols: string[] = []): Promise<unknown> {
  return withTimeout(
    new Promise((resolve) => {
      const socket = new WebSocket(url, protocols);
      const seen: unknown[] = [];
      const rest = [...messages];
      socket.on("message", (data: Buffer, isBinary) => {
        seen.push([data.length > 100 ? data.length : data.toString("latin1"), isBinary]);
        const next = rest.shift();
        if (next !== undefined) socket.send(next);
        else if (seen.length > messages.length) socket.close(1000, "bye");
      });
      socket.on("close", (code, reason) =>
        resolve({ seen, code, reason: reason.toString(), protocol: socket.protocol }),
      );
      socket.on("unexpected-response", (_request, response) => {
        response.resume();
        resolve({ status: response.statusCode, why: response.headers["x-why"] });
      });
      socket.on("error", () => {});
    }),
  );
}

describe("websockets", () => {
  let lifted: Running;
  const originals = new Map<string, Original>();
  const urls = (name: string) => [originals.get(name)?.url as string, lifted.urls.get(name) as string];

  before(async () => {
    lifted = await startLifted([
      { name: "ws", file: "ws.cjs", config: {}, env: { PORT: "3000" } },
      { name: "socketio", file: "socketio.cjs", config: {}, env: { PORT: "3000" } },
      { name: "isolate", file: "ws.cjs", config: { host: "worker" }, env: { PORT: "3000" } },
    ]);
    for (const name of ["ws", "socketio"]) originals.set(name, await startOriginal(`${name}.cjs`));
  });
  after(async () => {
    await lifted.stop();
    for (const original of originals.values()) await original.stop();
  });

  const conversations: Record<string, { path: string; messages: (string | Buffer)[]; protocols?: string[] }> = {
    "texts and bytes": { path: "/echo", messages: ["one", "zwei ü", Buffer.from([0, 1, 2, 255])] },
    "large messages": { path: "/echo", messages: ["big", "x".repeat(70_000)] },
    "a close by the server": { path: "/echo", messages: ["close"] },
    "a protocol": { path: "/echo", messages: ["x"], protocols: ["v1", "v2"] },
    "pings by the server": { path: "/echo", messages: ["ping"] },
    "a refusal": { path: "/denied", messages: [] },
  };
  for (const [name, { path, messages, protocols }] of Object.entries(conversations)) {
    it(`ws: ${name}`, async () => {
      const [original, ours] = urls("ws").map((url) => url.replace("http", "ws") + path) as [string, string];
      const expected = await converse(original, messages, protocols);
      assert.deepEqual(await converse(ours, messages, protocols), expected, lifted.log());
    });
  }

  it("ws: a connection that the server drops ends", async () => {
    const answer = await converse(`${lifted.urls.get("ws")?.replace("http", "ws")}/echo`, ["terminate"]);
    assert.deepEqual((answer as { seen: unknown[] }).seen.length, 1);
  });

  it("ws: connections that have ended are forgotten", async () => {
    const url = `${lifted.urls.get("ws")?.replace("http", "ws")}/echo`;
    await Promise.all([converse(url, ["a"]), converse(url, ["b"])]);
    const { seen } = (await converse(url, ["clients"])) as { seen: unknown[] };
    assert.deepEqual(seen[1], ["1", false]);
  });

  it("ws as a client", async () => {
    const [original, ours] = urls("ws") as [string, string];
    const expected = await (await fetch(`${original}/client`)).text();
    assert.equal(await (await fetch(`${ours}/client`)).text(), expected, lifted.log());
  });

  it("ws in a Worker without an object", async () => {
    const answer = await converse(`${lifted.urls.get("isolate")?.replace("http", "ws")}/echo`, ["alone"]);
    assert.deepEqual((answer as { seen: unknown[] }).seen[1], ["alone", false]);
  });

  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    it(`socket.io over ${transports.join(", then ")}`, async () => {
      const outcomes = await Promise.all(urls("socketio").map((url) => withTimeout(talk(url, transports))));
      assert.deepEqual(outcomes[1], outcomes[0], lifted.log());
    });
  }

  it("socket.io middleware refuses", async () => {
    const refused = urls("socketio").map((url) => withTimeout(refusal(url)));
    const [expected, actual] = await Promise.all(refused);
    assert.equal(actual, expected);
  });
});

async function talk(url: string, transports: string[]): Promise<unknown> {
  const [first, second] = [0, 1].map(() => io(url, { transports, forceNew: true })) as [Socket, Socket];
  try {
    const welcome = await new Promise((resolve) => first.once("welcome", resolve));
    const sum: unknown = await first.emitWithAck("add", 2, 3);
    await first.emitWithAck("room", "r");
    await second.emitWithAck("room", "r");
    const heard = Promise.all([first, second].map((socket) => new Promise((resolve) => socket.once("heard", resolve))));
    second.emit("shout", "r", "everybody");
    const bytes = (await first.emitWithAck("bytes", Buffer.from([1, 2]))) as Buffer;
    const left = new Promise((resolve) => first.once("disconnect", resolve));
    const all = await heard;
    first.emit("leave");
    return { welcome, sum, heard: all, bytes: [...bytes], left: await left };
  } finally {
    first.disconnect();
    second.disconnect();
  }
}

function refusal(url: string): Promise<string> {
  const socket = io(url, { forceNew: true, reconnection: false, auth: { token: "bad" } });
  return new Promise((resolve) => socket.once("connect_error", (error) => resolve(error.message)));
}
