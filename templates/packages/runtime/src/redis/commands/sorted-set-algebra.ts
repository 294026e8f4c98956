import type { Arguments } from "../arguments";
import { type Command, command, type Context, NO_KEYS, ONE_KEY } from "../command";
import type { Database } from "../database";
import { syntaxError, wrongType } from "../errors";
import type { Reply } from "../reply";
import { listMembers } from "../storage/set";
import { readOrdered, type Scored, storeMembers } from "../storage/zset";
import { readLimit } from "./sets";
import { scoredReply } from "./zset-arguments";

type Operation = "union" | "inter" | "diff";
type Aggregate = "SUM" | "MIN" | "MAX";

interface Query {
  keys: Buffer[];
  weights: number[];
  aggregate: Aggregate;
  withScores: boolean;
}

function readQuery(args: Arguments, index: number, name: string, operation: Operation, store: boolean): Query {
  const [keys, next] = args.countedKeys(index, `ERR at least 1 input key is needed for '${name}' command`);
  const query: Query = {
    keys,
    weights: keys.map(() => 1),
    aggregate: "SUM",
    withScores: false,
  };
  for (let i = next; i < args.length; i++) {
    const option = args.keyword(i);
    const combines = operation !== "diff";
    if (option === "WEIGHTS" && combines && i + keys.length < args.length) {
      query.weights = keys.map((_, n) => args.double(i + 1 + n, "ERR weight value is not a float"));
      i += keys.length;
    } else if (option === "AGGREGATE" && combines && i + 1 < args.length) {
      const aggregate = args.keyword(++i);
      if (aggregate !== "SUM" && aggregate !== "MIN" && aggregate !== "MAX") {
        throw syntaxError();
      }
      query.aggregate = aggregate;
    } else if (option === "WITHSCORES" && !store) {
      query.withScores = true;
    } else {
      throw syntaxError();
    }
  }
  return query;
}

/** The members at `key`, which may also be a plain set: its members count as scored 1. */
function readSource(db: Database, key: Buffer): Scored[] {
  const record = db.find(key);
  if (record === null) return [];
  if (record.type === "zset") return readOrdered(db, record, false);
  if (record.type !== "set") throw wrongType();
  return listMembers(db, record).map((member) => ({ member, score: 1 }));
}

function evaluate(db: Database, operation: Operation, { keys, weights, aggregate }: Query): Scored[] {
  const sources = keys.map((key) => readSource(db, key));
  const result = new Map<string, Scored & { sources: number }>();
  sources.forEach((source, index) => {
    for (const { member, score } of source) {
      const name = member.toString("latin1");
      const weighted = orZero(score * weights[index]!);
      const seen = result.get(name);
      if (operation === "diff") {
        if (index === 0) result.set(name, { member, score, sources: 1 });
        else result.delete(name);
      } else if (seen) {
        seen.score = combine(aggregate, seen.score, weighted);
        seen.sources++;
      } else {
        result.set(name, { member, score: weighted, sources: 1 });
      }
    }
  });
  return [...result.values()]
    .filter((entry) => operation !== "inter" || entry.sources === sources.length)
    .sort((a, b) => a.score - b.score || Buffer.compare(a.member, b.member));
}

function combine(aggregate: Aggregate, a: number, b: number): number {
  if (aggregate === "MIN") return Math.min(a, b);
  if (aggregate === "MAX") return Math.max(a, b);
  return orZero(a + b);
}

/** Infinity times zero, or minus infinity, counts as zero. */
function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function read(name: string, operation: Operation): Command["run"] {
  return ({ db, session }, args) => {
    const query = readQuery(args, 0, name, operation, false);
    const members = evaluate(db, operation, query);
    return scoredReply(members, query.withScores, session.protocol);
  };
}

function store(name: string, operation: Operation): Command["run"] {
  return ({ db }, args) => {
    const query = readQuery(args, 1, name, operation, true);
    const members = evaluate(db, operation, query);
    storeMembers(db, args.bytes(0), members, name);
    return members.length;
  };
}

function zintercard({ db }: Context, args: Arguments): Reply {
  const [keys, next] = args.countedKeys(0, "ERR at least 1 input key is needed for 'zintercard' command");
  const limit = readLimit(args, next);
  const query: Query = {
    keys,
    weights: keys.map(() => 1),
    aggregate: "SUM",
    withScores: false,
  };
  const count = evaluate(db, "inter", query).length;
  return limit === 0 ? count : Math.min(count, limit);
}

function pair(operation: Operation): Command[] {
  const name = `z${operation}`;
  return [
    command(name, -3, "readonly movablekeys", NO_KEYS, read(name, operation)),
    command(`${name}store`, -4, "write denyoom movablekeys", ONE_KEY, store(`${name}store`, operation)),
  ];
}

export const sortedSetAlgebraCommands: Command[] = [
  ...pair("union"),
  ...pair("inter"),
  ...pair("diff"),
  command("zintercard", -3, "readonly movablekeys", NO_KEYS, zintercard),
];
