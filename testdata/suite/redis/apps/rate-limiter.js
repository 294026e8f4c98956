// rate-limiter-flexible on Redis: points, penalties, blocks, an insurance limiter, bursts.
const http = require("node:http");
const Redis = require("ioredis");
const {
  RateLimiterRedis,
  RateLimiterMemory,
  BurstyRateLimiter,
  RLWrapperBlackAndWhite,
} = require("rate-limiter-flexible");

const storeClient = new Redis(process.env.REDIS_URL, { enableOfflineQueue: false });
const login = new RateLimiterRedis({
  storeClient,
  keyPrefix: "rlf:login",
  points: 3,
  duration: 600,
  blockDuration: 600,
  insuranceLimiter: new RateLimiterMemory({ points: 1, duration: 60 }),
});
const api = new BurstyRateLimiter(
  new RateLimiterRedis({ storeClient, keyPrefix: "rlf:api", points: 2, duration: 600 }),
  new RateLimiterRedis({ storeClient, keyPrefix: "rlf:burst", points: 1, duration: 1200 }),
);
const listed = new RLWrapperBlackAndWhite({ limiter: login, whiteList: ["office"], blackList: ["spammer"] });

const limiters = { login, api, listed };
const state = (r) => r && { consumed: r.consumedPoints, left: r.remainingPoints, first: r.isFirstInDuration };

const server = http.createServer(async (req, res) => {
  const [, name, action, key] = req.url.split("/");
  const answer = (status, value) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  try {
    answer(200, state(await limiters[name][action](key)));
  } catch (limit) {
    if (limit instanceof Error) answer(500, { error: limit.message });
    else answer(429, state(limit));
  }
});
storeClient.once("ready", () => server.listen(3000));
