/**
 * Real nginx and the gateway, side by side: every configuration below cases/ is asked the same, and must answer the same
 * status, headers and body.
 */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileTime, readCases, type Asked, type Case } from "./cases.ts";
import { startGateways, type Gateways } from "./gateway-worker.ts";
import { observe, type Observed } from "./observe.ts";
import { startNginx, type RealNginx } from "./real-nginx.ts";

const only = process.env.CASE;
const cases = readCases().filter((c) => only === undefined || c.name === only);

describe("gateway", () => {
  let gateways: Gateways | undefined;
  before(async () => {
    gateways = await startGateways(cases);
  });
  after(() => gateways?.stop());

  for (const c of cases) {
    describe(c.name, () => {
      let nginx: RealNginx | undefined;
      before(async () => {
        nginx = await startNginx(c);
      });
      after(() => nginx?.stop());

      for (const [i, asked] of c.requests.entries()) {
        it(`${i} ${title(asked)}`, async () => {
          const concrete = fillIn(c, asked);
          assert.ok(gateways, "workerd does not run");
          const actual = await observe(await gateways.port(c.name, asked.port !== undefined), throughPort(concrete));
          if (asked.instead) {
            assert.equal(actual.status, asked.instead.status);
            assert.ok(actual.body.includes(asked.instead.body ?? ""), actual.body);
            return;
          }
          assert.ok(nginx, "nginx does not run");
          const expected = await observe(nginx.port(asked.port ?? 80), concrete);
          assert.deepEqual(comparable(actual, expected), comparable(unmask(nginx, expected), expected));
        });
      }
    });
  }
});

function title(asked: Asked): string {
  const headers = Object.entries(asked.headers ?? {}).map(([name, value]) => ` ${name}: ${value}`);
  return `${asked.websocket ? "WebSocket" : (asked.method ?? "GET")} ${asked.path}${headers.join("")}`;
}

/** Another service dials a port by the URL, which is the Host header here. */
function throughPort(asked: Asked): Asked {
  if (asked.port === undefined) return asked;
  return { ...asked, headers: { ...asked.headers, host: `${asked.headers?.host ?? "site.test"}:${asked.port}` } };
}

/** Requests that name a file's ETag or date. */
function fillIn(c: Case, asked: Asked): Asked {
  const headers = Object.entries(asked.headers ?? {}).map(([name, value]) => {
    const size = value.includes("{etag}") ? statSync(join(c.folder, "image/usr/share/nginx/html", asked.path)).size : 0;
    const etag = `${fileTime.toString(16)}-${size.toString(16)}`;
    return [name, value.replace("{etag}", etag).replace("{mtime}", new Date(fileTime * 1000).toUTCString())];
  });
  return { ...asked, headers: Object.fromEntries(headers) };
}

function unmask(nginx: RealNginx, seen: Observed): Observed {
  const headers = Object.entries(seen.headers).map(([name, value]) => [name, nginx.unmask(value)]);
  return { ...seen, headers: Object.fromEntries(headers), body: nginx.unmask(seen.body) };
}

/** Takes out what may differ: the moment in Expires, the boundary of parts, lengths of bodies that were unmasked. */
function comparable(seen: Observed, original: Observed): Observed {
  const headers = { ...seen.headers };
  const expires = Date.parse(headers.expires ?? "");
  if (Math.abs(expires - Date.now()) < 400 * 86_400_000)
    headers.expires = `in about ${Math.round((expires - Date.now()) / 10_000)}0 s`;
  const boundary = /boundary=(\S+)/.exec(headers["content-type"] ?? "")?.[1];
  const body = boundary === undefined ? seen.body : seen.body.replaceAll(boundary, "BOUNDARY");
  if (boundary !== undefined) headers["content-type"] = "multipart/byteranges; boundary=BOUNDARY";
  // A length is compared where nginx names one; echoed addresses change it.
  // The runtime sends none with 204.
  if (
    original.headers["content-length"] === undefined ||
    seen.status === 204 ||
    headers["content-type"] === "application/json"
  ) {
    delete headers["content-length"];
  }
  return { ...seen, headers, body };
}
