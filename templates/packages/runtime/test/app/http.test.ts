/** The corners of node:http answer in workerd what they answer on Node, and streams do not pile up in memory. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startLifted, startOriginal, type Running } from "./lift.ts";
import { observe, type Asked } from "./observe.ts";

const QUESTIONS: (string | Asked)[] = [
  ..."/latin1 /hex /buffer /empty-text /head-then-end /head-with-length /raw-head /same-name".split(" "),
  ..."/cork /flush /socket /connections /second /agents /lookup /client-expect".split(" "),
  ..."/order /order-of-nothing /eos /after".split(" ").flatMap((path) => [path, `/log?of=${path.slice(1)}`]),
  { path: "/order-of-body", method: "POST", body: "twelve bytes" },
  "/log?of=order-of-body",
  { path: "/order", method: "POST", body: "a body that nobody reads" },
  "/log?of=order",
  { path: "/head-with-length", method: "HEAD" },
  { path: "/head-then-end", method: "HEAD" },
  { path: "/echo", method: "PUT", body: "piped back" },
];

const MEGABYTE = 1024 * 1024;

const HOSTS = ["durable-object", "worker"] as const;

describe("node:http", () => {
  let lifted: Running;
  let original: Awaited<ReturnType<typeof startOriginal>>;

  before(async () => {
    original = await startOriginal("edges.cjs");
    lifted = await startLifted(HOSTS.map((host) => ({ name: host, file: "edges.cjs", config: { host } })));
  });
  after(async () => {
    await original.stop();
    await lifted.stop();
  });

  for (const host of HOSTS) {
    const url = () => lifted.urls.get(host) as string;
    QUESTIONS.forEach((question, index) => {
      const asked = typeof question === "string" ? { path: question } : question;
      it(`${host}: ${index} ${asked.method ?? "GET"} ${asked.path}`, async () => {
        const expected = await observe(original.url, asked);
        assert.deepEqual(await observe(url(), asked), expected, lifted.log());
      });
    });

    it(`${host}: an expectation of the client's reaches its listener, and interim answers are left out`, async () => {
      const [interim, ...answer] = await expectContinue(original.url);
      assert.equal(interim, "continue");
      assert.deepEqual(await expectContinue(url()), answer);
      assert.equal(await (await fetch(`${url()}/interim`)).text(), "after interim answers");
    });

    it(`${host}: what cannot be done is refused by name`, async () => {
      const [agent, target] = (await (await fetch(`${url()}/proxies`)).json()) as string[];
      assert.match(agent ?? "", /^ERR_PROXY_UNSUPPORTED .*HttpsProxyAgent.*Remove the proxy/);
      assert.match(target ?? "", /^ERR_PROXY_UNSUPPORTED /);
      const http2 = await (await fetch(`${url()}/http2`)).json();
      assert.deepEqual(http2, ["1.1 /x", "ERR_METHOD_NOT_IMPLEMENTED"]);
    });

    it(`${host}: trailers do not reach the client, the body does`, async () => {
      assert.equal(await (await fetch(`${url()}/trailers`)).text(), "body");
    });

    it(`${host}: a source that never waits is slowed down by its reader, and ends when it leaves`, async () => {
      for (const base of [original.url, url()]) {
        const response = await fetch(`${base}/endless`);
        const reader = response.body?.getReader();
        await reader?.read();
        await sleep(200);
        await reader?.cancel();
        await sleep(300);
        assert.deepEqual(await (await fetch(`${base}/log?of=endless`)).json(), ["ERR_STREAM_PREMATURE_CLOSE", true]);
      }
    });

    it(`${host}: 100 MB through, up and down, in flat memory`, async () => {
      const sent = Readable.from(parts(150)) as unknown as BodyInit;
      const response = await fetch(`${url()}/echo`, { method: "POST", body: sent, duplex: "half" } as RequestInit);
      let size = 0;
      let grown = 0;
      let most = 0;
      for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
        size += part.byteLength;
        if (size - part.byteLength < 50 * MEGABYTE && size >= 50 * MEGABYTE) grown = workerdMemory(); // V8's heap has its size now
        if (grown > 0 && size % (10 * MEGABYTE) < part.byteLength) most = Math.max(most, workerdMemory());
      }
      assert.equal(size, 150 * MEGABYTE);
      assert.ok(most - grown < 60, `${most - grown} MB more than the ${grown} MB after the first third`);
    });

    it(`${host}: a slow reader of the app slows an upload down`, async () => {
      const before = workerdMemory();
      const sent = Readable.from(parts(50)) as unknown as BodyInit;
      const response = await fetch(`${url()}/sink`, { method: "POST", body: sent, duplex: "half" } as RequestInit);
      assert.equal(await response.text(), `${50 * MEGABYTE} fine`);
      const more = workerdMemory() - before;
      assert.ok(more < 60, `${more} MB more than before`);
    });
  }

  /** Resident memory of the workerd under test, in MB. */
  function workerdMemory(): number {
    const kilobytes = execFileSync("ps", ["-o", "rss=", "-p", String(lifted.pid)], { encoding: "utf8" });
    return Math.round(Number(kilobytes) / 1024);
  }
});

function* parts(megabytes: number): Generator<Buffer> {
  for (let count = 0; count < megabytes * 16; count++) yield Buffer.alloc(MEGABYTE / 16, count);
}

/** What a client sees that sends its body only when it is told to. */
function expectContinue(base: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const seen: unknown[] = [];
    const headers = { expect: "100-continue", "content-length": 4 };
    const request = httpRequest(`${base}/expect`, { method: "POST", headers }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("end", () => resolve([...seen, response.statusCode, text]));
    });
    request.on("continue", () => {
      seen.push("continue");
      request.end("body");
    });
    request.on("error", reject);
    request.flushHeaders();
    setTimeout(() => request.end("body"), 1000).unref();
  });
}
