/** Reaches the Redis object by the websocket transport, as an app does where connect() does not get to Durable Objects. */
import { INSTANCE_NAME } from "../../src/config";
import { createRedis } from "../../src/redis/index";
import { type Dialable, openByteStream } from "../../src/transport";

interface Env {
  RedisServer: DurableObjectNamespace;
}

const redis = createRedis({ requirePass: null });
export const RedisServer = redis.RedisServer;

export default {
  fetch: redis.worker.fetch!,
  async connect(socket: Socket, env: Env): Promise<void> {
    const object = env.RedisServer.getByName(INSTANCE_NAME) as unknown as Dialable;
    const stream = openByteStream(object, "redis:6379", "websocket");
    await Promise.allSettled([socket.readable.pipeTo(stream.writable), stream.readable.pipeTo(socket.writable)]);
  },
};
