// iron-session: sealed, stateless sessions in a cookie.
import { createServer } from "node:http";
import { getIronSession, sealData, unsealData } from "iron-session";

const options = { password: process.env.SESSION_SECRET, cookieName: "iron", cookieOptions: { secure: false } };

createServer(async (req, res) => {
  const session = await getIronSession(req, res, options);
  const answer = (status, value) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  switch (`${req.method} ${req.url}`) {
    case "POST /login":
      session.user = { name: "ann" };
      await session.save();
      return answer(200, { ok: true });
    case "GET /me":
      return session.user ? answer(200, session.user) : answer(401, { error: "not signed in" });
    case "POST /logout":
      session.destroy();
      return answer(200, { ok: true });
    case "GET /seal": {
      const seal = await sealData({ x: [1, "é"] }, options);
      return answer(200, { prefix: seal.slice(0, 7), back: await unsealData(seal, options) });
    }
  }
  answer(404, { error: "not found" });
}).listen(3000);
