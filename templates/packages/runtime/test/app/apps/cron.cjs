// No server: a worker that polls.
const { createClient } = require("redis");

const redis = createClient({ socket: { host: "cache" } });
let count = 0;
redis.connect().then(() => setInterval(async () => console.log(`poll ${++count}: ${await redis.incr("polls")}`), 20));
