// A leaderboard with daily unique visitors: sorted sets, HyperLogLog and bitmaps.
const fastify = require("fastify")();
const Redis = require("ioredis");
const redis = new Redis(process.env.REDIS_URL, { keyPrefix: "lb:" });

fastify.post(
  "/scores",
  {
    schema: {
      body: {
        type: "object",
        required: ["player", "points"],
        properties: { player: { type: "string" }, points: { type: "number" } },
      },
    },
  },
  async (request) => {
    const { player, points } = request.body;
    const total = await redis.zincrby("scores", points, player);
    return { total: Number(total), rank: (await redis.zrevrank("scores", player)) + 1 };
  },
);
fastify.get("/top/:n", async (request) => {
  const flat = await redis.zrevrange("scores", 0, request.params.n - 1, "WITHSCORES");
  return flat.flatMap((name, i) => (i % 2 ? [] : [{ name, points: Number(flat[i + 1]) }]));
});
fastify.get("/around/:player", async (request, reply) => {
  const rank = await redis.zrevrank("scores", request.params.player);
  if (rank === null) return reply.code(404).send({ error: "never played" });
  return {
    rank,
    above: await redis.zcount("scores", `(${await redis.zscore("scores", request.params.player)}`, "+inf"),
  };
});
fastify.get("/visitors", async () => {
  await redis.pfadd("today", ...Array.from({ length: 500 }, (_, n) => `user ${n}`));
  await redis.pfadd("yesterday", ...Array.from({ length: 300 }, (_, n) => `user ${n + 400}`));
  return { today: await redis.pfcount("today"), both: await redis.pfcount("today", "yesterday") };
});
fastify.get("/bits", async () => {
  for (const day of [0, 1, 5]) await redis.setbit("active", day, 1);
  return {
    count: await redis.bitcount("active"),
    first: await redis.bitpos("active", 0),
    field: await redis.bitfield("active", "GET", "u8", 0),
  };
});
fastify.listen({ port: 3000, host: "0.0.0.0" });
