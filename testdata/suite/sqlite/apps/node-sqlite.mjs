import { createServer } from "node:http";
import { backup, DatabaseSync } from "node:sqlite";

const db = new DatabaseSync("events.db");
db.exec(`
  CREATE TABLE IF NOT EXISTS rooms (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
  CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, room INTEGER REFERENCES rooms (id), at REAL, note BLOB);
  INSERT OR IGNORE INTO rooms VALUES (1, 'blue'), (2, 'green');
`);
db.function("twice", (x) => x * 2);
db.aggregate("joined", { start: "", step: (text, next) => text + next });

const attempt = (work) => {
  try {
    return work();
  } catch (error) {
    return { name: error.name, code: error.code, errcode: error.errcode, errstr: error.errstr, message: error.message };
  }
};
const routes = {
  "/rooms": () => db.prepare("SELECT * FROM rooms ORDER BY id").all(),
  "/add": () => db.prepare("INSERT INTO events (room, at, note) VALUES ($room, :at, ?)").run({ room: 1, ":at": 2.5 }, new Uint8Array([1, 2])),
  "/events": () => db.prepare("SELECT id, room, at, note, typeof(room) AS t FROM events").all(),
  "/foreign": () => attempt(() => db.prepare("INSERT INTO events (room) VALUES (?)").run(99)),
  "/unique": () => attempt(() => db.exec("INSERT INTO rooms VALUES (3, 'blue')")),
  "/syntax": () => attempt(() => db.prepare("SELEC")),
  "/unbindable": () => attempt(() => db.prepare("SELECT ?").get({ a: 1 })),
  "/undefined": () => attempt(() => db.prepare("SELECT ?").get(undefined)),
  "/many": () => attempt(() => db.prepare("SELECT ?").get(1, 2)),
  "/unknown": () => attempt(() => db.prepare("SELECT :a").get({ b: 2 })),
  "/few": () => db.prepare("SELECT ? AS a, ? AS b").get(1),
  "/integers": () => {
    const big = db.prepare("SELECT 9007199254740993 AS n");
    const first = attempt(() => big.get());
    big.setReadBigInts(true);
    return [first, String(big.get().n), typeof db.prepare("SELECT 5 AS n").get().n];
  },
  "/arrays": () => {
    const statement = db.prepare("SELECT id, name FROM rooms ORDER BY id");
    statement.setReturnArrays(true);
    return statement.all();
  },
  "/iterate": () => {
    const names = [];
    for (const { name } of db.prepare("SELECT name FROM rooms ORDER BY id").iterate()) names.push(name);
    return [names, db.prepare("SELECT name FROM rooms ORDER BY id").iterate().map(({ name }) => name.length).toArray()];
  },
  "/columns": () => db.prepare("SELECT id, name AS n, 1 + 1 FROM rooms").columns(),
  "/functions": () => db.prepare("SELECT twice(21) AS a, (SELECT joined(name) FROM rooms) AS b").get(),
  "/thrown": () => {
    db.function("fails", () => {
      throw new Error("thrown by the function");
    });
    return attempt(() => db.prepare("SELECT fails()").get());
  },
  "/transaction": () => {
    db.exec("BEGIN");
    const during = db.isTransaction;
    db.exec("INSERT INTO rooms VALUES (9, 'gone'); ROLLBACK");
    return [during, db.isTransaction, db.prepare("SELECT count(*) AS n FROM rooms").get()];
  },
  "/expanded": () => {
    const statement = db.prepare("SELECT ? AS a, ? AS b");
    statement.get("it's", 2.5);
    return [statement.sourceSQL, statement.expandedSQL];
  },
  "/closed": () => {
    const other = new DatabaseSync(":memory:", { open: false });
    const results = [other.isOpen, attempt(() => other.exec("SELECT 1"))];
    other.open();
    results.push(other.isOpen, other.location(), attempt(() => other.open()));
    other.close();
    return [...results, attempt(() => other.prepare("SELECT 1"))];
  },
  "/readonly": () => {
    const other = new DatabaseSync("events.db", { readOnly: true });
    const result = attempt(() => other.exec("DELETE FROM rooms"));
    other.close();
    return result;
  },
  "/prototype": () => Object.getPrototypeOf(db.prepare("SELECT 1").get()),
  "/backup": async () => {
    const pages = await backup(db, "backup.db");
    const copy = new DatabaseSync("backup.db");
    const rooms = copy.prepare("SELECT count(*) AS n FROM rooms").get();
    copy.close();
    return { copied: pages > 1, rooms };
  },
};

createServer(async (req, res) => {
  const route = routes[req.url];
  res.setHeader("content-type", "application/json");
  if (!route) res.statusCode = 404;
  const replacer = (key, value) => (value instanceof Uint8Array ? [...value] : value);
  res.end(JSON.stringify(route ? ((await route()) ?? null) : { routes: Object.keys(routes) }, replacer));
}).listen(process.env.PORT || 3000);
