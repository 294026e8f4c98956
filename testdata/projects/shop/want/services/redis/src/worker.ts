import { createRedis } from "@dock2edge/runtime/redis";
import { config } from "./config.ts";

const redis = createRedis(config);

/** The server: one object, which runs one command after the other. */
export const RedisServer = redis.RedisServer;

export default redis.worker;
