import { createMemcached } from "../../src/memcached/index";

const memcached = createMemcached({ user: null });
export const MemcachedServer = memcached.MemcachedServer;
export default memcached.worker;
