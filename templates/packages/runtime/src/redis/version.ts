/** The Redis whose behaviour this server follows, as INFO and HELLO report it: the last one before the licence change. */
export const REDIS_VERSION = "7.2.4";
