/** What the compiled part of the package sqlite3 gives its JavaScript, which is the package's own. */
import { createBackup } from "./backup";
import { createDatabase, OPEN_FULLMUTEX, type Sqlite3Host } from "./database";
import { createStatement } from "./statement";

const OPEN_FLAGS = {
  OPEN_READONLY: 0x1,
  OPEN_READWRITE: 0x2,
  OPEN_CREATE: 0x4,
  OPEN_FULLMUTEX,
  OPEN_URI: 0x40,
  OPEN_SHAREDCACHE: 0x20000,
  OPEN_PRIVATECACHE: 0x40000,
};
const CODES =
  `OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA
   TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB`.split(/\s+/);
const LIMITS =
  `LENGTH SQL_LENGTH COLUMN EXPR_DEPTH COMPOUND_SELECT VDBE_OP FUNCTION_ARG ATTACHED LIKE_PATTERN_LENGTH VARIABLE_NUMBER
   TRIGGER_DEPTH WORKER_THREADS`.split(/\s+/);

/** Makes the object that `require("node_sqlite3.node")` gives. */
export function createSqlite3(host: Sqlite3Host): Record<string, unknown> {
  const { engine } = host;
  const codes = engine.constants["resultCodes"] ?? {};
  const Database = createDatabase(host);
  return {
    Database,
    Statement: createStatement(host, Database),
    Backup: createBackup(host),
    ...OPEN_FLAGS,
    VERSION: engine.version,
    SOURCE_ID: engine.memory.cText(engine.c.sqlite3_sourceid()),
    VERSION_NUMBER: engine.c.sqlite3_libversion_number(),
    ...Object.fromEntries(CODES.map((name) => [name, codes[`SQLITE_${name}`]])),
    ...Object.fromEntries(LIMITS.map((name, id) => [`LIMIT_${name}`, id])),
  };
}
