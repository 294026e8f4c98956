/** The Redis server as a Worker of its own, for the apps under test. */
import { createRedis } from "../../src/redis/index";

const redis = createRedis({ requirePass: null });
export const RedisServer = redis.RedisServer;
export default redis.worker;
