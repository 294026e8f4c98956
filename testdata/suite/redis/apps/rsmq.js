// rsmq: a message queue of Lua scripts, with visibility timeouts, over redis's callback interface.
const express = require("express");
const RedisSMQ = require("rsmq");

const rsmq = new RedisSMQ({ host: process.env.REDIS_HOST, port: 6379, ns: "rsmq-suite" });
const app = express();
app.use(express.json());
app.post("/send", async (req, res) => {
  const id = await rsmq.sendMessageAsync({ qname: "work", message: JSON.stringify(req.body) });
  res.json({ length: id.length });
});
app.post("/receive", async (req, res) => {
  const { id, message, rc } = await rsmq.receiveMessageAsync({ qname: "work", vt: 60 });
  if (!id) return res.status(404).json({ empty: true });
  res.json({ message: JSON.parse(message), rc, deleted: await rsmq.deleteMessageAsync({ qname: "work", id }) });
});
app.get("/attributes", async (req, res) => {
  const { vt, msgs, totalsent } = await rsmq.getQueueAttributesAsync({ qname: "work" });
  res.json({ vt, msgs, totalsent });
});
app.get("/missing", (req, res) =>
  rsmq.receiveMessageAsync({ qname: "nowhere" }).then(
    (m) => res.json(m),
    (error) => res.status(404).json({ name: error.name }),
  ),
);

(async () => {
  await rsmq.createQueueAsync({ qname: "work" }).catch((error) => {
    if (error.name !== "queueExists") throw error;
  });
  app.listen(3000);
})();
