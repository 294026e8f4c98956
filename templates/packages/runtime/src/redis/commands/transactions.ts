import { ALL_KEYS, type Command, command, type Context, NO_KEYS } from "../command";
import { RedisError } from "../errors";
import { NULL_ARRAY, OK, type Reply } from "../reply";

function multi({ session }: Context): Reply {
  if (session.transaction) throw new RedisError("ERR MULTI calls can not be nested");
  session.transaction = { queue: [], failed: false };
  return OK;
}

function exec({ server, session }: Context): Reply {
  const { transaction } = session;
  if (!transaction) throw new RedisError("ERR EXEC without MULTI");
  session.transaction = null;
  const intact = server.watches.intact(session, server.keyspace);
  server.watches.clear(session);
  if (transaction.failed) {
    throw new RedisError("EXECABORT Transaction discarded because of previous errors.");
  }
  if (!intact) return NULL_ARRAY;
  return server.runQueued(session, transaction.queue);
}

function discard({ server, session }: Context): Reply {
  if (!session.transaction) throw new RedisError("ERR DISCARD without MULTI");
  session.transaction = null;
  server.watches.clear(session);
  return OK;
}

const watch: Command["run"] = ({ server, session, db }, args) => {
  if (session.transaction) {
    throw new RedisError("ERR WATCH inside MULTI is not allowed");
  }
  for (const key of args.list) {
    db.find(key);
    server.watches.add(session, db.index, key);
  }
  return OK;
};

export const transactionCommands: Command[] = [
  command("multi", 1, "noscript fast", NO_KEYS, multi),
  command("exec", 1, "noscript", NO_KEYS, exec),
  command("discard", 1, "noscript fast", NO_KEYS, discard),
  command("watch", -2, "noscript fast", ALL_KEYS, watch),
  command("unwatch", 1, "noscript fast", NO_KEYS, ({ server, session }) => {
    server.watches.clear(session);
    return OK;
  }),
];
