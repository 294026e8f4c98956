// node-redis 5 over RESP3: a subscriber beside a publisher, patterns, a pool of clients.
import { createServer } from "node:http";
import { createClient, createClientPool } from "redis";

const client = await createClient({ url: process.env.REDIS_URL, RESP: 3 }).on("error", console.error).connect();
const subscriber = client.duplicate();
await subscriber.connect();
const pool = await createClientPool({ url: process.env.REDIS_URL }, { minimum: 1, maximum: 3 })
  .on("error", console.error)
  .connect();

const received = [];
await subscriber.subscribe("rp:news", (message, channel) => received.push({ channel, message }));
await subscriber.pSubscribe("rp:user:*", (message, channel) => received.push({ channel, message, pattern: true }));

const routes = {
  "POST /news": async () => ({ receivers: await client.publish("rp:news", "hello") }),
  "POST /user": async () => ({ receivers: await client.publish("rp:user:7", JSON.stringify({ id: 7 })) }),
  "POST /stop": async () => {
    await subscriber.unsubscribe("rp:news");
    return { receivers: await client.publish("rp:news", "anyone?") };
  },
  "GET /received": async () => received,
  "GET /pool": async () => {
    const answers = await Promise.all(Array.from({ length: 9 }, (_, n) => pool.execute((one) => one.echo(String(n)))));
    return answers;
  },
  "GET /blocking": async () => {
    const waiting = pool.execute((one) => one.blPop("rp:queue", 2));
    await client.rPush("rp:queue", "job");
    return waiting;
  },
  "GET /resp3": async () => {
    await client.hSet("rp:hash", { a: "1" });
    await client.zAdd("rp:zset", { score: 1.25, value: "m" });
    return {
      hash: await client.hGetAll("rp:hash"),
      score: await client.zScore("rp:zset", "m"),
      info: await client.sendCommand(["HGETALL", "rp:hash"]),
    };
  },
};

createServer(async (req, res) => {
  const route = routes[`${req.method} ${req.url}`];
  if (!route) return res.writeHead(404).end();
  const body = await route().catch((error) => ({ error: error.message }));
  res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}).listen(3000);
