// pg-boss: a job queue in PostgreSQL with a worker in the same process.
const express = require("express");
const PgBoss = require("pg-boss");

const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, schema: "boss_suite", max: 4 });
boss.on("error", (error) => console.error(error));
const done = [];

const app = express();
app.use(express.json());
app.post("/jobs", async (req, res) => {
  const id = await boss.send("greet", req.body, { retryLimit: 1, retryDelay: 0 });
  res.status(202).json({ queued: typeof id });
});
app.post("/once", async (req, res) => {
  const ids = await Promise.all(
    [1, 2].map(() => boss.send("greet", { name: "single" }, { singletonKey: "one", singletonSeconds: 60 })),
  );
  res.json({ accepted: ids.filter(Boolean).length });
});
app.get("/done", (req, res) => res.json(done));
app.get("/queues", async (req, res) =>
  res.json((await boss.getQueues()).map(({ name, policy }) => ({ name, policy }))),
);

(async () => {
  await boss.start();
  await boss.clearStorage();
  await boss.createQueue("greet");
  await boss.work("greet", { pollingIntervalSeconds: 0.5 }, async ([job]) => {
    if (!job.data.name) throw new Error("nobody to greet");
    done.push(`hello ${job.data.name}`);
  });
  app.listen(3000);
})();
