/**
 * Byte streams between Workers and Durable Objects.
 *
 * Everything that speaks a TCP protocol inside the converted project (a Redis client, a Postgres driver, one app
 * dialling another) goes through this module, so there is one place that decides how the bytes travel:
 *
 * - `connect`: `stub.connect(address)`, received by the other side's `connect()` handler. Documented for service
 *   bindings; for Durable Object stubs it has only been seen in local workerd.
 * - `websocket`: the same bytes as binary messages of a WebSocket that is opened with the other side's `fetch()`.
 *   Works wherever Durable Objects work, at the price of one more layer.
 *
 * A connection buffers nothing: a write may wait until the other side reads. Whoever serves a protocol has to keep
 * reading while a write is under way, as both ends may begin by talking.
 */

import { WebSocketBytes } from "./websocket-bytes";
import { Response } from "./native";

/** A TCP-like, full-duplex stream of bytes. A `Socket` of `cloudflare:sockets` satisfies it. */
export interface ByteStream {
  /** Bytes from the other side; ends when it half-closes. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Bytes to the other side; closing it half-closes the connection. */
  readonly writable: WritableStream<Uint8Array>;
  /** Settles once the connection stands, or rejects when it could not be made. */
  readonly opened: Promise<unknown>;
  /** Settles when both directions are done, or rejects with what broke the connection. */
  readonly closed: Promise<unknown>;
  /** Ends the connection in both directions. */
  close(): Promise<void>;
}

/** The ways in which bytes reach a Durable Object. */
export type TransportKind = "connect" | "websocket";

/** What can be dialled: a service binding or the stub of a Durable Object. */
export type Dialable = Pick<Fetcher, "connect" | "fetch">;

/** Carries the dialled address ("redis:6379") of the websocket transport. The public entrypoint removes it from what comes in. */
export const ADDRESS_HEADER = "x-dock2edge-connect";

/** Opens a connection to `address` ("host:port") at the other end of `target`. Failures show in `opened`. */
export function openByteStream(target: Dialable, address: string, kind: TransportKind): ByteStream {
  return kind === "connect" ? target.connect(address) : openOverWebSocket(target, address);
}

/** A connection that arrived over the websocket transport. */
export interface AcceptedByteStream {
  /** What was dialled: "host:port". */
  address: string;
  stream: ByteStream;
  /** The answer that `fetch()` has to return for the connection to stand. */
  response: Response;
}

/** The receiving side of the websocket transport; null for any other request. */
export function acceptByteStream(request: Request): AcceptedByteStream | null {
  const address = request.headers.get(ADDRESS_HEADER);
  if (address === null || request.headers.get("upgrade")?.toLowerCase() !== "websocket") return null;
  const [theirs, ours] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
  return {
    address,
    stream: new WebSocketBytes(Promise.resolve(ours)),
    response: new Response(null, { status: 101, webSocket: theirs }),
  };
}

/**
 * The first byte of a connection to an app. `opened` says only that the other Worker was reached; whether anybody listens on
 * the port there is known by this byte, and its absence is a refused connection.
 */
const ACCEPTED = 0x06;

/** Tells the other side that somebody listens. Its counterpart is `whenAccepted`. */
export async function announceAccepted(stream: ByteStream): Promise<void> {
  const writer = stream.writable.getWriter();
  await writer.write(new Uint8Array([ACCEPTED]));
  writer.releaseLock();
}

/** The same connection, opened when the other side has announced a listener; otherwise `opened` rejects with `refusal`. */
export function whenAccepted(stream: ByteStream, refusal: Error): ByteStream {
  const reader = stream.readable.getReader();
  reader.closed.catch(() => {}); // told by the next read
  let first: Uint8Array | undefined;
  const opened = stream.opened
    .then(() => reader.read())
    .then(
      ({ value }) => {
        if (value?.[0] !== ACCEPTED) throw refusal;
        first = value.subarray(1);
      },
      () => {
        throw refusal;
      },
    );
  opened.catch(() => {}); // whoever reads is told, too
  const readable = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await opened;
        const rest = first;
        first = undefined;
        if (rest && rest.byteLength > 0) return controller.enqueue(rest);
        const part = await reader.read();
        if (part.done) controller.close();
        else controller.enqueue(part.value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { readable, writable: stream.writable, opened, closed: stream.closed, close: () => stream.close() };
}

/** Two ends of a connection inside one instance, for a client and a server of the same app. */
export function byteStreamPair(): [ByteStream, ByteStream] {
  const there = new IdentityTransformStream();
  const back = new IdentityTransformStream();
  return [loopbackEnd(back.readable, there.writable), loopbackEnd(there.readable, back.writable)];
}

function loopbackEnd(readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array>): ByteStream {
  const closed = Promise.withResolvers<void>();
  return {
    readable,
    writable,
    opened: Promise.resolve(),
    closed: closed.promise,
    async close() {
      closed.resolve();
      // A locked stream refuses; then its reader or writer ends it.
      await Promise.allSettled([writable.abort(), readable.cancel()]);
    },
  };
}

function openOverWebSocket(target: Dialable, address: string): ByteStream {
  const headers = { upgrade: "websocket", [ADDRESS_HEADER]: address };
  const socket = target.fetch("http://transport.internal/", { headers }).then((response) => {
    if (!response.webSocket) throw new Error(`${address} did not accept the connection: status ${response.status}`);
    return response.webSocket;
  });
  return new WebSocketBytes(socket);
}
