import { createRedis } from "../../src/redis/index";

const redis = createRedis({
  requirePass: "REDIS_PASSWORD",
  databases: 4,
  config: { appendonly: "yes", "maxmemory-policy": "allkeys-lru" },
});
export const RedisServer = redis.RedisServer;
export default redis.worker;
