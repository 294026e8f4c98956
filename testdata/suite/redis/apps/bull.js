// Bull 4: the queue before BullMQ, with events, progress, retries and named processors.
const express = require("express");
const Queue = require("bull");

const queue = new Queue("video", process.env.REDIS_URL);
const progress = [];
queue.process("convert", 2, async (job) => {
  await job.progress(42);
  if (job.attemptsMade === 0 && job.data.flaky) throw new Error("first time fails");
  return { converted: job.data.file };
});
queue.process("thumb", (job, done) => done(null, job.data.file.length));
queue.on("progress", (job, percent) => progress.push(percent));

const app = express();
app.use(express.json());
app.post("/convert", async (req, res) => {
  const job = await queue.add("convert", req.body, { attempts: 2, backoff: 10 });
  const result = await job.finished();
  res.json({ id: job.id, result, state: await job.getState() });
});
app.post("/thumb", async (req, res) =>
  res.json({ size: await (await queue.add("thumb", req.body, { priority: 2 })).finished() }),
);
app.post("/fails", async (req, res) => {
  const job = await queue.add("thumb", {});
  res.json({ reason: (await job.finished().catch((error) => error.message)).slice(0, 21) });
});
app.post("/pause", async (req, res) => {
  await queue.pause();
  const job = await queue.add("thumb", { file: "waits" });
  const { paused } = await queue.getJobCounts();
  await queue.resume();
  res.json({ paused, size: await job.finished() });
});
app.get("/progress", (req, res) => res.json({ seen: progress.includes(42) }));
app.get("/counts", async (req, res) => {
  const { waiting, active, failed } = await queue.getJobCounts();
  res.json({ waiting, active, failed });
});
queue.isReady().then(() => app.listen(3000));
