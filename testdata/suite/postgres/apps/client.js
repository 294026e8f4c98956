// One connection: prepared statements, savepoints, session settings, errors by name.
const http = require("node:http");
const { Client, types } = require("pg");

types.setTypeParser(types.builtins.INT8, BigInt);
const client = new Client();
client.on("notice", (notice) => console.log("notice", notice.message));

const routes = {
  "/prepared": async () => {
    const byName = (city) =>
      client.query({ name: "by-city", text: "SELECT temp FROM client_weather WHERE city = $1", values: [city] });
    const all = [await byName("Oslo"), await byName("Rome"), await byName("Atlantis")];
    return all.map(({ rows }) => rows);
  },
  "/array-mode": async () => {
    const result = await client.query({
      text: "SELECT city, temp FROM client_weather ORDER BY city",
      rowMode: "array",
    });
    return { command: result.command, rows: result.rows };
  },
  "/savepoints": async () => {
    await client.query("BEGIN");
    await client.query("INSERT INTO client_weather VALUES ('Bern', 10)");
    await client.query("SAVEPOINT before_mistake");
    const mistake = await client
      .query("INSERT INTO client_weather VALUES ('Bern', 'warm')")
      .catch((error) => error.code);
    await client.query("ROLLBACK TO SAVEPOINT before_mistake");
    const { rows } = await client.query("SELECT count(*) AS n FROM client_weather");
    await client.query("ROLLBACK");
    return { mistake, inside: String(rows[0].n) };
  },
  "/settings": async () => {
    await client.query("SET statement_timeout = '50ms'");
    const slow = await client.query("SELECT pg_sleep(2)").catch((error) => [error.code, error.message]);
    await client.query("RESET statement_timeout");
    const { rows } = await client.query("SHOW application_name");
    return { slow, name: rows[0].application_name };
  },
  "/big": async () => {
    const { rows } = await client.query("SELECT 9007199254740993::int8 AS n");
    return { type: typeof rows[0].n, value: String(rows[0].n) };
  },
  "/several": async () => {
    const results = await client.query("SELECT 1 AS a; SELECT 2 AS b, 3 AS c");
    return results.map(({ rows }) => rows);
  },
  "/error": () => client.query("SELECT * FROM no_such_table"),
};

// Requests that run a transaction on the one connection wait for each other.
let queue = Promise.resolve();
const server = http.createServer((req, res) => {
  const route = routes[req.url];
  if (!route) return res.writeHead(404).end("not found");
  queue = queue.then(route).then(
    (value) => res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value)),
    (error) =>
      res
        .writeHead(422, { "content-type": "application/json" })
        .end(JSON.stringify({ code: error.code, routine: error.routine, position: error.position })),
  );
});

(async () => {
  await client.connect();
  await client.query("DROP TABLE IF EXISTS client_weather");
  await client.query("CREATE TABLE client_weather (city text PRIMARY KEY, temp int)");
  await client.query("INSERT INTO client_weather VALUES ($1, $2), ($3, $4)", ["Oslo", -3, "Rome", 18]);
  server.listen(3000);
})();
