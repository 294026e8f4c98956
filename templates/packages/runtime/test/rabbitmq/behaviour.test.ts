import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { RawClient } from "./amqp-client.ts";
import { startRabbitWorker } from "./servers.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function open(port: number, confirming = false): Promise<RawClient> {
  const client = await RawClient.open(port);
  await client.call(1, "ChannelOpen");
  if (confirming) await client.call(1, "ConfirmSelect", {});
  return client;
}

async function declare(client: RawClient, queue: string, args: object = {}, properties: object = {}): Promise<void> {
  const answer = await client.call(1, "QueueDeclare", { queue, durable: true, ...properties, arguments: args });
  assert.equal(answer.name, "QueueDeclareOk", String(answer.fields.replyText));
}

function send(client: RawClient, queue: string, body: string, properties: object = { deliveryMode: 2 }): void {
  client.publish(1, { exchange: "", routingKey: queue }, properties, body);
}

/** Takes all messages of a queue: their bodies, with a star where they are marked as redelivered. */
async function drain(client: RawClient, queue: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const answer = await client.call(1, "BasicGet", { queue, noAck: true });
    if (answer.name !== "BasicGetOk") return bodies;
    bodies.push(answer.body!.toString() + (answer.fields.redelivered ? "*" : ""));
  }
}

/** Runs `first`, kills the Worker, and runs `second` with another one that has the same storage. */
async function overRestart(
  first: (port: number) => Promise<void>,
  second: (port: number) => Promise<void>,
): Promise<void> {
  const storage = await mkdtemp(join(tmpdir(), "rabbitmq-restart-"));
  try {
    for (const part of [first, second]) {
      const worker = await startRabbitWorker({ storage });
      try {
        await part(worker.tcpPort);
      } finally {
        await worker.stop();
      }
    }
  } finally {
    await rm(storage, { recursive: true, force: true });
  }
}

describe("a RabbitMQ broker that is killed", () => {
  it("has what was confirmed as persistent, and nothing that was not", () =>
    overRestart(
      async (port) => {
        const client = await open(port, true);
        await declare(client, "kept");
        await declare(client, "passing", {}, { durable: false });
        await client.call(1, "ExchangeDeclare", { exchange: "events", type: "topic", durable: true });
        await client.call(1, "QueueBind", { queue: "kept", exchange: "events", routingKey: "a.#" });
        for (const body of ["one", "two", "three", "four"]) send(client, "kept", body);
        send(client, "kept", "transient", { deliveryMode: 1 });
        send(client, "passing", "lost");
        await confirmed(client, 6);
        // One is acknowledged, one is out and not acknowledged: the broker cannot know how far the client got with it.
        const one = await client.call(1, "BasicGet", { queue: "kept" });
        client.send(1, "BasicAck", { deliveryTag: one.fields.deliveryTag });
        await client.call(1, "BasicGet", { queue: "kept" });
        await client.call(1, "BasicQos", { prefetchCount: 0 });
      },
      async (port) => {
        const client = await open(port);
        const left = await drain(client, "kept");
        assert.deepEqual(
          left.map((body) => body.replace("*", "")),
          ["two", "three", "four"],
        );
        assert.equal(left[0], "two*");
        client.publish(1, { exchange: "events", routingKey: "a.b" }, { deliveryMode: 2 }, "routed");
        await client.call(1, "BasicQos", { prefetchCount: 0 });
        assert.deepEqual(await drain(client, "kept"), ["routed"]);
        const passing = await client.call(1, "QueueDeclare", { queue: "passing", passive: true });
        assert.equal(passing.fields.replyText, "NOT_FOUND - no queue 'passing' in vhost '/'");
        client.close();
      },
    ));

  it("has everything when nobody was connected: it may be evicted then, which is no restart", () =>
    overRestart(
      async (port) => {
        const client = await open(port);
        await declare(client, "plain", {}, { durable: false });
        await declare(client, "own", {}, { exclusive: true });
        await declare(client, "ranked", { "x-max-priority": 3 });
        await client.call(1, "QueueBind", { queue: "plain", exchange: "amq.topic", routingKey: "x" });
        send(client, "plain", "transient", {});
        send(client, "plain", "again", {});
        send(client, "ranked", "low", { priority: 1 });
        send(client, "ranked", "high", { priority: 3 });
        await client.call(1, "BasicGet", { queue: "plain" });
        await client.call(0, "ConnectionClose", { replyCode: 200, replyText: "", classId: 0, methodId: 0 });
        await client.ended;
        await pause(300);
      },
      async (port) => {
        const client = await open(port);
        client.publish(1, { exchange: "amq.topic", routingKey: "x" }, {}, "bound");
        await client.call(1, "BasicQos", { prefetchCount: 0 });
        assert.deepEqual(await drain(client, "plain"), ["transient*", "again", "bound"]);
        assert.deepEqual(await drain(client, "ranked"), ["high", "low"]);
        const own = await client.call(1, "QueueDeclare", { queue: "own", passive: true });
        assert.equal(own.name, "ChannelClose");
        client.close();
      },
    ));

  it("makes up for what became due while it slept", () =>
    overRestart(
      async (port) => {
        const client = await open(port, true);
        await declare(client, "dead");
        await declare(client, "waiting", {
          "x-message-ttl": 400,
          "x-dead-letter-exchange": "",
          "x-dead-letter-routing-key": "dead",
        });
        await declare(client, "unused", { "x-expires": 400 });
        const later = {
          exchange: "later",
          type: "x-delayed-message",
          durable: true,
          arguments: { "x-delayed-type": "direct" },
        };
        assert.equal((await client.call(1, "ExchangeDeclare", later)).name, "ExchangeDeclareOk");
        await client.call(1, "QueueBind", { queue: "dead", exchange: "later", routingKey: "k" });
        send(client, "waiting", "expired");
        client.publish(1, { exchange: "later", routingKey: "k" }, { headers: { "x-delay": 600 } }, "delayed");
        await confirmed(client, 2);
        assert.deepEqual(await drain(client, "dead"), []);
        client.close();
        await pause(300);
      },
      async (port) => {
        await pause(700);
        const client = await open(port);
        assert.deepEqual(await drain(client, "dead"), ["expired", "delayed"]);
        const unused = await client.call(1, "QueueDeclare", { queue: "unused", passive: true });
        assert.equal(unused.name, "ChannelClose");
        client.close();
      },
    ));
});

