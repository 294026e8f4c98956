import { createRedis } from "../../src/redis/index";

const redis = createRedis({ requirePass: null });
export const RedisServer = redis.RedisServer;
export default redis.worker;
