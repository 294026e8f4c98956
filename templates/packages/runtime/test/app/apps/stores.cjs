// Pools and clients of databases, made once at boot with the credentials of the Compose file, as apps do.
const http = require("node:http");
const session = require("express-session");
const express = require("express");
const { RedisStore } = require("connect-redis");
const Redis = require("ioredis");
const mysql = require("mysql2/promise");
const pg = require("pg");
const { createClient } = require("redis");
const postgres = require("postgres");
const { Queue, Worker } = require("bullmq");

const cacheUrl = process.env.CACHE_URL ?? "redis://cache:6379";
const cache = createClient({ url: cacheUrl });
const subscriber = new Redis(cacheUrl);
const redis = new Redis(cacheUrl, { lazyConnect: true });
const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL ?? "postgres://postgres:postgres@db:5432/app",
  max: 4,
});
const sql = postgres(process.env.DATABASE_URL ?? "postgres://postgres:postgres@db:5432/app", { max: 2 });
const maria = mysql.createPool({
  uri: process.env.MYSQL_URL ?? "mysql://root:root@mysql:3306/app",
  connectionLimit: 3,
});
for (const client of [cache, subscriber, redis, pool])
  client.on("error", (error) => console.error("client error", error.message));

const heard = [];
subscriber.subscribe("news").catch((error) => console.error(error));
subscriber.on("message", (channel, text) => heard.push(`${channel}: ${text}`));

const queueConnection = () => new Redis(cacheUrl, { maxRetriesPerRequest: null });
const queue = new Queue("jobs", { connection: queueConnection() });
new Worker("jobs", async ({ data }) => data.a * data.b, { connection: queueConnection() });

const app = express();
app.use(session({ secret: "x", resave: false, saveUninitialized: false, store: new RedisStore({ client: cache }) }));
const route = (path, answer) =>
  app.get(path, async (req, res) => {
    res.json(await answer(req));
  });
app.get("/", (req, res) => res.send("stores"));
route("/visits", async (req) => (req.session.visits = (req.session.visits ?? 0) + 1));
route("/cache", async () => [
  await cache.set("k", "v"),
  await cache.get("k"),
  await cache.incr("n").then((n) => n > 0),
]);
route("/ioredis", () => redis.pipeline().set("p", "1").incr("p").get("p").exec());
route("/publish", async () => {
  heard.length = 0;
  await cache.publish("news", "hello");
  await new Promise((resolve) => setTimeout(resolve, 50));
  return heard;
});
route("/blocking", async () => {
  const popped = redis.duplicate().blpop("list", 5);
  await new Promise((resolve) => setTimeout(resolve, 30));
  await cache.rPush("list", "item");
  return popped;
});
route("/job", async () => {
  const job = await queue.add("multiply", { a: 6, b: 7 }, { delay: 20 });
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await job.getState()) === "completed") return (await queue.getJob(job.id)).returnvalue;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return "not done";
});
route("/pg", async () => (await pool.query("SELECT $1::int + 1 AS sum, current_database() AS name", [41])).rows);
route("/pg-backend", async () => (await pool.query("SELECT pg_backend_pid() AS pid")).rows[0].pid);
route("/pg-many", async () => {
  const all = await Promise.all(
    Array.from({ length: 30 }, (_, i) => pool.query("SELECT $1::int AS n, pg_sleep(0.005)", [i])),
  );
  return all.map(({ rows }) => rows[0].n);
});
route("/pg-transaction", async () => {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("CREATE TEMPORARY TABLE t(x int) ON COMMIT DROP");
    await client.query("INSERT INTO t VALUES (1), (2)");
    return (await client.query("SELECT sum(x)::int AS sum FROM t")).rows;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
route("/pg-error", () => pool.query("SELECT nonsense").catch((error) => [error.code, error.message]));
route("/pg-large", async () => (await pool.query("SELECT repeat('x', 3000000) AS text")).rows[0].text.length);
route("/postgresjs", async () => sql`SELECT ${"text"}::text AS t, ${[1, 2, 3]}::int[] AS list`);
route("/mysql", async () => (await maria.query("SELECT ? + 1 AS sum, ? AS text", [41, "ü"]))[0]);
route("/mysql-prepared", async () => (await maria.execute("SELECT ? AS text", ["prepared"]))[0]);
route("/mysql-many", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => maria.query("SELECT ? AS n", [i])));
  return all.map(([rows]) => rows[0].n);
});

cache.connect().then(() => http.createServer(app).listen(process.env.PORT ?? 3000));
