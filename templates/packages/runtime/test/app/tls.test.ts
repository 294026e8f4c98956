/** TLS to servers outside. Inside the project there is none: its connections never leave Cloudflare. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import { startLifted, type Running } from "./lift.ts";

const cert = readFileSync(join(import.meta.dirname, "localhost-cert.pem"), "utf8");
const key = readFileSync(join(import.meta.dirname, "localhost-key.pem"), "utf8");

function startTlsServer(): Server {
  return createTcpServer((plain) => {
    plain.once("data", (command) => {
      plain.write(`ready after ${String(command).trim()}`);
      const secure = new TLSSocket(plain, { isServer: true, cert, key });
      secure.on("error", () => {});
      secure.pipe(secure);
    });
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("tls", () => {
  let lifted: Running;
  const servers = [
    createTlsServer({ cert, key }, (socket) => socket.on("error", () => {}).pipe(socket)),
    startTlsServer(),
  ];
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${lifted.urls.get("tls")}${path}`, { signal: AbortSignal.timeout(10_000) });
    return response.json();
  };

  before(async () => {
    const [secure, upgrading] = (await Promise.all(servers.map(listen))) as [number, number];
    const external = (address: string) => ({ kind: "external", address }) as const;
    lifted = await startLifted(
      [
        {
          name: "tls",
          file: "tls.cjs",
          config: {
            peers: { secure: external("SECURE"), upgrading: external("UPGRADING"), untrusted: external("UNTRUSTED") },
          },
          // The certificate is for localhost; under the address it is another server's.
          env: { SECURE: `localhost:${secure}`, UPGRADING: `localhost:${upgrading}`, UNTRUSTED: `127.0.0.1:${secure}` },
        },
      ],
      { trusted: cert },
    );
  });
  after(async () => {
    await lifted.stop();
    for (const server of servers) server.close();
  });

  it("from the first byte", async () =>
    assert.deepEqual(await ask("/direct"), [true, true, true, "ping"], lifted.log()));

  it("on a connection that stands", async () => {
    assert.deepEqual(await ask("/starttls"), ["ready after STARTTLS", 200_000], lifted.log());
  });

  it("is refused where the certificate is another server's", async () =>
    assert.match(String(await ask("/untrusted")), /^E/));

  it("over a stream that is no socket only fails when it is used", async () =>
    assert.deepEqual(await ask("/stream"), ["function", "ERR_TLS_UNSUPPORTED"]));

  it("has no servers, and says what to do", async () =>
    assert.match(String(await ask("/server")), /Serve plain HTTP or TCP/));
});
