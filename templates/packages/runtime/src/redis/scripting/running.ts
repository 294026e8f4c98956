import { RedisError } from "../errors";
import type { Reply } from "../reply";
import type { Server } from "../server";
import type { Session } from "../session";
import { bitLibrary } from "./bit";
import { cjsonLibrary } from "./cjson";
import { cmsgpackLibrary } from "./cmsgpack";
import { LuaMachine, ScriptError } from "./lua-machine";
import type { LuaValue } from "./lua-value";
import { redisLibrary, type ScriptRun } from "./redis-library";
import { luaToReply } from "./script-values";
import { stringFormat } from "./string-format";
import { structLibrary } from "./struct";

/** The script that a machine is executing; its `redis.call` asks for it. */
export interface Running {
  current: ScriptRun | null;
}

/** A machine with the libraries that Redis gives to scripts. */
export function newScriptMachine(server: Server, running: Running): LuaMachine {
  const machine = new LuaMachine({ cmsgpack: cmsgpackLibrary, bit: bitLibrary, struct: structLibrary });
  const cjson = cjsonLibrary();
  machine.install("cjson", cjson.functions, cjson.constants);
  const redis = redisLibrary(server, () => {
    if (!running.current) throw new Error("no script is running");
    return running.current;
  });
  machine.install("redis", redis.functions, redis.constants);
  machine.install("server", redis.functions, redis.constants);
  machine.install("string", { format: stringFormat });
  machine.install("os", { clock: () => [Date.now() / 1000] });
  return machine;
}

/** Calls into a machine on behalf of a session; `name` is what errors say of the script. */
export function runScript(
  running: Running,
  session: Session,
  readOnly: boolean,
  name: string,
  call: () => LuaValue,
): Reply {
  // What the script sets for itself must not change the client: its own values hide the client's.
  const own = Object.assign(Object.create(session) as Session, {
    protocol: 2,
    database: session.database,
    transaction: null,
  });
  running.current = { session: own, readOnly };
  try {
    return luaToReply(call(), session.protocol);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const { message, source, line } = error.failure;
    throw new RedisError(source === null ? message : `${message} script: ${name}, on ${source}:${line}.`);
  } finally {
    running.current = null;
  }
}
