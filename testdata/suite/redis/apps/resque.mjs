// node-resque: Ruby's Resque for Node: jobs, a worker, a scheduler for delayed ones, failed jobs.
import express from "express";
import { Queue, Scheduler, Worker } from "node-resque";

const connection = { pkg: "ioredis", host: process.env.REDIS_HOST, port: 6379, namespace: "resque-suite", database: 0 };
const done = [];
const jobs = {
  add: { perform: async (a, b) => void done.push(a + b) },
  fail: {
    perform: async () => {
      throw new Error("broken job");
    },
  },
};
const worker = new Worker({ connection, queues: ["math"], timeout: 50 }, jobs);
const scheduler = new Scheduler({ connection, timeout: 100 });
const queue = new Queue({ connection }, jobs);
for (const each of [worker, scheduler, queue]) each.on("error", (error) => console.error(error));

await queue.connect();
await worker.connect();
await worker.start();
await scheduler.connect();
await scheduler.start();

const app = express();
app.use(express.json());
app.post("/add", async (req, res) => res.json({ queued: await queue.enqueue("math", "add", req.body) }));
app.post("/later", async (req, res) => {
  await queue.enqueueIn(100, "math", "add", req.body);
  res.sendStatus(202);
});
app.post("/fail", async (req, res) => res.json({ queued: await queue.enqueue("math", "fail", []) }));
app.get("/done", (req, res) => res.json(done));
app.get("/failed", async (req, res) =>
  res.json({
    count: await queue.failedCount(),
    jobs: (await queue.failed(0, 5)).map(({ error, payload }) => [error, payload.class]),
  }),
);
app.get("/queues", async (req, res) => res.json({ queues: await queue.queues(), length: await queue.length("math") }));
app.listen(3000);
