/** What tools and drivers ask about the server as a whole. */
import { type Doc, Long, Timestamp } from "../bson/values";
import { MongoError } from "../errors";
import type { CommandContext, CommandTable } from "../session";
import { VERSION } from "../version";
import { databaseSize } from "./collections";
import { collectionStatistics } from "./facts";

const serverStatus = ({ server }: CommandContext): Doc => {
  const uptime = (Date.now() - server.startedAt) / 1000;
  const { replicaSet } = server.options;
  return {
    host: "localhost",
    version: VERSION,
    process: "mongod",
    pid: Long.fromNumber(1),
    uptime,
    uptimeMillis: Long.fromNumber(Math.floor(uptime * 1000)),
    uptimeEstimate: Long.fromNumber(Math.floor(uptime)),
    localTime: new Date(),
    connections: {
      current: server.connections.size,
      available: 10_000,
      totalCreated: server.connections.size,
      active: 1,
    },
    opcounters: { ...server.counters },
    metrics: { cursor: { open: { total: Long.fromNumber(server.cursors.size) } } },
    mem: { bits: 64, resident: 0, virtual: 0, supported: true },
    network: { bytesIn: Long.ZERO, bytesOut: Long.ZERO, numRequests: Long.fromNumber(server.counters.command!) },
    storageEngine: { name: "durableObject", supportsCommittedReads: true, persistent: true, readOnly: false },
    ...(replicaSet
      ? { repl: { setName: replicaSet.name, isWritablePrimary: true, hosts: [replicaSet.host], me: replicaSet.host } }
      : {}),
  };
};

const dbStats = (context: CommandContext): Doc => {
  const { server, db } = context;
  const scale = context.integer("scale") ?? 1;
  const collections = server.catalog.collections(db);
  const tables = collections.filter(({ isView }) => !isView);
  const objects = tables.reduce((sum, { count }) => sum + count, 0);
  const size = databaseSize(context, db);
  return {
    db,
    collections: tables.length,
    views: collections.length - tables.length,
    objects,
    avgObjSize: objects === 0 ? 0 : size / objects,
    dataSize: size / scale,
    storageSize: size / scale,
    freeStorageSize: 0,
    indexes: tables.reduce((sum, { indexes }) => sum + indexes.length, 0),
    indexSize: 0,
    indexFreeStorageSize: 0,
    totalSize: size / scale,
    scaleFactor: scale,
    fsUsedSize: size,
    fsTotalSize: 10 * 1024 ** 3,
  };
};

const collStats = (context: CommandContext): Doc => {
  const collection = context.server.catalog.find(context.db, context.collectionName);
  if (collection?.isView)
    throw new MongoError("CommandNotSupportedOnView", `Namespace ${collection.namespace} is a view, not a collection`);
  return collectionStatistics(collection, context.namespace, context.integer("scale") ?? 1);
};

const PARAMETERS: Doc = {
  featureCompatibilityVersion: { version: VERSION.split(".").slice(0, 2).join(".") },
  authenticationMechanisms: ["SCRAM-SHA-1", "SCRAM-SHA-256"],
  transactionLifetimeLimitSeconds: 60,
  ttlMonitorEnabled: true,
  notablescan: false,
};

const getParameter = (context: CommandContext): Doc => {
  const { body } = context;
  if (body.getParameter === "*") return { ...PARAMETERS };
  const wanted = Object.keys(body).filter((name) => Object.hasOwn(PARAMETERS, name));
  if (wanted.length === 0) throw new MongoError("InvalidOptions", "no option found to get");
  return Object.fromEntries(wanted.map((name) => [name, PARAMETERS[name]]));
};

function requireReplicaSet({ server }: CommandContext): { name: string; host: string } {
  const { replicaSet } = server.options;
  if (!replicaSet) throw new MongoError("NoReplicationEnabled", "not running with --replSet");
  return replicaSet;
}

const replicaSetStatus = (context: CommandContext): Doc => {
  const { name, host } = requireReplicaSet(context);
  const uptime = Math.floor((Date.now() - context.server.startedAt) / 1000);
  const optime = { ts: new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 }), t: Long.fromNumber(1) };
  return {
    set: name,
    date: new Date(),
    myState: 1,
    term: Long.fromNumber(1),
    heartbeatIntervalMillis: Long.fromNumber(2000),
    members: [{ _id: 0, name: host, health: 1, state: 1, stateStr: "PRIMARY", uptime, optime, self: true }],
  };
};

const replicaSetConfig = (context: CommandContext): Doc => {
  const { name, host } = requireReplicaSet(context);
  const member = { _id: 0, host, arbiterOnly: false, hidden: false, priority: 1, votes: 1 };
  return { config: { _id: name, version: 1, term: 1, members: [member], settings: {} } };
};

export const ADMINISTRATION: CommandTable = {
  serverStatus,
  dbStats,
  dbstats: dbStats,
  collStats,
  collstats: collStats,
  getParameter,
  setParameter: () => {
    throw new MongoError(
      "IllegalOperation",
      "parameters cannot be changed: the server is a Durable Object, configured in src/config.ts",
    );
  },
  getCmdLineOpts: () => ({ argv: ["mongod"], parsed: {} }),
  getLog: () => ({ totalLinesWritten: 0, log: [] }),
  hostInfo: () => ({
    system: {
      currentTime: new Date(),
      hostname: "localhost",
      cpuAddrSize: 64,
      memSizeMB: Long.fromNumber(128),
      numCores: 1,
    },
    os: { type: "Linux", name: "Cloudflare Workers", version: "" },
    extra: {},
  }),
  listCommands: () => ({ commands: {} }),
  currentOp: () => ({ inprog: [] }),
  killOp: () => ({ info: "attempting to kill op" }),
  whatsmyuri: () => ({ you: "127.0.0.1:0" }),
  fsync: () => ({ numFiles: 1 }),
  features: () => ({}),
  getDefaultRWConcern: () => ({
    defaultWriteConcern: { w: "majority", wtimeout: 0 },
    defaultReadConcern: { level: "local" },
  }),
  profile: () => ({ was: 0, slowms: 100, sampleRate: 1 }),
  getFreeMonitoringStatus: () => ({ state: "disabled" }),
  replSetGetStatus: replicaSetStatus,
  replSetGetConfig: replicaSetConfig,
  replSetInitiate: (context) => {
    requireReplicaSet(context);
    throw new MongoError("AlreadyInitialized", "already initialized");
  },
  replSetReconfig: (context) => {
    requireReplicaSet(context);
    return {};
  },
};
