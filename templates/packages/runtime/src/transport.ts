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
 */

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
