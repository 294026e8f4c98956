const { createServer } = require("node:http");
const { Server } = require("socket.io");

const server = createServer((req, res) => res.end("socket.io"));
const io = new Server(server, { cors: { origin: "*" } });
io.use((socket, next) => (socket.handshake.auth.token === "bad" ? next(new Error("bad token")) : next()));
io.on("connection", (socket) => {
  socket.emit("welcome", { transport: socket.conn.transport.name });
  socket.on("add", (a, b, reply) => reply(a + b));
  socket.on("room", (room, done) => {
    socket.join(room);
    done();
  });
  socket.on("shout", (room, text) => io.to(room).emit("heard", text));
  socket.on("bytes", (bytes, reply) => reply(Buffer.concat([bytes, bytes])));
  socket.on("leave", () => socket.disconnect(true));
});
server.listen(process.env.PORT ?? 3000);
