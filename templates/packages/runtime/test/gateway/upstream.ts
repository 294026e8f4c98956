/**
 * The service behind the gateway. The same function answers behind nginx (as a Node server) and behind the gateway (as a
 * Worker), so that only what stands in front can make a difference.
 */

/** Where a request arrived: the service and port that the configuration names. */
export interface Arrival {
  host: string;
  port: string;
  /** host:port that was really dialled. */
  address: string;
}

/** Headers of a request that depend on what carries it and not on the configuration. */
const carriers = new Set([
  "connection",
  "cf-connecting-ip",
  "cf-ray",
  "cf-worker",
  "cf-ew-via",
  "cdn-loop",
  "transfer-encoding",
]);

export async function answer(request: Request, arrival: Arrival): Promise<Response> {
  const url = new URL(request.url);
  const target = (name: string): string | null => url.searchParams.get(name);
  const last = url.pathname.split("/").at(-1) ?? "";
  if (/\/status\/[2-5]\d\d$/.test(url.pathname)) {
    const status = Number(last);
    const headers = { "content-type": "text/plain", "www-authenticate": 'Basic realm="upstream"' };
    return new Response(status === 204 || status === 304 ? null : `upstream says ${status}\n`, { status, headers });
  }
  if (last === "redirect") {
    const location = (target("to") ?? "/").replace(/^self:/, `http://${arrival.address}`);
    return new Response("moved\n", { status: 302, headers: { location, "content-type": "text/plain" } });
  }
  if (last === "cookies") {
    const headers = new Headers({ "content-type": "text/plain" });
    headers.append("set-cookie", "a=1; Path=/; Domain=api.internal; HttpOnly");
    headers.append("set-cookie", "b=2; Path=/base/x; Secure");
    return new Response("cookies\n", { headers });
  }
  if (last === "gzip") {
    const body = new Response("compressed ".repeat(200)).body!.pipeThrough(new CompressionStream("gzip"));
    return new Response(await new Response(body).arrayBuffer(), {
      headers: { "content-encoding": "gzip", "content-type": "text/plain" },
      // workerd compresses by itself otherwise; Node does not know the option.
      ...({ encodeBody: "manual" } as object),
    });
  }
  if (last === "server") {
    return new Response("x", {
      headers: {
        server: "upstream/1",
        date: "Mon, 01 Jan 2024 00:00:00 GMT",
        "x-accel-expires": "0",
        "x-powered-by": "u",
      },
    });
  }
  if (last === "none") {
    return new Response(new Uint8Array([1, 2, 3]));
  }
  if (last === "cached") {
    return new Response("c", {
      headers: { "cache-control": "public, max-age=5", expires: "0", "content-type": "text/html" },
    });
  }
  if (url.pathname.endsWith("/accel/file")) {
    return new Response("not this", {
      headers: { "x-accel-redirect": "/protected/a.txt", "content-type": "text/x-handed-over", "set-cookie": "seen=1" },
    });
  }
  if (url.pathname.endsWith("/accel/named")) {
    return new Response("not this", { headers: { "x-accel-redirect": "@api" } });
  }
  if (url.pathname.endsWith("/text/part")) {
    return new Response("part of the upstream");
  }
  if (last === "events") {
    return new Response("data: 1\n\ndata: 2\n\n", { headers: { "content-type": "text/event-stream" } });
  }
  return echo(request, arrival, url);
}

async function echo(request: Request, arrival: Arrival, url: URL): Promise<Response> {
  const headers = [...request.headers].filter(([name]) => !carriers.has(name)).sort();
  const seen = {
    arrival: `${arrival.host}:${arrival.port}`,
    method: request.method,
    target: url.pathname + url.search,
    headers: Object.fromEntries(headers),
    body: await request.text(),
  };
  return new Response(JSON.stringify(seen, null, 1), {
    headers: { "content-type": "application/json", "x-upstream": arrival.host },
  });
}
