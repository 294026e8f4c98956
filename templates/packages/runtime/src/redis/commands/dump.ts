import type { Arguments } from "../arguments";
import { type Command, command, type Context, NO_KEYS, ONE_KEY } from "../command";
import { RedisError, syntaxError } from "../errors";
import { dumpValue, parseDump, restoreValue } from "../rdb/dump";
import { OK, type Reply } from "../reply";

function dump({ db }: Context, args: Arguments): Reply {
  const record = db.find(args.bytes(0));
  return record === null ? null : dumpValue(db, record);
}

interface RestoreOptions {
  replace: boolean;
  /** The time to live is a point in time. */
  absolute: boolean;
}

function readOptions(args: Arguments): RestoreOptions {
  const options = { replace: false, absolute: false };
  for (let i = 3; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "REPLACE") options.replace = true;
    else if (option === "ABSTTL") options.absolute = true;
    else if (option === "IDLETIME" && i + 1 < args.length) {
      if (args.integer(++i) < 0) throw new RedisError("ERR Invalid IDLETIME value, must be >= 0");
    } else if (option === "FREQ" && i + 1 < args.length) {
      const frequency = args.integer(++i);
      if (frequency < 0 || frequency > 255) throw new RedisError("ERR Invalid FREQ value, must be >= 0 and <= 255");
    } else throw syntaxError();
  }
  return options;
}

function restore({ db }: Context, args: Arguments): Reply {
  const { replace, absolute } = readOptions(args);
  const key = args.bytes(0);
  if (!replace && db.find(key) !== null) throw new RedisError("BUSYKEY Target key name already exists.");
  const lifetime = args.integer(1);
  if (lifetime < 0) throw new RedisError("ERR Invalid TTL value, must be >= 0");
  const value = parseDump(args.bytes(2));
  const existed = db.discard(key);
  const expires = lifetime === 0 ? null : absolute ? lifetime : Date.now() + lifetime;
  if (expires !== null && expires <= Date.now()) {
    if (existed) db.changed(key, "g", "del");
    return OK;
  }
  restoreValue(db, key, value, expires);
  db.changed(key, "g", "restore");
  return OK;
}

function migrate(): Reply {
  throw new RedisError(
    "ERR MIGRATE is not supported: this server opens no connections; DUMP and RESTORE carry keys over",
  );
}

export const dumpCommands: Command[] = [
  command("dump", 2, "readonly", ONE_KEY, dump),
  command("restore", -4, "write denyoom", ONE_KEY, restore),
  command("restore-asking", -4, "write denyoom", ONE_KEY, restore),
  command("migrate", -6, "write", NO_KEYS, migrate),
];
