// postgres.js: tagged templates, fragments, transactions, listen, cursors.
import { createServer } from "node:http";
import postgres from "postgres";

const sql = postgres(process.env.DATABASE_URL, { max: 4, onnotice: () => {} });

await sql`DROP TABLE IF EXISTS pjs_users`;
await sql`CREATE TABLE pjs_users (id serial PRIMARY KEY, name text UNIQUE NOT NULL, roles text[], settings jsonb, joined date)`;
await sql`INSERT INTO pjs_users ${sql([
  { name: "ann", roles: ["admin", "user"], settings: { theme: "dark" }, joined: "2024-01-31" },
  { name: "bob", roles: ["user"], settings: { theme: "light", size: 3 }, joined: "2024-02-29" },
])}`;

const heard = [];
await sql.listen("pjs", (payload) => heard.push(payload));

const routes = {
  "GET /users": () => sql`SELECT * FROM pjs_users ORDER BY id`,
  "GET /columns": () => sql`SELECT ${sql(["name", "roles"])} FROM pjs_users WHERE name IN ${sql(["bob", "carl"])}`,
  "GET /filter": () => {
    const byTheme = sql`AND settings->>'theme' = ${"dark"}`;
    return sql`SELECT name FROM pjs_users WHERE true ${byTheme}`;
  },
  "GET /values": () => sql`SELECT name, cardinality(roles) FROM pjs_users ORDER BY id`.values(),
  "GET /cursor": async () => {
    const sums = [];
    await sql`SELECT n FROM generate_series(1, 45) AS n`.cursor(20, (rows) => {
      sums.push(rows.reduce((sum, { n }) => sum + n, 0));
    });
    return sums;
  },
  "GET /parallel": () =>
    Promise.all(
      Array.from({ length: 12 }, (_, n) => sql`SELECT ${n}::int AS n, pg_sleep(0.01)`.then(([row]) => row.n)),
    ),
  "GET /heard": () => heard,
  "POST /notify": async () => {
    await sql.notify("pjs", "hello");
    return { sent: true };
  },
  "POST /rename": () =>
    sql.begin(async (tx) => {
      const [user] = await tx`UPDATE pjs_users SET name = 'carl' WHERE name = 'bob' RETURNING id, name`;
      const inner = await tx
        .savepoint((sp) => sp`UPDATE pjs_users SET name = 'ann' WHERE name = 'carl'`)
        .catch((error) => error.code);
      return { user, inner };
    }),
  "GET /error": () => sql`SELECT * FROM nowhere`,
};

createServer(async (req, res) => {
  const route = routes[`${req.method} ${req.url}`];
  let status = route ? 200 : 404;
  const body = route
    ? await Promise.resolve()
        .then(route)
        .catch((error) => {
          status = 422;
          return { name: error.name, code: error.code, message: error.message };
        })
    : { error: "not found" };
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}).listen(process.env.PORT ?? 3000);
