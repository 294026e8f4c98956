const amqp = require("amqplib");
const express = require("express");
const { declare } = require("./topology");

async function main() {
  const connection = await connectWithRetry(process.env.AMQP_URL);
  const channel = await connection.createConfirmChannel();
  await declare(channel);

  const app = express();
  app.use(express.json());

  app.post("/orders", async (req, res) => {
    const order = { item: req.body.item, quantity: req.body.quantity };
    channel.publish("orders", "new", Buffer.from(JSON.stringify(order)), {
      persistent: true,
      contentType: "application/json",
      priority: req.body.urgent ? 5 : 1,
      headers: { source: "api" },
    });
    await channel.waitForConfirms();
    res.status(202).json({ accepted: order });
  });

  // The next finished order, waited for.
  app.post("/done", async (req, res) => answerNext(channel, "orders.done", res));

  // The next order that failed, with the reason.
  app.post("/failed", async (req, res) => answerNext(channel, "orders.failed", res));

  app.get("/queues/:name", async (req, res) => {
    // A queue that does not exist ends the channel it is asked on.
    const asking = await connection.createChannel();
    asking.on("error", () => {});
    try {
      const { queue } = await asking.checkQueue(req.params.name);
      await asking.close();
      res.json({ queue });
    } catch (error) {
      res.status(404).json({ error: error.message });
    }
  });

  app.get("/health", (req, res) => res.json({ ok: true }));
  app.listen(process.env.PORT || 3000);
}

async function answerNext(channel, queue, res) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const message = await channel.get(queue);
    if (message) {
      channel.ack(message);
      const death = (message.properties.headers["x-death"] || [])[0];
      const reason = death && { reason: death.reason, queue: death.queue, count: death.count };
      return res.json({ order: JSON.parse(message.content.toString()), ...(reason ? { death: reason } : {}) });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  res.status(504).json({ error: "nothing came" });
}

async function connectWithRetry(url) {
  for (;;) {
    try {
      return await amqp.connect(url);
    } catch (error) {
      console.log("waiting for RabbitMQ:", error.message);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

main();
