/** Reaches the broker's object by the websocket transport, as an app does where connect() does not get to Durable Objects. */
import { INSTANCE_NAME } from "../../src/config";
import { createRabbitMQ } from "../../src/rabbitmq/index";
import { type Dialable, openByteStream } from "../../src/transport";

interface Env {
  RabbitMQServer: DurableObjectNamespace;
}

const rabbitmq = createRabbitMQ({ defaultUser: { name: "guest", password: null }, defaultVhost: "/" });
export const RabbitMQServer = rabbitmq.RabbitMQServer;

export default {
  fetch: rabbitmq.worker.fetch!,
  async connect(socket: Socket, env: Env): Promise<void> {
    const object = env.RabbitMQServer.getByName(INSTANCE_NAME) as unknown as Dialable;
    const stream = openByteStream(object, "rabbitmq:5672", "websocket");
    await Promise.allSettled([socket.readable.pipeTo(stream.writable), stream.readable.pipeTo(socket.writable)]);
  },
};
