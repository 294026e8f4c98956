/** How a connection begins: what the server is, and who the client is. */
import { isMechanism, Conversation } from "../auth/scram";
import { Binary, type Doc, isDocument, Long, ObjectId } from "../bson/values";
import { MongoError } from "../errors";
import type { CommandContext, CommandTable } from "../session";
import { MAX_DOCUMENT_BYTES, MAX_MESSAGE_BYTES } from "../wire";
import { MAX_WIRE_VERSION, VERSION } from "../version";

const SESSION_MINUTES = 30;

/** What drivers learn of the server. A replica set of one says so, because transactions and change streams ask for one. */
function describeServer(context: CommandContext, legacy: boolean): Doc {
  const { server, connection } = context;
  const { replicaSet } = server.options;
  return {
    helloOk: true,
    ...(legacy ? { ismaster: true } : { isWritablePrimary: true }),
    ...(replicaSet
      ? {
          setName: replicaSet.name,
          setVersion: 1,
          secondary: false,
          hosts: [replicaSet.host],
          primary: replicaSet.host,
          me: replicaSet.host,
          electionId: new ObjectId("7fffffff0000000000000001"),
          lastWrite: { opTime: { ts: server.changes.tick(), t: Long.fromNumber(1) }, lastWriteDate: new Date() },
        }
      : {}),
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: SESSION_MINUTES,
    connectionId: connection?.id ?? 0,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
  };
}

const hello = (context: CommandContext): Doc => {
  const { body, connection, server } = context;
  if (connection && body.client !== undefined) connection.metadata = body.client;
  const reply = describeServer(context, context.name !== "hello");
  if (typeof body.saslSupportedMechs === "string")
    reply.saslSupportedMechs = mechanismsOf(context, body.saslSupportedMechs);
  if (isDocument(body.speculativeAuthenticate) && server.users.required) {
    const speculative = startConversation(context, body.speculativeAuthenticate);
    if (speculative) reply.speculativeAuthenticate = speculative;
  }
  return reply;
};

function mechanismsOf({ server }: CommandContext, user: string): string[] {
  const dot = user.indexOf(".");
  const [db, name] = [user.slice(0, dot), user.slice(dot + 1)];
  return (["SCRAM-SHA-1", "SCRAM-SHA-256"] as const).filter((mechanism) =>
    server.users.credential(db, name, mechanism),
  );
}

/** An authentication that came with the greeting: when it fails, the client begins anew. */
function startConversation(context: CommandContext, command: Doc): Doc | null {
  try {
    return saslStart(context, command, typeof command.db === "string" ? command.db : "admin");
  } catch (error) {
    if (error instanceof MongoError) return null;
    throw error;
  }
}

function saslStart({ connection, server }: CommandContext, command: Doc, db: string): Doc {
  const { mechanism, payload, options } = command;
  if (!isMechanism(mechanism)) {
    throw new MongoError(
      "MechanismUnavailable",
      `Received authentication for mechanism ${String(mechanism)} which is not enabled`,
    );
  }
  const skipEmptyExchange = isDocument(options) && options.skipEmptyExchange === true;
  const conversation = new Conversation(mechanism, db, payloadText(payload), skipEmptyExchange, (user, wanted) =>
    server.users.credential(db, user, wanted),
  );
  if (connection) connection.conversation = conversation;
  return { conversationId: 1, done: false, payload: binary(conversation.serverFirst) };
}

function saslContinue({ connection, body }: CommandContext): Doc {
  const conversation = connection?.conversation;
  if (!connection || !conversation) throw new MongoError("ProtocolError", "No SASL session state found");
  if (conversation.done) {
    connection.conversation = null;
    return { conversationId: 1, done: true, payload: binary("") };
  }
  try {
    const payload = conversation.finish(payloadText(body.payload));
    connection.user = { db: conversation.db, name: conversation.user };
    if (conversation.skipEmptyExchange) connection.conversation = null;
    return { conversationId: 1, done: conversation.skipEmptyExchange, payload: binary(payload) };
  } catch (error) {
    connection.conversation = null;
    throw error;
  }
}

const binary = (text: string): Binary => new Binary(Buffer.from(text), 0);

function payloadText(payload: unknown): string {
  if (payload instanceof Binary) return Buffer.from(payload.buffer.subarray(0, payload.position)).toString("utf8");
  if (typeof payload === "string") return Buffer.from(payload, "base64").toString("utf8");
  throw new MongoError("ProtocolError", "SASL payload is missing");
}

const buildInfo = (): Doc => ({
  version: VERSION,
  gitVersion: "dock2edge",
  modules: [],
  allocator: "system",
  javascriptEngine: "sval",
  sysInfo: "deprecated",
  versionArray: [...VERSION.split(".").map(Number), 0],
  bits: 64,
  debug: false,
  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  storageEngines: ["durableObject"],
  openssl: { running: "none", compiled: "none" },
});

export const HANDSHAKE: CommandTable = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: () => ({}),
  buildInfo,
  buildinfo: buildInfo,
  saslStart: (context) => saslStart(context, context.body, context.db),
  saslContinue,
  logout: ({ connection }) => {
    if (connection) connection.user = null;
    return {};
  },
  connectionStatus: ({ connection, server }) => {
    const user = connection?.user;
    return {
      authInfo: {
        authenticatedUsers: user ? [{ user: user.name, db: user.db }] : [],
        authenticatedUserRoles: user ? server.users.rolesOf(user.db, user.name) : [],
      },
    };
  },
};
