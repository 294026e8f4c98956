/** Dials the object over either transport; the default export runs one exchange per request. */
import { DurableObject } from "cloudflare:workers";
import { acceptByteStream, openByteStream, type ByteStream, type TransportKind } from "../../src/transport";

interface Env {
  Peer: DurableObjectNamespace<Peer>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Peer extends DurableObject<Env> {
  #sent = 0;

  override async connect(socket: Socket): Promise<void> {
    await this.#serve(socket, (await socket.opened).localAddress ?? "");
  }

  override fetch(request: Request): Response {
    const connection = acceptByteStream(request);
    if (!connection) return new Response(String(this.#sent));
    if (connection.address === "refused:1") return new Response(null, { status: 403 });
    this.ctx.waitUntil(this.#serve(connection.stream, connection.address));
    return connection.response;
  }

  async #serve(stream: ByteStream, address: string): Promise<void> {
    const [behaviour] = address.split(":");
    if (behaviour === "echo") await stream.readable.pipeTo(stream.writable);
    if (behaviour === "greet") await write(stream, `hello ${address}`);
    if (behaviour === "count") await write(stream, String((await readAll(stream)).byteLength));
    if (behaviour === "close") await stream.close();
    if (behaviour === "flood") {
      const writer = stream.writable.getWriter();
      this.#sent = 0;
      for (let chunk = 0; chunk < 200; chunk++) {
        await writer.write(new Uint8Array(100_000));
        this.#sent += 100_000;
      }
      await writer.close();
    }
  }
}

async function write(stream: ByteStream, text: string): Promise<void> {
  const writer = stream.writable.getWriter();
  await writer.write(encoder.encode(text));
  await writer.close();
}

async function readAll(stream: ByteStream): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream.readable).arrayBuffer());
}

const exchanges: Record<
  string,
  (open: (address: string) => ByteStream, peer: DurableObjectStub<Peer>) => Promise<unknown>
> = {
  async echo(open) {
    const stream = open("echo:1");
    const writing = write(stream, "there and back");
    const text = decoder.decode(await readAll(stream));
    await writing;
    return text;
  },
  greet: async (open) => decoder.decode(await readAll(open("greet:6379"))),
  async count(open) {
    const stream = open("count:1");
    const writer = stream.writable.getWriter();
    for (let chunk = 0; chunk < 100; chunk++) await writer.write(new Uint8Array(100_000));
    await writer.close();
    return decoder.decode(await readAll(stream));
  },
  async big(open) {
    const stream = open("echo:1");
    const sent = crypto.getRandomValues(new Uint8Array(60_000));
    const whole = new Uint8Array(3_000_000).map((_, index) => sent[index % 60_000] as number);
    const writer = stream.writable.getWriter();
    const writing = writer.write(whole).then(() => writer.close());
    const received = await readAll(stream);
    await writing;
    return received.byteLength === whole.byteLength && received.every((byte, index) => byte === whole[index]);
  },
  async backpressure(open, peer) {
    const stream = open("flood:1");
    const reader = stream.readable.getReader();
    await reader.read();
    await scheduler.wait(200);
    const sent = Number(await (await peer.fetch("http://peer/")).text());
    let received = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) received += part.value.byteLength;
    return { waited: sent < 5_000_000, all: received > 19_000_000 };
  },
  async many(open) {
    const exchange = async (index: number) => {
      const stream = open("echo:1");
      const writing = write(stream, `${index}`);
      const text = decoder.decode(await readAll(stream));
      await writing;
      return text;
    };
    return (await Promise.all(Array.from({ length: 25 }, (_, index) => exchange(index)))).join();
  },
  async closed(open) {
    const stream = open("close:1");
    await stream.opened;
    const { done } = await stream.readable.getReader().read();
    return done;
  },
  refused: (open) =>
    open("refused:1").opened.then(
      () => "opened",
      () => "refused",
    ),
};

export default {
  async fetch(request, env) {
    const [, kind, name] = new URL(request.url).pathname.split("/") as [string, TransportKind, string];
    const peer = env.Peer.getByName("main");
    const exchange = exchanges[name];
    if (!exchange) return new Response("no such exchange", { status: 404 });
    return Response.json(await exchange((address) => openByteStream(peer, address, kind), peer));
  },
} satisfies ExportedHandler<Env>;
