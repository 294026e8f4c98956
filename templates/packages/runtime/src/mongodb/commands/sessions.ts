/** Sessions and transactions. */
import { randomUUID } from "node:crypto";
import { type Doc, isDocument, UUID } from "../bson/values";
import { MongoError } from "../errors";
import type { CommandContext, CommandTable } from "../session";
import { sessionKey, transactionNumber } from "../transactions";

/** The session and the number a command about a transaction must have. */
function transactionOf({ session, body, name }: CommandContext): [session: string, number: number] {
  const number = transactionNumber(body);
  if (session === null || number === null) {
    throw new MongoError("IllegalOperation", `${name} must be run within a transaction`);
  }
  return [session, number];
}

const commitTransaction = (context: CommandContext): Doc => {
  const { server } = context;
  const [session, number] = transactionOf(context);
  for (const change of server.transactions.commit(session, number)) server.changed(change);
  return {};
};

const abortTransaction = (context: CommandContext): Doc => {
  const [session, number] = transactionOf(context);
  context.server.transactions.abort(session, number);
  return {};
};

const endSessions = (context: CommandContext): Doc => {
  const lists = [context.body.endSessions, context.body.killSessions].find(Array.isArray) as unknown[] | undefined;
  for (const lsid of lists ?? []) {
    const session = isDocument(lsid) ? sessionKey({ lsid }) : null;
    if (session !== null) context.server.endSession(session);
  }
  return {};
};

export const SESSIONS: CommandTable = {
  startSession: () => ({ id: { id: new UUID(randomUUID()) }, timeoutMinutes: 30 }),
  refreshSessions: () => ({}),
  endSessions,
  killSessions: endSessions,
  killAllSessions: () => ({}),
  commitTransaction,
  abortTransaction,
};
