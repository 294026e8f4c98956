/** Clients that leave at the wrong moment are no reason for a process to end. */

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { startLifted, type Running } from "./lift.ts";

const HOSTS = ["durable-object", "worker"] as const;

describe("disconnects", () => {
  let lifted: Running;
  before(async () => {
    const env = { PORT: "3000" };
    lifted = await startLifted(
      HOSTS.flatMap((host) => [
        { name: `plain-${host}`, file: "plain.cjs", config: { host }, env },
        { name: `ws-${host}`, file: "ws.cjs", config: { host }, env },
        { name: `express-${host}`, file: "express.cjs", config: { host }, env },
      ]),
    );
  });
  after(() => lifted.stop());

  for (const host of HOSTS) {
    const url = (app: string) => new URL(lifted.urls.get(`${app}-${host}`) as string);
    const pid = async () => (await fetch(new URL("/instance", url("plain")))).text();

    const leave: Record<string, () => Promise<void>> = {
      async "in the middle of an upload"() {
        const { hostname, port } = url("plain");
        const request = httpRequest({
          hostname,
          port,
          path: "/upload",
          method: "POST",
          headers: { "content-length": 1_000_000 },
        });
        request.on("error", () => {});
        request.write(Buffer.alloc(1000));
        await sleep(50);
        request.destroy();
      },
      async "in the middle of a JSON body"() {
        const { hostname, port } = url("express");
        const headers = { "content-length": 1000, "content-type": "application/json" };
        const request = httpRequest({ hostname, port, path: "/json", method: "POST", headers });
        request.on("error", () => {});
        request.write('{"a":');
        await sleep(50);
        request.destroy();
      },
      async "in the middle of an answer"() {
        const response = await fetch(new URL("/endless", url("plain")));
        await response.body?.cancel();
      },
      async "before an answer"() {
        await fetch(new URL("/never", url("plain")), { signal: AbortSignal.timeout(50) }).catch(() => {});
      },
      async "in the middle of an event stream"() {
        const response = await fetch(new URL("/sse", url("plain")));
        await response.body?.cancel();
      },
      async "out of a WebSocket, without a word"() {
        const socket = new WebSocket(new URL("/echo", url("ws")).href);
        await new Promise((resolve) => socket.once("message", resolve));
        socket.terminate();
      },
      async "with half a request"() {
        const { hostname, port } = url("plain");
        const socket = connect(Number(port), hostname, () =>
          socket.write("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc"),
        );
        socket.on("error", () => {});
        await sleep(50);
        socket.destroy();
      },
    };
    for (const [moment, act] of Object.entries(leave)) {
      it(`${host}: a client leaves ${moment}`, async () => {
        const before = await pid();
        await act();
        await sleep(150);
        assert.equal(await pid(), before);
        assert.equal(await (await fetch(url("express"))).text(), "express");
        assert.equal(await (await fetch(url("ws"))).text(), "http");
        assert.doesNotMatch(lifted.log(), /exited with status/, lifted.log());
      });
    }
  }
});
