import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import postgres from "postgres";
import { type RunningWorker, startWorker, type TestHyperdrive } from "../../../../test/workerd.ts";
import { bundleWorker } from "../bundle.ts";
import { freePort } from "../free-port.ts";
import { type Database, POSTGRES_USERS, startPostgres } from "./databases.ts";

/** What an app of a Compose file would have hard-coded. */
const fromCompose = { host: "127.0.0.1", user: "postgres", password: "postgres", database: "todos" };

describe("Postgres through Hyperdrive", () => {
  let database: Database;
  let script: string;
  const workers: RunningWorker[] = [];

  before(async () => {
    [database, script] = await Promise.all([startPostgres(), bundleWorker(join(import.meta.dirname, "worker.ts"))]);
  });

  after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await database?.stop();
  });

  /** A Worker whose binding logs in as `user`; the port where it takes connections. */
  async function proxyFor(user: string, changes: Partial<TestHyperdrive> = {}): Promise<number> {
    const worker = await startWorker({
      modules: [{ name: "worker.mjs", type: "esModule", content: script }],
      tcp: true,
      vars: { PROTOCOL: "postgres" },
      hyperdrives: {
        DB: {
          scheme: "postgresql",
          address: `127.0.0.1:${database.port}`,
          user,
          password: `${user}-secret`,
          database: "shop",
          ...changes,
        },
      },
    });
    workers.push(worker);
    return worker.tcpPort;
  }

  for (const [user, method] of Object.entries(POSTGRES_USERS)) {
    it(`logs in with ${method}, whatever the app's credentials are`, async () => {
      const client = new pg.Client({ ...fromCompose, port: await proxyFor(user), application_name: "the app" });
      await client.connect();
      const { rows } = await client.query(
        "SELECT current_user AS who, current_database() AS db, current_setting('application_name') AS app",
      );
      await client.end();
      assert.deepEqual(rows, [{ who: user, db: "shop", app: "the app" }]);
    });
  }

  it("serves a pool with parallel, large and failing queries", async () => {
    const pool = new pg.Pool({ ...fromCompose, port: await proxyFor("scram"), max: 5 });
    await pool.query("CREATE TABLE items (id serial PRIMARY KEY, body text)");
    const inserted = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        pool.query("INSERT INTO items (body) VALUES ($1) RETURNING body", [`${i}`.repeat(1000)]),
      ),
    );
    assert.equal(inserted.length, 30);
    const large = await pool.query("SELECT repeat('x', 20000000) AS text");
    assert.equal((large.rows[0] as { text: string }).text.length, 20_000_000);
    const upload = await pool.query("SELECT length($1::text) AS n", ["y".repeat(10_000_000)]);
    assert.deepEqual(upload.rows, [{ n: 10_000_000 }]);
    await assert.rejects(pool.query("SELECT * FROM nowhere"), { code: "42P01" });
    const { rows } = await pool.query("SELECT count(*)::int AS n FROM items");
    assert.deepEqual(rows, [{ n: 30 }]);
    await pool.end();
  });

  it("serves a transaction, LISTEN/NOTIFY and a cancelled query", async () => {
    const port = await proxyFor("scram");
    const client = new pg.Client({ ...fromCompose, port });
    await client.connect();
    await client.query("BEGIN");
    await client.query("CREATE TEMP TABLE t (n int)");
    await client.query("ROLLBACK");
    await assert.rejects(client.query("SELECT * FROM t"), { code: "42P01" });
    const heard = new Promise((resolve) => client.on("notification", ({ payload }) => resolve(payload)));
    await client.query("LISTEN jobs");
    await client.query("NOTIFY jobs, 'ready'");
    assert.equal(await heard, "ready");
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
    const slow = client.query("SELECT pg_sleep(20)");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const request = Buffer.alloc(16);
    [16, 80877102, processID, secretKey].forEach((word, i) => request.writeInt32BE(word, i * 4));
    createConnection(port, "127.0.0.1").end(request);
    await assert.rejects(slow, { code: "57014" });
    await client.end();
  });

  it("serves postgres.js, which asks for encryption first", async () => {
    const sql = postgres({ ...fromCompose, port: await proxyFor("scram"), ssl: "prefer", max: 2 });
    const rows = await sql`SELECT ${1}::int + 1 AS n`;
    assert.deepEqual([...rows], [{ n: 2 }]);
    await sql.end();
  });

  it("tells a driver that insists on encryption that there is none", async () => {
    const client = new pg.Client({ ...fromCompose, port: await proxyFor("scram"), ssl: true });
    await assert.rejects(client.connect(), /does not support SSL/);
  });

  for (const user of ["scram", "md5user", "plain"]) {
    it(`passes on that ${user}'s password in the binding is wrong`, async () => {
      const client = new pg.Client({ ...fromCompose, port: await proxyFor(user, { password: "wrong" }) });
      await assert.rejects(client.connect(), { code: "28P01", message: /password authentication failed/ });
    });
  }

  it("passes on that the database does not exist", async () => {
    const client = new pg.Client({ ...fromCompose, port: await proxyFor("scram", { database: "nowhere" }) });
    await assert.rejects(client.connect(), { code: "3D000" });
  });

  it("ends the connection when the database cannot be reached", async () => {
    const port = await proxyFor("scram", { address: `127.0.0.1:${await freePort()}` });
    const client = new pg.Client({ ...fromCompose, port });
    await assert.rejects(client.connect(), /terminated|ECONNRESET|closed/);
  });

  it("refuses bytes that are no startup message", async () => {
    const port = await proxyFor("scram");
    const answer = await new Promise<string>((resolve) => {
      const socket = createConnection(port, "127.0.0.1");
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString("latin1")));
      socket.on("close", () => resolve(text));
      socket.write(Buffer.from("1603010200010001fc0303", "hex"));
    });
    assert.match(answer, /^E.*invalid length of startup packet/s);
  });
});
