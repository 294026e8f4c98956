import { createRabbitMQ } from "../../src/rabbitmq/index";

const rabbitmq = createRabbitMQ({ defaultUser: { name: "guest", password: null }, defaultVhost: "/" });
export const RabbitMQServer = rabbitmq.RabbitMQServer;
export default rabbitmq.worker;