async function confirmed(client: RawClient, count: number): Promise<void> {
  const tags = new Set<number>();
  while (tags.size < count) {
    for (const event of await client.eventsUntil(1)) {
      assert.equal(event.name, "BasicAck");
      const last = Number(event.fields.deliveryTag);
      for (let tag = event.fields.multiple ? 1 : last; tag <= last; tag++) tags.add(tag);
    }
  }
}

describe("the RabbitMQ broker in workerd", () => {
  let worker: RunningWorker;

  before(async () => {
    worker = await startRabbitWorker();
  });

  after(() => worker?.stop());

  it("takes messages of any size up to its limit, whole again after storage", async () => {
    const client = await open(worker.tcpPort, true);
    await declare(client, "large");
    const body = Buffer.alloc(5_000_000, "0123456789");
    client.publish(1, { exchange: "", routingKey: "large" }, { deliveryMode: 2 }, body);
    client.publish(1, { exchange: "", routingKey: "large" }, { deliveryMode: 2 }, body.subarray(0, 10_000), 100);
    await confirmed(client, 2);
    const got = await client.call(1, "BasicGet", { queue: "large", noAck: true });
    assert.equal(got.body!.equals(body), true);
    assert.equal((await client.call(1, "BasicGet", { queue: "large", noAck: true })).body!.length, 10_000);
    client.publish(1, { exchange: "", routingKey: "large" }, {}, Buffer.alloc(17 * 1024 * 1024));
    const refusal = await client.answer(1);
    assert.equal(
      refusal.fields.replyText,
      "PRECONDITION_FAILED - message size 17825792 is larger than configured max size 16777216",
    );
    client.close();
  });

  it("keeps more than memory holds, in order", async () => {
    const client = await open(worker.tcpPort, true);
    await declare(client, "backlog");
    const filler = "x".repeat(1_000_000);
    for (let i = 0; i < 60; i++) {
      send(client, "backlog", `${i} ${filler}`, { deliveryMode: i % 2 === 0 ? 2 : 1 });
      if (i % 10 === 9) await pause(20);
    }
    await confirmed(client, 60);
    const numbers = (await drain(client, "backlog")).map((body) => Number(body.split(" ")[0]));
    assert.deepEqual(
      numbers,
      Array.from({ length: 60 }, (_, i) => i),
    );
    client.close();
  });

  it("does not flood a consumer that does not read", async () => {
    const [publisher, reader] = [await open(worker.tcpPort, true), await open(worker.tcpPort)];
    await declare(publisher, "flood");
    await reader.call(1, "BasicConsume", { queue: "flood", consumerTag: "slow", noAck: true });
    const body = "x".repeat(100_000);
    reader.pause();
    for (let i = 0; i < 200; i++) send(publisher, "flood", body, {});
    await confirmed(publisher, 200);
    const { fields } = await publisher.call(1, "QueueDeclare", { queue: "flood", passive: true });
    assert.ok(Number(fields.messageCount) > 50, `${String(fields.messageCount)} messages wait in the queue`);
    reader.resume();
    assert.equal((await reader.eventsUntil(200)).length, 200);
    publisher.close();
    reader.close();
  });

  it("expires messages in time, one queue after the other", async () => {
    const client = await open(worker.tcpPort);
    await declare(client, "end");
    await declare(client, "second", {
      "x-message-ttl": 60,
      "x-dead-letter-exchange": "",
      "x-dead-letter-routing-key": "end",
    });
    await declare(client, "first", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "second" });
    await client.call(1, "BasicConsume", { queue: "end", consumerTag: "c", noAck: true });
    send(client, "first", "retry", { expiration: "40" });
    const [letter] = await client.eventsUntil(1);
    const deaths = (letter!.properties!.headers as { "x-death": { queue: string; "original-expiration"?: string }[] })[
      "x-death"
    ];
    assert.deepEqual(
      deaths.map((death) => [death.queue, death["original-expiration"]]),
      [
        ["second", undefined],
        ["first", "40"],
      ],
    );
    client.close();
  });

  it("answers other protocols with its own, and ends", async () => {
    const client = await RawClient.raw(worker.tcpPort);
    client.sendBytes(Buffer.from("AMQP\x03\x01\x00\x00", "latin1"));
    await client.ended;
    const http = await worker.fetch("/", { headers: { "x-dock2edge-connect": "rabbitmq:5672" } });
    assert.equal(http.status, 404);
  });
});

