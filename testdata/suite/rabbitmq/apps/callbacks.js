// The callback API, of the oldest amqplib that is still in use: retries by time to live and dead letters.
const express = require("express");
const amqp = require("amqplib-0.8/callback_api");

const RETRY_MS = 150;

amqp.connect(process.env.AMQP_URL, (error, connection) => {
  if (error) throw error;
  connection.createChannel((error, channel) => {
    if (error) throw error;
    channel.assertQueue("mail", { durable: true });
    channel.assertQueue("mail.retry", {
      durable: true,
      messageTtl: RETRY_MS,
      deadLetterExchange: "",
      deadLetterRoutingKey: "mail",
    });
    const sent = new Map();
    channel.consume("mail", (message) => {
      const { to, failures } = JSON.parse(message.content.toString());
      const deaths = (message.properties.headers["x-death"] || []).find((death) => death.queue === "mail.retry");
      const attempts = deaths ? deaths.count : 0;
      if (attempts < failures) channel.sendToQueue("mail.retry", message.content, { headers: message.properties.headers });
      else sent.set(to, attempts + 1);
      channel.ack(message);
    });

    const app = express();
    app.use(express.json());
    app.post("/mail", (req, res) => {
      channel.sendToQueue("mail", Buffer.from(JSON.stringify(req.body)), { persistent: true });
      res.status(202).json({ queued: req.body.to });
    });
    app.get("/mail/:to", async (req, res) => {
      for (let i = 0; i < 100 && !sent.has(req.params.to); i++) await new Promise((resolve) => setTimeout(resolve, 50));
      if (!sent.has(req.params.to)) return res.status(404).json({ error: "not sent" });
      res.json({ to: req.params.to, attempts: sent.get(req.params.to) });
    });
    app.listen(process.env.PORT || 3000);
  });
});
