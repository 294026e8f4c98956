import { createClient } from 'redis';

export const redis = createClient({
  socket: { host: process.env.REDIS_HOST ?? 'localhost', port: Number(process.env.REDIS_PORT ?? 6379) },
});

redis.on('error', (error) => console.error('redis:', error.message));
