/** What is killed: a lifted app and the Redis server, each in a Durable Object. */
import { createApp } from "../../src/index";
import { createRedis } from "../../src/redis/index";
import { sqliteFrom } from "../../src/sqlite/index";
import callbacks from "./callbacks.wasm";
import engine from "./sqlite3.wasm";
import { program } from "./program";

const app = createApp(
  {
    name: "app",
    host: "durable-object",
    hostname: "app",
    image: { workdir: "/app", entry: "/app/program.js", argv: [], execArgv: [], user: "" },
    port: 3000,
    peers: {},
    volumes: [{ path: "/data", kind: "persistent", name: "data" }],
    secretFiles: [],
    startup: { timeoutMs: 10_000, quietMs: 10 },
    codeGeneration: false,
    transport: "connect",
  },
  { factory: program, manifest: [], sqlite: sqliteFrom({ engine, callbacks }) },
);
const redis = createRedis({ requirePass: null });

export const APP = app.DurableObject;
export const RedisServer = redis.RedisServer;
export default { ...redis.worker, fetch: app.worker.fetch };
