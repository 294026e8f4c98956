import type { RedisOptions } from "@dock2edge/runtime/redis";

export const config: RedisOptions = {
  requirePass: null,
  config: {
    appendonly: "yes"
  }
};
