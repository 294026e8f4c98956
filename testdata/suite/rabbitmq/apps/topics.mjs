// Publish and subscribe by topics and headers, with amqp-connection-manager.
import { connect } from "amqp-connection-manager";
import express from "express";

const connection = connect([process.env.AMQP_URL]);
const heard = { all: [], errors: [], large: [] };

const channel = connection.createChannel({
  json: true,
  async setup(raw) {
    await raw.assertExchange("logs", "topic", { durable: false });
    await raw.assertExchange("parcels", "headers", { durable: false });
    await raw.assertExchange("archive", "fanout", { durable: false });
    await raw.bindExchange("archive", "logs", "#");
    await listen(raw, "archive", "", heard.all);
    await listen(raw, "logs", "*.error", heard.errors);
    const { queue } = await raw.assertQueue("", { exclusive: true });
    await raw.bindQueue(queue, "parcels", "", { "x-match": "all", size: "large", fragile: true });
    await raw.consume(queue, (message) => heard.large.push(JSON.parse(message.content.toString()).id), { noAck: true });
  },
});

async function listen(raw, exchange, pattern, list) {
  const { queue } = await raw.assertQueue("", { exclusive: true });
  await raw.bindQueue(queue, exchange, pattern);
  await raw.consume(queue, (message) => list.push(`${message.fields.routingKey}: ${JSON.parse(message.content.toString()).text}`), {
    noAck: true,
  });
}

const app = express();
app.use(express.json());

app.post("/logs/:key", async (req, res) => {
  const before = heard.all.length;
  await channel.publish("logs", req.params.key, { text: req.body.text });
  while (heard.all.length === before) await new Promise((resolve) => setTimeout(resolve, 10));
  res.json({ published: req.params.key });
});

app.post("/parcels", async (req, res) => {
  const { id, ...headers } = req.body;
  await channel.publish("parcels", "", { id }, { headers });
  await new Promise((resolve) => setTimeout(resolve, 100));
  res.json({ sent: id });
});

app.get("/heard", (req, res) => res.json(heard));

channel.waitForConnect().then(() => app.listen(process.env.PORT || 3000));
