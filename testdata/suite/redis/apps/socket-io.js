// socket.io with the Redis adapter: rooms and broadcasts across servers, here asked for by HTTP.
const http = require("node:http");
const express = require("express");
const { Server } = require("socket.io");
const { io: connect } = require("socket.io-client");
const { createAdapter } = require("@socket.io/redis-adapter");
const Redis = require("ioredis");

const app = express();
const server = http.createServer(app);
const pub = new Redis(process.env.REDIS_URL);
const io = new Server(server, { adapter: createAdapter(pub, pub.duplicate()) });
const other = new Server({
  adapter: createAdapter(new Redis(process.env.REDIS_URL), new Redis(process.env.REDIS_URL)),
});

io.on("connection", (socket) => {
  socket.on("join", (room, done) => {
    socket.join(room);
    done("joined " + room);
  });
});

app.get("/broadcast", async (req, res) => {
  const client = connect(`http://localhost:3000`, { forceNew: true });
  await new Promise((resolve) => client.on("connect", resolve));
  const room = `room-${client.id}`;
  const joined = await client.emitWithAck("join", room);
  const received = new Promise((resolve) => client.on("news", resolve));
  other.to(room).emit("news", { from: "the other server" });
  const news = await received;
  client.close();
  res.json({ joined: joined.startsWith("joined room-"), news });
});
app.get("/servers", async (req, res) => {
  res.json({ servers: await io.of("/").adapter.serverCount() });
});
server.listen(3000);
