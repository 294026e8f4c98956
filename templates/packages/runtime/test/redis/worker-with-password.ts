import { createRedis } from "../../src/redis/index";

const redis = createRedis({
  requirePass: "REDIS_PASSWORD",
  config: { databases: "4", maxmemory: "256mb", appendonly: "yes", "maxmemory-policy": "allkeys-lru" },
});
export const RedisServer = redis.RedisServer;
export default redis.worker;
