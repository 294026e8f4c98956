// BullMQ: a queue with a worker in the same process; retries with backoff, priorities, delays, flows, repeated jobs.
const express = require("express");
const { Queue, Worker, QueueEvents, FlowProducer } = require("bullmq");

const connection = { host: process.env.REDIS_HOST, port: 6379 };
const queue = new Queue("mail", { connection, defaultJobOptions: { removeOnFail: 50 } });
const events = new QueueEvents("mail", { connection });
const flows = new FlowProducer({ connection });
const log = [];

const worker = new Worker(
  "mail",
  async (job) => {
    if (job.name === "flaky" && job.attemptsMade < 2) throw new Error("try again");
    if (job.name === "broken") throw new Error("never works");
    await job.updateProgress(50);
    if (job.name === "sum") return Object.values(await job.getChildrenValues()).reduce((a, b) => a + b, 0);
    log.push(job.name);
    return job.data.value ?? `sent to ${job.data.to}`;
  },
  { connection: { ...connection, maxRetriesPerRequest: null }, concurrency: 3 },
);
worker.on("error", (error) => console.error(error));

const app = express();
app.use(express.json());
app.post("/send", async (req, res) => {
  const job = await queue.add("send", req.body);
  res.json({ id: job.id, value: await job.waitUntilFinished(events, 10000) });
});
app.post("/flaky", async (req, res) => {
  const job = await queue.add("flaky", { value: "at last" }, { attempts: 3, backoff: { type: "fixed", delay: 20 } });
  const value = await job.waitUntilFinished(events, 10000);
  res.json({ value, attempts: (await queue.getJob(job.id)).attemptsMade });
});
app.post("/broken", async (req, res) => {
  const job = await queue.add("broken", {});
  res.status(500 - 78).json({ reason: await job.waitUntilFinished(events, 10000).catch((error) => error.message) });
});
app.post("/delayed", async (req, res) => {
  const started = Date.now();
  const job = await queue.add("later", { value: 1 }, { delay: 300 });
  await job.waitUntilFinished(events, 10000);
  res.json({ late: Date.now() - started >= 290 });
});
app.post("/flow", async (req, res) => {
  const { job } = await flows.add({
    name: "sum",
    queueName: "mail",
    data: {},
    children: [1, 2, 3].map((value) => ({ name: "part", queueName: "mail", data: { value } })),
  });
  res.json({ sum: await job.waitUntilFinished(events, 10000) });
});
app.post("/bulk", async (req, res) => {
  const jobs = await queue.addBulk(Array.from({ length: 20 }, (_, n) => ({ name: "bulk", data: { value: n } })));
  const values = await Promise.all(jobs.map((job) => job.waitUntilFinished(events, 10000)));
  res.json({ sum: values.reduce((a, b) => a + b, 0) });
});
app.post("/repeat", async (req, res) => {
  await queue.upsertJobScheduler("tick", { every: 100, limit: 3 }, { name: "tick", data: { value: 0 } });
  res.sendStatus(202);
});
app.get("/ticks", (req, res) => res.json({ enough: log.filter((name) => name === "tick").length >= 2 }));
app.get("/counts", async (req, res) => {
  const { failed, waiting, active } = await queue.getJobCounts("failed", "waiting", "active");
  res.json({ failed, waiting, active });
});

Promise.all([queue.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()]).then(() => app.listen(3000));
