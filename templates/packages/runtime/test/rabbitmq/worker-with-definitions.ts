import { createRabbitMQ } from "../../src/rabbitmq/index";

const everything = { configure: ".*", write: ".*", read: ".*" };
const rabbitmq = createRabbitMQ({
  defaultUser: { name: "guest", password: null },
  defaultVhost: "/",
  definitions: {
    users: [
      { name: "shop", password: "RABBITMQ_PASSWORD_SHOP", tags: "administrator" },
      { name: "reader", password: "RABBITMQ_PASSWORD_READER" },
    ],
    vhosts: [{ name: "orders" }],
    permissions: [
      { user: "shop", vhost: "orders", ...everything },
      { user: "reader", vhost: "orders", configure: "", write: "", read: "^new$" },
    ],
    policies: [
      { vhost: "orders", name: "short", pattern: "^new$", "apply-to": "queues", definition: { "max-length": 2 } },
    ],
    exchanges: [{ name: "in", vhost: "orders", type: "topic", durable: true }],
    queues: [{ name: "new", vhost: "orders", durable: true, arguments: { "x-message-ttl": 60000 } }],
    bindings: [
      { source: "in", vhost: "orders", destination: "new", destination_type: "queue", routing_key: "order.*" },
    ],
  },
});
export const RabbitMQServer = rabbitmq.RabbitMQServer;
export default rabbitmq.worker;
