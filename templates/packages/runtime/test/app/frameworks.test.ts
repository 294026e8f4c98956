/** Unmodified apps answer in workerd what they answer on Node. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startLifted, startOriginal, type LiftedApp, type Running } from "./lift.ts";
import { observe, type Asked } from "./observe.ts";

const form = new FormData();
form.set("title", "a title");
form.set("file", new Blob([new Uint8Array(300_000).fill(7)]), "seven.bin");

const json = { "content-type": "application/json" };

/** What each app is asked; a text is a GET. */
const QUESTIONS: Record<string, (string | Asked)[]> = {
  plain: [
    ..."/ /status /json /204 /304 /fixed /download /events /seen /sse /order /ticks /errors /self /client".split(" "),
    ..."/cookies /refused /unknown-host /fetch-unknown /timeout /abort /process /stream-error /nothing".split(" "),
    { path: "/headers", headers: { "x-one": "1", cookie: "a=b; c=d" } },
    { path: "/echo", method: "POST", headers: { "content-type": "text/y" }, body: "text to come back" },
    { path: "/upload", method: "PUT", body: new Uint8Array(5 * 1024 * 1024) },
    { path: "/fixed", method: "HEAD" },
    { path: "/", method: "HEAD" },
    { path: "/json?q=%20a&b=%2F..%2F", method: "OPTIONS" },
  ],
  builtins: (
    "/cipher /tag /keys /alloc /parse-args /parse-own-args /lines /line-events /question /errors-in-callbacks /timers /heap /globals /console " +
    "/warning /context"
  ).split(" "),
  express: [
    ..."/ /count /self /big /redirect /cookie /etag /params/1/x/y?z=1&z=2 /throw /reject /nothing".split(" "),
    { path: "/big", headers: { "accept-encoding": "gzip" } },
    { path: "/big", headers: { "accept-encoding": "br" } },
    { path: "/big", headers: { "accept-encoding": "identity" } },
    { path: "/etag", headers: { "if-none-match": 'W/"9-nG3V0kJQNBOPmxpDK2v5KXQNRQg"' } },
    { path: "/json", method: "POST", headers: json, body: '{"a":[1,2,{"b":null}]}' },
    { path: "/json", method: "POST", headers: json, body: "{broken" },
    { path: "/form", method: "POST", body: new URLSearchParams({ a: "1", b: "x y" }) },
    { path: "/big", method: "HEAD" },
    { path: "/ip", headers: { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" } },
  ],
  koa: "/ /json?a=1 /stream /message /throw /empty /events /flood /nothing".split(" "),
  hono: [..."/ /json/3?a=1 /self /events /nothing".split(" "), { path: "/echo", method: "POST", body: '{"b":2}' }],
  fastify: [
    ..."/ /schema/3 /schema/x /inject /throw /stream /nothing".split(" "),
    { path: "/users", method: "POST", headers: json, body: '{"name":"Ada","age":"36"}' },
    { path: "/users", method: "POST", headers: json, body: '{"name":"A"}' },
  ],
};

/** Apps whose packages compile functions at run time. */
const CODE_GENERATION = new Set(["fastify"]);

const HOSTS = ["durable-object", "worker"] as const;

describe("frameworks", () => {
  let lifted: Running;
  const names = Object.keys(QUESTIONS);

  before(async () => {
    const apps = names.flatMap((name) =>
      HOSTS.map((host): LiftedApp => {
        const config = { host, codeGeneration: CODE_GENERATION.has(name) };
        return { name: `${name}-${host}`, file: `${name}.cjs`, config, env: { PORT: "3000" } };
      }),
    );
    lifted = await startLifted(apps);
  });
  after(() => lifted.stop());

  for (const name of names) {
    describe(name, () => {
      let original: Awaited<ReturnType<typeof startOriginal>>;

      before(async () => (original = await startOriginal(`${name}.cjs`)));
      after(() => original.stop());

      for (const host of HOSTS) {
        const url = () => lifted.urls.get(`${name}-${host}`) as string;

        for (const question of QUESTIONS[name] ?? []) {
          const asked = typeof question === "string" ? { path: question } : question;
          it(`${host}: ${asked.method ?? "GET"} ${asked.path} ${JSON.stringify(asked.headers ?? "")}`, async () => {
            const expected = await observe(original.url, asked);
            assert.deepEqual(await observe(url(), asked), expected, lifted.log());
          });
        }

        it(`${host}: answers many requests at once`, async () => {
          const asked = (QUESTIONS[name] ?? []).filter((question) => typeof question === "string").slice(0, 3);
          const expected = await Promise.all(asked.map((path) => observe(original.url, { path })));
          const round = () => Promise.all(asked.map((path) => observe(url(), { path })));
          for (const answers of await Promise.all(Array.from({ length: 20 }, round)))
            assert.deepEqual(answers, expected);
        });
      }
    });
  }

  it("takes files by multipart", async () => {
    const original = await startOriginal("express.cjs");
    try {
      const send = async (base: string) => (await fetch(`${base}/file`, { method: "POST", body: form })).json();
      assert.deepEqual(await send(lifted.urls.get("express-durable-object") as string), await send(original.url));
    } finally {
      await original.stop();
    }
  });

  it("keeps a session over requests", async () => {
    const base = lifted.urls.get("express-durable-object") as string;
    const first = await fetch(`${base}/count`);
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const second = await fetch(`${base}/count`, { headers: { cookie } });
    assert.deepEqual([await first.json(), await second.json()], [{ count: 1 }, { count: 2 }]);
  });

  it("stops an endless answer when its reader leaves, and lets a slow reader slow it down", async () => {
    const base = lifted.urls.get("plain-durable-object") as string;
    const before = Number(await (await fetch(`${base}/aborted`)).text());
    const response = await fetch(`${base}/endless`);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    for (let attempt = 0; attempt < 50; attempt++) {
      if (Number(await (await fetch(`${base}/aborted`)).text()) > before) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail("the app was not told that its reader left");
  });

  it("streams events as they are made", async () => {
    const response = await fetch(`${lifted.urls.get("plain-durable-object")}/sse`);
    const decoder = new TextDecoder();
    const parts: string[] = [];
    for await (const part of response.body ?? []) parts.push(decoder.decode(part as Uint8Array));
    assert.equal(parts.length, 3);
  });
});
