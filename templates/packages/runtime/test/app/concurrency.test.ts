/**
 * Many requests at once, and many one after the other, meet what one process shares: connections, memory, promises and events
 * of each other's. workerd forbids much of that between requests, and says so in its log or lets a request hang; neither may
 * happen. Each answer must be its own request's.
 */

import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { startLifted, type Running } from "./lift.ts";

const AT_ONCE = 100;
const IN_SEQUENCE = 1000;

/** What workerd says when requests get into each other's way, or an app was ended for it. */
const TROUBLE =
  /cross-request|different request|different Durable Object|on behalf of|had hung|never generate a response|Uncaught|client error|exited with status/i;

interface Answer {
  status: number;
  body: string;
  cookie: string | undefined;
}

type Ask = (path: string, options?: { body?: string; cookie?: string | undefined }) => Promise<Answer>;

/** Asks over connections that are kept, as browsers and proxies do. */
function asker(base: string, agent: Agent): Ask {
  return (path, { body, cookie } = {}) =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string> = {
        "content-type": path.startsWith("/echo") ? "text/plain" : "application/json",
      };
      if (cookie !== undefined) headers["cookie"] = cookie;
      const options = { agent, method: body === undefined ? "GET" : "POST", headers, timeout: 20_000 };
      const request = httpRequest(base + path, options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            body: text,
            cookie: response.headers["set-cookie"]?.[0]?.split(";")[0],
          }),
        );
      });
      request.on("timeout", () => request.destroy(new Error(`${path} was not answered`)));
      request.on("error", reject);
      request.end(body);
    });
}

/** One kind of request: what it asks for with an identifier, and the answer that is only right for it. */
type Kind = (ask: Ask, id: string) => Promise<void>;

const expectBody = async (asked: Promise<Answer>, body: unknown): Promise<void> => {
  const answer = await asked;
  const got = typeof body === "string" ? answer.body : (JSON.parse(answer.body) as unknown);
  assert.deepEqual([answer.status, got], [200, body]);
};

const OWN: Record<string, Kind> = {
  memory: (ask, id) => expectBody(ask(`/memory?id=${id}`), { id, seen: 1 }),
  echo: (ask, id) => expectBody(ask(`/echo?id=${id}`, { body: id.repeat(3000) }), id.repeat(3000)),
  json: (ask, id) => expectBody(ask(`/json?id=${id}`, { body: JSON.stringify({ id }) }), { id, got: { id } }),
  stream: (ask, id) => expectBody(ask(`/stream?id=${id}`), [0, 1, 2, 3, 4].map((part) => `${id}:${part}\n`).join("")),
  fetch: (ask, id) => expectBody(ask(`/fetch?id=${id}`), { id, inner: `inner${id}` }),
  async session(ask, id) {
    const first = await ask(`/session?id=${id}`);
    await expectBody(ask(`/session?id=again`, { cookie: first.cookie }), [id, "again"]);
  },
};

/** Where requests wait for each other, only one Durable Object can serve them. */
const SHARED: Record<string, Kind> = {
  redis: (ask, id) => expectBody(ask(`/redis?id=${id}`), { id, value: id }),
  lock: (ask, id) => expectBody(ask(`/lock?id=${id}`), { id }),
  news: (ask, id) => expectBody(ask(`/news?id=${id}`), { id, text: `told ${id}` }),
};

const HOSTS = [
  { host: "durable-object", kinds: { ...OWN, ...SHARED } },
  { host: "worker", kinds: OWN },
] as const;

describe("requests beside each other", () => {
  let lifted: Running;
  before(async () => {
    lifted = await startLifted(
      HOSTS.flatMap(({ host }) => [
        {
          name: `shared-${host}`,
          file: "shared.cjs",
          config: { host, peers: host === "worker" ? {} : { cache: { kind: "server", binding: "REDIS" } } },
          env: host === "worker" ? { PORT: "3000", CACHE_URL: "none" } : { PORT: "3000" },
          redis: host === "durable-object",
        },
        { name: `ws-${host}`, file: "ws.cjs", config: { host }, env: { PORT: "3000" } },
        { name: `fastify-${host}`, file: "fastify.cjs", config: { host, codeGeneration: true }, env: { PORT: "3000" } },
        { name: `koa-${host}`, file: "koa.cjs", config: { host }, env: { PORT: "3000" } },
      ]),
    );
  });
  after(() => lifted.stop());

  for (const { host, kinds } of HOSTS) {
    const url = (app: string) => lifted.urls.get(`${app}-${host}`) as string;
    const quiet = () => assert.doesNotMatch(lifted.log(), TROUBLE);

    it(`${host}: ${AT_ONCE} at once`, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
      const ask = asker(url("shared"), agent);
      const all = Object.entries(kinds);
      const asked = Array.from({ length: AT_ONCE }, (_, n) => {
        const [name, kind] = all[n % all.length] as [string, Kind];
        return kind(ask, `${name}-parallel-${n}`);
      });
      await Promise.all(asked);
      agent.destroy();
      quiet();
    });

    it(`${host}: ${IN_SEQUENCE} one after the other`, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ask = asker(url("shared"), agent);
      const all = Object.entries(kinds);
      for (let n = 0; n < IN_SEQUENCE; n++) {
        const [name, kind] = all[n % all.length] as [string, Kind];
        await kind(ask, `${name}-sequence-${n}`);
      }
      agent.destroy();
      quiet();
    });

    it(`${host}: ${AT_ONCE} at once at Fastify and Koa`, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
      for (const app of ["fastify", "koa"]) {
        const ask = asker(url(app), agent);
        const alone = await ask("/");
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => ask("/")));
        for (const answer of answers) assert.deepEqual([answer.status, answer.body], [alone.status, alone.body]);
      }
      agent.destroy();
      quiet();
    });

    it(`${host}: WebSockets stay open beside ${AT_ONCE} requests and keep their messages apart`, async () => {
      const sockets = Array.from({ length: 20 }, (_, n) => new WebSocket(`${url("ws")}/socket${n}`));
      const agent = new Agent({ keepAlive: true });
      const ask = asker(url("ws"), agent);
      const talk = async (socket: WebSocket, n: number) => {
        const heard: string[] = [];
        socket.on("message", (data) => heard.push(String(data)));
        await new Promise((resolve, reject) => socket.once("message", resolve).once("error", reject));
        for (let turn = 0; turn < 10; turn++) {
          const answered = new Promise((resolve) => socket.once("message", resolve));
          socket.send(`${n}:${turn}`);
          await answered;
        }
        assert.deepEqual(heard, [
          `hello /socket${n} nobody`,
          ...Array.from({ length: 10 }, (_, turn) => `${n}:${turn}`),
        ]);
        const closed = new Promise((resolve) => socket.once("close", resolve));
        socket.close();
        await closed;
      };
      await Promise.all([...sockets.map(talk), ...Array.from({ length: AT_ONCE }, () => expectBody(ask("/"), "http"))]);
      agent.destroy();
      quiet();
    });
  }
});
