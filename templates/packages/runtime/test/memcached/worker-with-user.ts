import { createMemcached } from "../../src/memcached/index";

const memcached = createMemcached({
  memoryLimit: "1",
  maxItemSize: "100k",
  user: { name: "app", password: "MEMCACHED_PASSWORD" },
});
export const MemcachedServer = memcached.MemcachedServer;
export default memcached.worker;
