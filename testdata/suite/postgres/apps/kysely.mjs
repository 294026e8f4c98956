// Kysely: a typed query builder, with its migrator.
import { createServer } from "node:http";
import { Kysely, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";

const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ max: 5 }) }) });

const migrations = {
  "001_people": {
    up: (db) =>
      db.schema
        .createTable("ky_people")
        .addColumn("id", "serial", (c) => c.primaryKey())
        .addColumn("name", "varchar(40)", (c) => c.notNull())
        .addColumn("age", "integer")
        .execute(),
    down: (db) => db.schema.dropTable("ky_people").execute(),
  },
  "002_pets": {
    up: (db) =>
      db.schema
        .createTable("ky_pets")
        .addColumn("name", "text")
        .addColumn("owner", "integer", (c) => c.references("ky_people.id").onDelete("cascade"))
        .execute(),
    down: (db) => db.schema.dropTable("ky_pets").execute(),
  },
};
const migrator = new Migrator({
  db,
  provider: { getMigrations: async () => migrations },
  migrationTableName: "ky_migration",
  migrationLockTableName: "ky_migration_lock",
});
while ((await migrator.migrateDown()).results?.length > 0);
const { error, results } = await migrator.migrateToLatest();
if (error) throw error;

const { id } = await db
  .insertInto("ky_people")
  .values({ name: "Ann", age: 30 })
  .returning("id")
  .executeTakeFirstOrThrow();
await db
  .insertInto("ky_people")
  .values([
    { name: "Bob", age: 40 },
    { name: "Carl", age: null },
  ])
  .execute();
await db
  .insertInto("ky_pets")
  .values([
    { name: "Rex", owner: id },
    { name: "Tom", owner: id },
  ])
  .execute();

const routes = {
  "/migrations": async () => results,
  "/people": () => db.selectFrom("ky_people").selectAll().where("age", ">", 18).orderBy("id").execute(),
  "/pets": () =>
    db
      .selectFrom("ky_pets as p")
      .innerJoin("ky_people as o", "o.id", "p.owner")
      .select(["p.name", "o.name as owner"])
      .orderBy("p.name")
      .execute(),
  "/raw": async () =>
    (
      await sql`SELECT ${sql.ref("name")}, coalesce(age, ${0}) AS age FROM ${sql.table("ky_people")} ORDER BY id`.execute(
        db,
      )
    ).rows,
  "/cte": () =>
    db
      .with("adults", (q) => q.selectFrom("ky_people").select("name").where("age", ">=", 40))
      .selectFrom("adults")
      .selectAll()
      .execute(),
  "/transaction": async () => {
    const failed = await db
      .transaction()
      .execute(async (trx) => {
        await trx.deleteFrom("ky_people").execute();
        await trx.insertInto("ky_pets").values({ name: "Lost", owner: 999 }).execute();
      })
      .catch((error) => error.code);
    const { n } = await db
      .selectFrom("ky_people")
      .select((e) => e.fn.countAll().as("n"))
      .executeTakeFirst();
    return { failed, n };
  },
  "/missing": () => db.selectFrom("ky_people").selectAll().where("id", "=", 99).executeTakeFirstOrThrow(),
};

createServer(async (req, res) => {
  const answer = (status, value) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (!routes[req.url]) return answer(404, { error: "not found" });
  try {
    answer(200, await routes[req.url]());
  } catch (error) {
    answer(422, { name: error.name, message: error.message });
  }
}).listen(3000);
