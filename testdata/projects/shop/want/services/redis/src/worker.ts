import { createRedis } from "@dock2edge/runtime/redis";
import { config } from "./config.ts";

const server = createRedis(config);

/** The server: one object, which answers one command after the other. */
export const RedisServer = server.RedisServer;

export default server.worker;
