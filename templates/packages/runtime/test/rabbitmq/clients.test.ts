import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { connect as connectManaged } from "amqp-connection-manager";
import type * as Amqplib from "amqplib";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { startRabbitWorker } from "./servers.ts";

const require = createRequire(import.meta.url);

describe("client libraries, unmodified", () => {
  let worker: RunningWorker;
  let url: string;

  before(async () => {
    worker = await startRabbitWorker();
    url = `amqp://guest:guest@127.0.0.1:${worker.tcpPort}`;
  });

  after(() => worker?.stop());

  for (const version of ["amqplib-0.8", "amqplib-0.10", "amqplib"]) {
    it(`${version}: work queue with prefetch, confirms, dead letters, request and reply`, async () => {
      const amqplib = require(version) as typeof Amqplib;
      const connection = await amqplib.connect(url);
      const channel = await connection.createConfirmChannel();
      const queue = `work.${version}`;
      const dead = `${queue}.dead`;
      await channel.assertQueue(dead);
      await channel.assertQueue(queue, {
        deadLetterExchange: "",
        deadLetterRoutingKey: dead,
        arguments: { "x-max-length": 100 },
      });
      await channel.prefetch(2);
      for (const text of ["one", "two", "bad", "four"]) {
        channel.sendToQueue(queue, Buffer.from(text), { persistent: true, headers: { source: "test" } });
      }
      await channel.waitForConfirms();
      const seen: string[] = [];
      await new Promise<void>((resolve, reject) => {
        channel
          .consume(queue, (message) => {
            const text = message!.content.toString();
            seen.push(text);
            if (text === "bad") channel.nack(message!, false, false);
            else channel.ack(message!);
            if (seen.length === 4) resolve();
          })
          .catch(reject);
      });
      assert.deepEqual(seen, ["one", "two", "bad", "four"]);
      const letter = await waitFor(() => channel.get(dead, { noAck: true }));
      assert.equal(letter.content.toString(), "bad");
      const [death] = letter.properties.headers!["x-death"]!;
      assert.deepEqual([death!.queue, death!.reason, death!.count], [queue, "rejected", 1]);

      const rpc = await connection.createChannel();
      const { queue: asked } = await rpc.assertQueue("", { exclusive: true });
      await rpc.consume(asked, (message) => {
        rpc.sendToQueue(message!.properties.replyTo as string, Buffer.from(`${message!.content.toString()}!`), {
          correlationId: message!.properties.correlationId as string,
        });
        rpc.ack(message!);
      });
      const answer = new Promise<string>((resolve, reject) => {
        rpc
          .consume("amq.rabbitmq.reply-to", (message) => resolve(message!.content.toString()), { noAck: true })
          .then(() =>
            rpc.sendToQueue(asked, Buffer.from("ping"), { replyTo: "amq.rabbitmq.reply-to", correlationId: "1" }),
          )
          .catch(reject);
      });
      assert.equal(await answer, "ping!");

      const failing = await connection.createChannel();
      failing.on("error", () => {});
      await assert.rejects(
        failing.checkQueue("nowhere"),
        /404 \(NOT-FOUND\) with message "NOT_FOUND - no queue 'nowhere' in vhost '\/'"/,
      );
      await connection.close();
    });
  }

  it("amqp-connection-manager: topics, a channel that is set up anew after a lost connection", async () => {
    const connection = connectManaged([url], { heartbeatIntervalInSeconds: 1 });
    const received: string[] = [];
    const channel = connection.createChannel({
      json: true,
      async setup(raw: Amqplib.ConfirmChannel) {
        await raw.assertExchange("events", "topic", { durable: true });
        const { queue } = await raw.assertQueue("listener", { durable: true });
        await raw.bindQueue(queue, "events", "order.#");
        await raw.consume(queue, (message) => {
          received.push(`${message!.fields.routingKey} ${message!.content.toString()}`);
          raw.ack(message!);
        });
      },
    });
    await channel.waitForConnect();
    await channel.publish("events", "order.created", { id: 1 });
    await channel.publish("events", "user.created", { id: 2 });
    await waitFor(() => received[0] as string | undefined);
    (connection.connection as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await new Promise<void>((resolve) => connection.once("connect", () => resolve()));
    await channel.waitForConnect();
    await channel.publish("events", "order.paid", { id: 3 });
    await waitFor(() => received[1] as string | undefined);
    assert.deepEqual(received, ['order.created {"id":1}', 'order.paid {"id":3}']);
    // Heartbeats of one second keep an idle connection.
    await new Promise((resolve) => setTimeout(resolve, 3500));
    assert.equal(connection.isConnected(), true);
    await channel.publish("events", "order.sent", { id: 4 });
    await waitFor(() => received[2] as string | undefined);
    await connection.close();
  });

  it("refuses a wrong password and an unknown virtual host", async () => {
    const amqplib = require("amqplib") as typeof Amqplib;
    await assert.rejects(amqplib.connect(url.replace("guest:guest", "guest:wrong")), /403 \(ACCESS-REFUSED\)/);
    await assert.rejects(amqplib.connect(`${url}/elsewhere`), /Expected ConnectionOpenOk; got <ConnectionClose/);
  });
});

/** What `look` finds, once it finds something. */
async function waitFor<Found>(
  look: () => Promise<Found | false | undefined> | Found | false | undefined,
): Promise<Found> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("nothing came");
}
