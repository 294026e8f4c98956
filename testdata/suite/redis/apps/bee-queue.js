// Bee-Queue: a small and fast job queue.
const express = require("express");
const Queue = require("bee-queue");

const queue = new Queue("adder", {
  redis: { url: process.env.REDIS_URL },
  activateDelayedJobs: true,
  removeOnSuccess: true,
});
queue.process(5, async (job) => {
  job.reportProgress({ half: true });
  if (typeof job.data.x !== "number") throw new Error("x is not a number");
  return job.data.x + job.data.y;
});
const outcome = (job) =>
  new Promise((resolve) => {
    let progress = null;
    job.on("progress", (value) => (progress = value));
    job.on("succeeded", (result) => resolve({ result, progress }));
    job.on("failed", (error) => resolve({ failed: error.message }));
  });

const app = express();
app.use(express.json());
app.post("/add", async (req, res) => {
  const job = queue.createJob(req.body).retries(0);
  const result = outcome(job);
  await job.save();
  res.json(await result);
});
app.post("/delayed", async (req, res) => {
  const job = queue.createJob({ x: 1, y: 1 }).delayUntil(Date.now() + 200);
  const result = outcome(job);
  await job.save();
  res.json(await result);
});
app.get("/health", async (req, res) => {
  const { waiting, active, failed } = await queue.checkHealth();
  res.json({ waiting, active, failed });
});
queue.on("ready", () => app.listen(3000));
