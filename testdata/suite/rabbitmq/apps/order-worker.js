const amqp = require("amqplib-0.10");
const { declare } = require("./topology");

async function main() {
  const connection = await amqp.connect(process.env.AMQP_URL);
  const channel = await connection.createChannel();
  await declare(channel);
  await channel.prefetch(1);
  await channel.consume("orders.new", (message) => {
    const order = JSON.parse(message.content.toString());
    if (!(order.quantity > 0)) {
      // Twice is enough.
      channel.nack(message, false, !message.fields.redelivered);
      return;
    }
    const done = { ...order, state: "done", source: message.properties.headers.source };
    channel.publish("orders", "done", Buffer.from(JSON.stringify(done)), { persistent: true });
    channel.ack(message);
  });
  console.log("waiting for orders");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
