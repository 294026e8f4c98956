/**
 * The request with the Accept-Encoding its client sent.
 *
 * Cloudflare replaces the header by "gzip, br" before a Worker sees the request and keeps the client's own beside it. An app
 * that compresses by itself has to see the client's: else it compresses for clients that cannot read it.
 */
export function withClientEncoding(request: Request): Request {
  const sent = (request.cf as { clientAcceptEncoding?: unknown } | undefined)?.clientAcceptEncoding;
  if (typeof sent !== "string" || sent === (request.headers.get("accept-encoding") ?? "")) return request;
  const restored = new Request(request);
  if (sent === "") restored.headers.delete("accept-encoding");
  else restored.headers.set("accept-encoding", sent);
  return restored;
}
