import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import mysql from "mysql";
import mysql2 from "mysql2/promise";
import { type RunningWorker, startWorker, type TestHyperdrive } from "../../../../test/workerd.ts";
import { bundleWorker } from "../bundle.ts";
import { type Database, startMariadb } from "./databases.ts";
import { startSha2Server } from "./sha2-server.ts";

/** What an app of a Compose file would have hard-coded. */
const fromCompose = { host: "127.0.0.1", user: "root", password: "db-78n9n", database: "example" };

describe("MySQL through Hyperdrive", () => {
  let database: Database;
  let script: string;
  const workers: RunningWorker[] = [];

  before(async () => {
    [database, script] = await Promise.all([startMariadb(), bundleWorker(join(import.meta.dirname, "worker.ts"))]);
  });

  after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await database?.stop();
  });

  /** A Worker with a binding to the MariaDB, changed as given; the port where it takes connections. */
  async function proxyFor(changes: Partial<TestHyperdrive> = {}): Promise<number> {
    const worker = await startWorker({
      modules: [{ name: "worker.mjs", type: "esModule", content: script }],
      tcp: true,
      vars: { PROTOCOL: "mysql" },
      hyperdrives: {
        DB: {
          scheme: "mysql",
          address: `127.0.0.1:${database.port}`,
          user: "shopper",
          password: "shopper-secret",
          database: "shop",
          ...changes,
        },
      },
    });
    workers.push(worker);
    return worker.tcpPort;
  }

  const whoAmI = "SELECT CURRENT_USER() AS who, DATABASE() AS db";

  it("serves a mysql2 pool with prepared, parallel, large and failing queries", async () => {
    const pool = mysql2.createPool({ ...fromCompose, port: await proxyFor(), disableEval: true, connectionLimit: 4 });
    const [[me]] = (await pool.query(whoAmI)) as unknown as [[unknown]];
    assert.deepEqual({ ...(me as object) }, { who: "shopper@%", db: "shop" });
    await pool.query("CREATE TABLE items (id int auto_increment primary key, body longtext)");
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => pool.execute("INSERT INTO items (body) VALUES (?)", [`é${i}`])),
    );
    const [rows] = await pool.execute("SELECT body FROM items WHERE body = ?", ["é7"]);
    assert.deepEqual(
      (rows as { body: string }[]).map((row) => row.body),
      ["é7"],
    );
    const [large] = await pool.query("SELECT REPEAT('x', 10000000) AS text");
    assert.equal((large as { text: string }[])[0]!.text.length, 10_000_000);
    await assert.rejects(pool.query("SELECT * FROM nowhere"), { errno: 1146 });
    await pool.end();
  });

  it("serves a transaction over one connection", async () => {
    const connection = await mysql2.createConnection({ ...fromCompose, port: await proxyFor(), disableEval: true });
    await connection.query("CREATE TEMPORARY TABLE t (n int) ENGINE=InnoDB");
    await connection.beginTransaction();
    await connection.query("INSERT INTO t VALUES (1)");
    await connection.rollback();
    const [rows] = await connection.query("SELECT COUNT(*) AS n FROM t");
    assert.equal((rows as { n: number }[])[0]!.n, 0);
    await connection.end();
  });

  it("selects the binding's database for an app that names none", async () => {
    const { host, user, password } = fromCompose;
    const connection = await mysql2.createConnection({
      host,
      user,
      password,
      port: await proxyFor(),
      disableEval: true,
    });
    const [rows] = await connection.query("SELECT DATABASE() AS db");
    assert.equal((rows as { db: string }[])[0]!.db, "shop");
    await connection.end();
  });

  it("serves the mysql package", async () => {
    const connection = mysql.createConnection({ ...fromCompose, port: await proxyFor() });
    const rows = await new Promise((resolve, reject) => {
      connection.query(whoAmI, (error: unknown, result: unknown) => (error ? reject(error) : resolve(result)));
    });
    assert.deepEqual(
      (rows as object[]).map((row) => ({ ...row })),
      [{ who: "shopper@%", db: "shop" }],
    );
    await new Promise((resolve) => connection.end(resolve));
  });

  it("changes the user as mysql2 does", async () => {
    const connection = await mysql2.createConnection({ ...fromCompose, port: await proxyFor(), disableEval: true });
    await connection.query("SET @mine = 'é'");
    await connection.changeUser({ user: "root", password: "other", database: "example" });
    const [[row]] = (await connection.query(
      "SELECT @mine AS mine, CURRENT_USER() AS who, DATABASE() AS db, 'é' AS text",
    )) as unknown as [[object]];
    assert.deepEqual({ ...row }, { mine: null, who: "shopper@%", db: "shop", text: "é" });
    const [prepared] = await connection.execute("SELECT ? + 1 AS n", [1]);
    assert.equal((prepared as { n: number }[])[0]!.n, 2);
    await connection.end();
  });

  it("changes the user as the mysql package does, time and again", async () => {
    const connection = mysql.createConnection({ ...fromCompose, port: await proxyFor(), charset: "utf8mb4" });
    const query = (text: string) =>
      new Promise<unknown>((resolve, reject) =>
        connection.query(text, (error: unknown, rows: object[]) => (error ? reject(error) : resolve({ ...rows[0] }))),
      );
    for (let round = 0; round < 3; round++) {
      await query("SET @mine = 1").catch(() => {});
      await new Promise<void>((resolve, reject) =>
        connection.changeUser({ user: "other", password: "wrong" }, (error) => (error ? reject(error) : resolve())),
      );
      assert.deepEqual(await query("SELECT @mine AS mine, DATABASE() AS db, '😀' AS text"), {
        mine: null,
        db: "shop",
        text: "😀",
      });
    }
    await new Promise((resolve) => connection.end(resolve));
  });

  it("accepts a client that has no password", async () => {
    const connection = await mysql2.createConnection({
      host: "127.0.0.1",
      user: "root",
      port: await proxyFor(),
      disableEval: true,
    });
    await connection.ping();
    await connection.end();
  });

  it("logs in as a user without a password", async () => {
    const port = await proxyFor({ user: "nopassword", password: "" });
    const connection = await mysql2.createConnection({ ...fromCompose, port, disableEval: true });
    await connection.ping();
    await connection.end();
  });

  it("passes on that the binding's password is wrong", async () => {
    const port = await proxyFor({ password: "wrong" });
    const connecting = mysql2.createConnection({ ...fromCompose, port, disableEval: true });
    await assert.rejects(connecting, { errno: 1045, code: "ER_ACCESS_DENIED_ERROR", message: /'shopper'@/ });
  });

  it("passes on that the database does not exist", async () => {
    const port = await proxyFor({ database: "nowhere" });
    const connecting = mysql2.createConnection({ ...fromCompose, port, disableEval: true });
    await assert.rejects(connecting, { errno: 1044 });
  });

  it("tells a driver that insists on encryption that there is none", async () => {
    const connecting = mysql2.createConnection({ ...fromCompose, port: await proxyFor(), ssl: {}, disableEval: true });
    await assert.rejects(connecting, /does not support secure connection/);
  });

  for (const mode of ["fast", "full", "switch"] as const) {
    it(`logs in with caching_sha2_password (${mode})`, async () => {
      const server = await startSha2Server({ user: "shopper", password: "shopper-secret", mode });
      try {
        const port = await proxyFor({ address: `127.0.0.1:${server.port}` });
        const connection = await mysql2.createConnection({ ...fromCompose, port, disableEval: true });
        await connection.ping();
        connection.destroy();
        assert.deepEqual(server.logins, ["shopper to shop"]);
      } finally {
        await server.stop();
      }
    });

    it(`passes on that the password for caching_sha2_password (${mode}) is wrong`, async () => {
      const server = await startSha2Server({ user: "shopper", password: "another", mode });
      try {
        const port = await proxyFor({ address: `127.0.0.1:${server.port}` });
        const connecting = mysql2.createConnection({ ...fromCompose, port, disableEval: true });
        await assert.rejects(connecting, { errno: 1045 });
        assert.deepEqual(server.logins, []);
      } finally {
        await server.stop();
      }
    });
  }
});
