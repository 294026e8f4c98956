// rate-limiter-flexible with MySQL as its store.
const http = require("node:http");
const mysql = require("mysql2");
const { RateLimiterMySQL } = require("rate-limiter-flexible");

const pool = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 4 });
const limiter = new RateLimiterMySQL(
  { storeClient: pool, dbName: "app", tableName: "rl_limits", points: 3, duration: 60 },
  (error) => {
    if (error) throw error;
    pool.query("DELETE FROM rl_limits", () => server.listen(3000));
  },
);

const server = http.createServer(async (req, res) => {
  const { pathname, searchParams } = new URL(req.url, "http://localhost");
  const key = searchParams.get("key") ?? "anyone";
  if (pathname === "/state") {
    const state = await limiter.get(key);
    return res.end(JSON.stringify(state && { consumed: state.consumedPoints, left: state.remainingPoints }));
  }
  try {
    const { remainingPoints } = await limiter.consume(key);
    res.end(JSON.stringify({ remainingPoints }));
  } catch (limit) {
    if (limit instanceof Error) return res.writeHead(500).end(limit.message);
    res.writeHead(429).end(JSON.stringify({ limited: true, seconds: Math.ceil(limit.msBeforeNext / 60000) }));
  }
});
