// Kysely on MySQL: streamed rows, expressions, controlled transactions.
import { createServer } from "node:http";
import { Kysely, MysqlDialect, sql } from "kysely";
import { createPool } from "mysql2";

const db = new Kysely({
  dialect: new MysqlDialect({ pool: createPool({ uri: process.env.DATABASE_URL, connectionLimit: 4 }) }),
});
await db.schema.dropTable("ky_logs").ifExists().execute();
await db.schema
  .createTable("ky_logs")
  .addColumn("id", "integer", (c) => c.autoIncrement().primaryKey())
  .addColumn("level", "varchar(10)")
  .addColumn("text", "text")
  .execute();
await db
  .insertInto("ky_logs")
  .values(Array.from({ length: 60 }, (_, n) => ({ level: n % 3 ? "info" : "error", text: `line ${n}` })))
  .execute();

const routes = {
  "/errors": () =>
    db.selectFrom("ky_logs").select(["id", "text"]).where("level", "=", "error").orderBy("id").limit(5).execute(),
  "/levels": () =>
    db
      .selectFrom("ky_logs")
      .select((e) => ["level", e.fn.count("id").as("n")])
      .groupBy("level")
      .orderBy("level")
      .execute(),
  "/stream": async () => {
    let characters = 0;
    for await (const { text } of db.selectFrom("ky_logs").select("text").stream()) characters += text.length;
    return { characters };
  },
  "/raw": async () => (await sql`SELECT ${1} + ${2} AS three, CONCAT(${"a"}, 'b') AS ab`.execute(db)).rows,
  "/transaction": async () => {
    const trx = await db.startTransaction().execute();
    const { numDeletedRows } = await trx.deleteFrom("ky_logs").where("level", "=", "info").executeTakeFirst();
    await trx.rollback().execute();
    return { numDeletedRows: Number(numDeletedRows) };
  },
  "/error": () => db.selectFrom("ky_nowhere").selectAll().execute(),
};

createServer(async (req, res) => {
  const answer = (status, value) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (!routes[req.url]) return answer(404, { error: "not found" });
  await routes[req.url]().then(
    (value) => answer(200, value),
    (error) => answer(422, { code: error.code }),
  );
}).listen(3000);
