import type { ByteStream } from "../transport";
import { ByteReader, ConnectionEnded } from "./byte-reader";

/** One side of a connection during the login. */
export interface Party {
  readonly reader: ByteReader;
  write(bytes: Uint8Array): Promise<void>;
}

/** How a login ended. */
export type LoginResult =
  /** From here on both sides talk to each other. */
  | "connected"
  /** Both sides talk to each other through `relay`, which ends with the connection. */
  | { relay: () => Promise<void> }
  /** The client was told why not, or has nothing more to say. */
  | "ended";

/**
 * What both databases have in common: the app's side of a connection whose login is conducted by `login`, with the
 * credentials of the Hyperdrive binding towards the database and without any towards the app. Afterwards the bytes pass
 * through unchanged, unless the protocol has more logins to come, and each direction only as fast as its receiver reads.
 */
export function openThroughLogin(
  hyperdrive: Hyperdrive,
  login: (client: Party, database: Party) => Promise<LoginResult>,
): ByteStream {
  const upstream = hyperdrive.connect();
  const fromApp = new IdentityTransformStream();
  const toApp = new IdentityTransformStream();
  const finished = relay(upstream, fromApp.readable, toApp.writable, login);
  const closed = finished.finally(() => upstream.close().catch(() => {}));
  // Whoever is interested awaits it; nobody has to.
  closed.catch(() => {});
  return {
    readable: toApp.readable,
    writable: fromApp.writable,
    opened: upstream.opened,
    closed,
    async close() {
      await upstream.close().catch(() => {});
    },
  };
}

async function relay(
  upstream: Socket,
  fromApp: ReadableStream<Uint8Array>,
  toApp: WritableStream<Uint8Array>,
  login: (client: Party, database: Party) => Promise<LoginResult>,
): Promise<void> {
  const clientWriter = toApp.getWriter();
  const databaseWriter = upstream.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>;
  const client: Party = {
    reader: new ByteReader(fromApp),
    write: (bytes) => clientWriter.write(bytes),
  };
  const database: Party = {
    reader: new ByteReader(upstream.readable as ReadableStream<Uint8Array>),
    write: (bytes) => databaseWriter.write(bytes),
  };
  let result: LoginResult;
  try {
    await upstream.opened;
    result = await login(client, database);
    if (typeof result === "object") {
      await result.relay();
      result = "ended";
    }
  } catch (error) {
    // A side that hung up ends the connection for the other one too; anything else breaks it.
    if (!(error instanceof ConnectionEnded)) {
      await Promise.allSettled([clientWriter.abort(error), databaseWriter.abort(error), client.reader.cancel(error)]);
      throw error;
    }
    result = "ended";
  }
  if (result === "ended") {
    // Not awaited: it ends when the app has read the last message, if it ever does.
    clientWriter.close().catch(() => {});
    await Promise.allSettled([databaseWriter.close(), client.reader.cancel()]);
    return;
  }
  const early = client.reader.release();
  if (early.length > 0) await databaseWriter.write(early);
  const first = database.reader.release();
  if (first.length > 0) await clientWriter.write(first);
  clientWriter.releaseLock();
  databaseWriter.releaseLock();
  await Promise.allSettled([
    fromApp.pipeTo(upstream.writable as WritableStream<Uint8Array>),
    (upstream.readable as ReadableStream<Uint8Array>).pipeTo(toApp),
  ]);
}
