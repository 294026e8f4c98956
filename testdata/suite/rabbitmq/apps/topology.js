// Orders go through a queue; those that cannot be worked off go to the queue of dead letters.
async function declare(channel) {
  await channel.assertExchange("orders", "direct", { durable: true });
  await channel.assertExchange("orders.dead", "fanout", { durable: true });
  await channel.assertQueue("orders.new", { durable: true, deadLetterExchange: "orders.dead", maxPriority: 5 });
  await channel.assertQueue("orders.failed", { durable: true });
  await channel.assertQueue("orders.done", { durable: true });
  await channel.bindQueue("orders.new", "orders", "new");
  await channel.bindQueue("orders.done", "orders", "done");
  await channel.bindQueue("orders.failed", "orders.dead", "");
}

module.exports = { declare };
