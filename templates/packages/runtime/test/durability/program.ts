/** The app whose writes must survive: files of a volume, and SQLite in all the ways that write differently. */
import type { Factory } from "../../src/image.ts";

/** Rows of a transaction that does not fit into SQLite's cache, and so reaches the file before its end. */
export const BULK_ROWS = 2400;

/** What has been found after a restart. */
export interface Found {
  log: number[];
  files: number[];
  rollback: number[];
  wal: number[];
  bulk: [number: number, rows: number][];
  /** Sum over accounts between which transactions move money; never changes. */
  balance: number;
  integrity: string[];
}

type Require = (id: string) => never;

/** The module of the app, as the packer would make it. */
export const program: Factory = (anyRequire) => {
  const require = anyRequire as Require;
  const http = require("http") as typeof import("node:http");
  const fs = require("fs") as typeof import("node:fs");
  const { DatabaseSync } = require("node:sqlite") as typeof import("node:sqlite");

  fs.mkdirSync("/data/files", { recursive: true });
  const open = (path: string, setup: string) => {
    const db = new DatabaseSync(path);
    db.exec(setup);
    return db;
  };
  const rollback = open(
    "/data/rollback.db",
    "CREATE TABLE IF NOT EXISTS acks (n INTEGER PRIMARY KEY); CREATE TABLE IF NOT EXISTS accounts (id INTEGER PRIMARY KEY, amount INTEGER)",
  );
  rollback.exec("INSERT OR IGNORE INTO accounts VALUES (1, 500), (2, 500)");
  // Outside of the volume, and with a write-ahead log.
  const wal = open("/app/wal.db", "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS acks (n INTEGER PRIMARY KEY)");
  const bulk = open("/data/bulk.db", "CREATE TABLE IF NOT EXISTS rows (n INTEGER, filler TEXT)");

  const numbers = (db: InstanceType<typeof DatabaseSync>) =>
    db
      .prepare("SELECT n FROM acks ORDER BY n")
      .all()
      .map(({ n }) => n as number);
  const find = (): Found => ({
    log: fs.existsSync("/data/log") ? fs.readFileSync("/data/log", "utf8").trim().split("\n").map(Number) : [],
    files: fs
      .readdirSync("/data/files")
      .filter((name) => fs.readFileSync(`/data/files/${name}`, "utf8") === `content of ${name}`)
      .map(Number),
    rollback: numbers(rollback),
    wal: numbers(wal),
    bulk: bulk
      .prepare("SELECT n, count(*) AS c FROM rows GROUP BY n")
      .all()
      .map(({ n, c }) => [n as number, c as number]),
    balance: rollback.prepare("SELECT sum(amount) AS s FROM accounts").get()!["s"] as number,
    integrity: [rollback, wal, bulk].map((db) =>
      String(db.prepare("PRAGMA integrity_check").get()!["integrity_check"]),
    ),
  });

  const writes: Record<string, (n: number) => void | Promise<void>> = {
    log: (n) => fs.appendFileSync("/data/log", `${n}\n`),
    file: async (n) => {
      // As uploads do it: a temporary name first.
      await fs.promises.writeFile(`/data/files/.${n}`, `content of ${n}`);
      await fs.promises.rename(`/data/files/.${n}`, `/data/files/${n}`);
    },
    rollback: (n) => {
      rollback.exec(
        `BEGIN; UPDATE accounts SET amount = amount - 1 WHERE id = 1; UPDATE accounts SET amount = amount + 1 WHERE id = 2;
         INSERT INTO acks VALUES (${n}); COMMIT`,
      );
    },
    wal: (n) => void wal.prepare("INSERT INTO acks VALUES (?)").run(n),
    bulk: async (n) => {
      const insert = bulk.prepare("INSERT INTO rows VALUES (?, ?)");
      bulk.exec("BEGIN");
      for (let i = 0; i < BULK_ROWS; i++) {
        insert.run(n, "x".repeat(1000));
        if (i % 800 === 799) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      bulk.exec("COMMIT");
    },
  };

  const server = http.createServer((req, res) => {
    const [, kind = "", number] = req.url!.split("/");
    const write = writes[kind];
    if (!write) return res.end(JSON.stringify(find()));
    Promise.resolve(write(Number(number))).then(
      () => res.end("written"),
      (error: unknown) => res.writeHead(500).end(String(error)),
    );
  });
  server.listen(3000);
};
