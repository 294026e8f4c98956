/** One service reaches another by its Compose name, over HTTP and TCP. */

import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { after, before, describe, it } from "node:test";
import { startLifted, type Running } from "./lift.ts";

const peers = {
  backend: { kind: "app", binding: "BACKEND" },
  sockets: { kind: "app", binding: "SOCKETS" },
  network: { kind: "self" },
  outside: { kind: "external", address: "OUTSIDE_HTTP" },
  "outside-tcp": { kind: "external", address: "OUTSIDE_TCP" },
  "nobody-outside": { kind: "external", address: "OUTSIDE_NOBODY" },
} as const;

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

for (const transport of ["connect", "websocket"] as const) {
  describe(`network, objects reached by ${transport}`, () => {
    let lifted: Running;
    const ask = async (path: string) => {
      const response = await fetch(`${lifted.urls.get("network")}${path}`, { signal: AbortSignal.timeout(10_000) });
      const text = await response.text();
      assert.equal(response.status, 200, `${text}\n${lifted.log()}`);
      return JSON.parse(text) as unknown;
    };

    const outside: Server[] = [
      createHttpServer((req, res) =>
        res.end(`outside ${req.url} ${req.headers.host === undefined ? "without" : "with"} host`),
      ),
      createTcpServer((socket) => socket.pipe(socket)),
    ];

    before(async () => {
      const [http, tcp] = (await Promise.all(outside.map(listen))) as [string, string];
      const env = { OUTSIDE_HTTP: http, OUTSIDE_TCP: tcp };
      lifted = await startLifted([
        { name: "network", file: "network.cjs", config: { peers, transport }, services: ["backend", "sockets"], env },
        { name: "sockets", file: "ws.cjs", config: { transport } },
        { name: "backend", file: "backend.cjs", config: { port: 8080, transport } },
      ]);
    });
    after(async () => {
      await lifted.stop();
      for (const server of outside) server.close();
    });

    const hello = (method: string, query: string, host: string, xy: string, body: number) =>
      `${method} /hello${query} host=${host} x-y=${xy} body=${body}`;
    const expected: Record<string, unknown> = {
      "/fetch": hello("GET", "?x=1", "backend:8080", "z", 0),
      "/axios": hello("POST", "", "backend:8080", "axios", 7),
      "/get": hello("GET", "", "backend:8080", "undefined", 0),
      "/default-port": hello("GET", "", "backend", "undefined", 0),
      "/second-server": "second server",
      "/closed-port": "fetch failed: ECONNREFUSED",
      "/closed-port-get": "ECONNREFUSED connect 4321",
      "/axios-closed": "ECONNREFUSED",
      "/redirect": hello("GET", "?moved", "backend:8080", "undefined", 0),
      "/set-cookie": ["a=1", "b=2"],
      "/gzip": 4000,
      "/stream": 1_000_000,
      "/upload": 1_000_000,
      "/tcp": 300_006,
      "/tcp-address": "by address\n",
      "/tcp-self": "to myself\n",
      "/tcp-closed": "ECONNREFUSED",
      "/tcp-unknown": "ENOTFOUND getaddrinfo nowhere",
      "/tcp-self-closed": "ECONNREFUSED connect 1",
      "/tcp-many": Array.from({ length: 20 }, (_, index) => `${index}\n`).join(""),
      "/half-close": "heard: last words",
      "/idle": "timeout",
      "/external": [
        "outside /path?x=1 with host",
        "to the outside\n",
        'the service "nobody-outside" is outside: set the variable OUTSIDE_NOBODY to its "host:port"',
      ],
      "/wire": [hello("GET", "?wire", "backend:8080", "wire", 0), "5", "7"],
      "/websocket": ["hello /echo nobody", "between services", 1000],
      "/dns": ["127.0.0.1", true, "10.89.0.2", 1, "ENOTFOUND nowhere"],
    };
    for (const [path, answer] of Object.entries(expected)) {
      it(path, async () => assert.deepEqual(await ask(path), answer, lifted.log()));
    }

    it("lets nobody outside choose a port", async () => {
      const url = lifted.urls.get("backend") as string;
      const headers = { "x-dock2edge-port": "9090", "x-dock2edge-connect": "backend:7000" };
      assert.match(await (await fetch(`${url}/hello`, { headers })).text(), /^GET \/hello /);
    });
  });
}
