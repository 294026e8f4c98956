// Request and reply: over direct reply-to, as RabbitMQ's tutorial 6 has it with a queue.
const { randomUUID } = require("crypto");
const http = require("http");
const amqp = require("amqplib");

const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));

async function serve(connection) {
  const channel = await connection.createChannel();
  await channel.assertQueue("rpc.fibonacci", { durable: false });
  await channel.prefetch(1);
  await channel.consume("rpc.fibonacci", (message) => {
    const n = Number(message.content.toString());
    const { replyTo, correlationId } = message.properties;
    channel.sendToQueue(replyTo, Buffer.from(String(fibonacci(n))), { correlationId });
    channel.ack(message);
  });
}

async function main() {
  const connection = await amqp.connect(process.env.AMQP_URL);
  await serve(connection);

  const channel = await connection.createChannel();
  const waiting = new Map();
  const settle = (message) => {
    const resolve = waiting.get(message.properties.correlationId);
    waiting.delete(message.properties.correlationId);
    if (resolve) resolve(message.content.toString());
  };
  await channel.consume("amq.rabbitmq.reply-to", settle, { noAck: true });
  const { queue: replies } = await channel.assertQueue("", { exclusive: true });
  await channel.consume(replies, settle, { noAck: true });

  const call = (n, replyTo) =>
    new Promise((resolve) => {
      const correlationId = randomUUID();
      waiting.set(correlationId, resolve);
      channel.sendToQueue("rpc.fibonacci", Buffer.from(String(n)), { correlationId, replyTo });
    });

  http
    .createServer(async (req, res) => {
      const url = new URL(req.url, "http://localhost");
      const n = Number(url.searchParams.get("n"));
      res.setHeader("content-type", "application/json");
      if (!Number.isInteger(n) || n < 0 || n > 20) {
        res.statusCode = 400;
        return res.end(JSON.stringify({ error: "n must be a number from 0 to 20" }));
      }
      const [direct, queued] = await Promise.all([call(n, "amq.rabbitmq.reply-to"), call(n, replies)]);
      res.end(JSON.stringify({ n, direct, queued }));
    })
    .listen(process.env.PORT || 3000);
}

main();
