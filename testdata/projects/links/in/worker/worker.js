import { createClient } from 'redis';

const redis = createClient({ socket: { host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT ?? 6379) } });
await redis.connect();

/** Checks that each new link is https. */
async function check() {
  for (let slug = await redis.rPop('queue:check'); slug; slug = await redis.rPop('queue:check')) {
    const url = await redis.hGet('links', slug);
    await redis.set(`status:${slug}`, url?.startsWith('https:') ? 'secure' : 'insecure');
  }
}

setInterval(() => check().catch(console.error), Number(process.env.POLL_MS ?? 1000));
console.log('links-worker polls');
