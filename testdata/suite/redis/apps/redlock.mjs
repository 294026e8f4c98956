// Redlock: one holder at a time, extension, an automatic lock around a critical section.
import express from "express";
import Redis from "ioredis";
import redlockModule from "redlock";

const Redlock = redlockModule.default ?? redlockModule;
const redis = new Redis(process.env.REDIS_URL);
const redlock = new Redlock([redis], { retryCount: 0 });
const patient = new Redlock([redis], { retryCount: 400, retryDelay: 25, retryJitter: 5 });
redlock.on("error", () => {});

const app = express();
app.post("/twice", async (req, res) => {
  const first = await redlock.acquire(["lock:a"], 5000);
  const second = await redlock.acquire(["lock:a"], 5000).catch((error) => error.name);
  const extended = await first.extend(8000);
  const lasts = extended.expiration > first.expiration - 1;
  await extended.release();
  const third = await redlock.acquire(["lock:a", "lock:b"], 1000);
  await third.release();
  res.json({ second, lasts, left: await redis.exists("lock:a", "lock:b") });
});
app.post("/critical", async (req, res) => {
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 5 }, () =>
      patient.using([`lock:critical:${req.query.name ?? "x"}`], 20000, async (signal) => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 10));
        inside--;
        if (signal.aborted) throw signal.error;
      }),
    ),
  );
  res.json({ most });
});
app.post("/expired", async (req, res) => {
  const lock = await redlock.acquire(["lock:short"], 50);
  await new Promise((resolve) => setTimeout(resolve, 120));
  res.json({
    released: await lock.release().then(
      () => true,
      (error) => error.name,
    ),
  });
});
app.listen(3000);