describe("a RabbitMQ broker with definitions", () => {
  let worker: RunningWorker;

  before(async () => {
    const vars = { RABBITMQ_PASSWORD_SHOP: "s3cret", RABBITMQ_PASSWORD_READER: "r3ad" };
    worker = await startRabbitWorker({ entry: "worker-with-definitions.ts", vars });
  });

  after(() => worker?.stop());

  const shop = { user: "shop", password: "s3cret", vhost: "orders" };

  it("has their users, virtual hosts, exchanges, queues, bindings and policies", async () => {
    await assert.rejects(RawClient.open(worker.tcpPort), /ACCESS_REFUSED/);
    await assert.rejects(RawClient.open(worker.tcpPort, { ...shop, vhost: "/" }), /vhost \/ not found/);
    const client = await RawClient.open(worker.tcpPort, { ...shop, mechanism: "AMQPLAIN" });
    await client.call(1, "ChannelOpen");
    for (const id of [1, 2, 3]) client.publish(1, { exchange: "in", routingKey: `order.${id}` }, {}, `order ${id}`);
    await client.call(1, "BasicQos", { prefetchCount: 0 });
    assert.deepEqual(await drain(client, "new"), ["order 2", "order 3"]);
    client.close();
  });

  it("lets users do what they may", async () => {
    const client = await RawClient.open(worker.tcpPort, { user: "reader", password: "r3ad", vhost: "orders" });
    await client.call(1, "ChannelOpen");
    assert.equal((await client.call(1, "BasicGet", { queue: "new" })).name, "BasicGetEmpty");
    const refusal = await client.call(1, "QueueDeclare", { queue: "mine" });
    assert.equal(
      refusal.fields.replyText,
      "ACCESS_REFUSED - access to queue 'mine' in vhost 'orders' refused for user 'reader'",
    );
    client.close();
  });
});

describe("a RabbitMQ broker over the websocket transport", () => {
  it("speaks the same protocol", async () => {
    const worker = await startRabbitWorker({ entry: "worker-over-websocket.ts" });
    try {
      const client = await open(worker.tcpPort, true);
      await declare(client, "q");
      send(client, "q", "x".repeat(3_000_000));
      await confirmed(client, 1);
      assert.equal((await drain(client, "q"))[0]!.length, 3_000_000);
      client.close();
    } finally {
      await worker.stop();
    }
  });
});
