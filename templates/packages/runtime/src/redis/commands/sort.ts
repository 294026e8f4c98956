import type { Arguments } from "../arguments";
import { type Command, command, type Context, ONE_KEY } from "../command";
import type { Database } from "../database";
import { RedisError, syntaxError, wrongType } from "../errors";
import { parseDouble } from "../numbers";
import type { Reply } from "../reply";
import { readHashField } from "../storage/hash";
import { pushItems, readRange } from "../storage/list";
import { listMembers } from "../storage/set";
import { getString } from "../storage/string";
import { readOrdered } from "../storage/zset";

interface SortOptions {
  descending: boolean;
  alphabetic: boolean;
  /** null: by the elements themselves. */
  by: Buffer | null;
  get: Buffer[];
  offset: number;
  count: number;
  store: Buffer | null;
}

function readOptions(args: Arguments, mayStore: boolean): SortOptions {
  const options: SortOptions = {
    descending: false,
    alphabetic: false,
    by: null,
    get: [],
    offset: 0,
    count: -1,
    store: null,
  };
  for (let i = 1; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "ASC") options.descending = false;
    else if (option === "DESC") options.descending = true;
    else if (option === "ALPHA") options.alphabetic = true;
    else if (option === "LIMIT" && i + 2 < args.length) {
      options.offset = args.integer(++i);
      options.count = args.integer(++i);
    } else if (option === "BY" && i + 1 < args.length) options.by = args.bytes(++i);
    else if (option === "GET" && i + 1 < args.length) options.get.push(args.bytes(++i));
    else if (option === "STORE" && mayStore && i + 1 < args.length) options.store = args.bytes(++i);
    else throw syntaxError();
  }
  return options;
}

/** The elements of a list, set or sorted set. */
function readElements(db: Database, key: Buffer, descending: boolean): Buffer[] {
  const record = db.find(key);
  if (record === null) return [];
  switch (record.type) {
    case "list":
      return readRange(db, record, 0, record.size - 1);
    case "set":
      return listMembers(db, record);
    case "zset":
      return readOrdered(db, record, descending).map(({ member }) => member);
    default:
      throw wrongType();
  }
}

/** What a BY or GET pattern leads to for an element: `weight_*`, `obj_*->field`, or `#` for the element itself. */
function resolvePattern(db: Database, pattern: Buffer, element: Buffer): Buffer | null {
  const text = pattern.toString("latin1");
  if (text === "#") return element;
  const star = text.indexOf("*");
  if (star < 0) return null;
  const arrow = text.indexOf("->", star + 1);
  const hasField = arrow > 0 && arrow + 2 < text.length;
  const keyPattern = hasField ? text.slice(0, arrow) : text;
  const name = keyPattern.slice(0, star) + element.toString("latin1") + keyPattern.slice(star + 1);
  const key = Buffer.from(name, "latin1");
  const record = db.find(key);
  if (record === null) return null;
  if (hasField) {
    return record.type === "hash" ? readHashField(db, record, Buffer.from(text.slice(arrow + 2), "latin1")) : null;
  }
  return record.type === "string" ? getString(db, key) : null;
}

function sortElements(db: Database, elements: Buffer[], options: SortOptions): Buffer[] {
  // A BY without `*` is the documented way not to sort at all.
  if (options.by && !options.by.includes("*")) return elements;
  const direction = options.descending ? -1 : 1;
  // Equal weights are told apart by the elements themselves, so that the order is always the same.
  if (options.alphabetic) {
    const weighted = elements.map((element) => ({
      element,
      weight: options.by ? resolvePattern(db, options.by, element) : element,
    }));
    return weighted
      .sort((a, b) => direction * compareText(a.weight, b.weight) || direction * Buffer.compare(a.element, b.element))
      .map(({ element }) => element);
  }
  const weighted = elements.map((element) => {
    const weight = options.by ? resolvePattern(db, options.by, element) : element;
    const value = weight === null ? 0 : parseDouble(weight);
    if (value === null) throw new RedisError("ERR One or more scores can't be converted into double");
    return { element, weight: value };
  });
  return weighted
    .sort((a, b) => direction * (a.weight - b.weight) || direction * Buffer.compare(a.element, b.element))
    .map(({ element }) => element);
}

function compareText(a: Buffer | null, b: Buffer | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return Buffer.compare(a, b);
}

function sort(mayStore: boolean): Command["run"] {
  return ({ db }: Context, args: Arguments): Reply => {
    const options = readOptions(args, mayStore);
    const elements = readElements(db, args.bytes(0), options.descending);
    const sorted = sortElements(db, elements, options);
    const offset = Math.max(options.offset, 0);
    const page = options.count < 0 ? sorted.slice(offset) : sorted.slice(offset, offset + options.count);
    const values: (Buffer | null)[] =
      options.get.length === 0
        ? page
        : page.flatMap((element) => options.get.map((pattern) => resolvePattern(db, pattern, element)));
    if (options.store === null) return values;
    return store(
      db,
      options.store,
      values.map((value) => value ?? Buffer.alloc(0)),
    );
  };
}

function store(db: Database, key: Buffer, values: Buffer[]): number {
  if (values.length === 0) {
    db.delete(key);
    return 0;
  }
  db.discard(key);
  pushItems(db, db.create(key, "list"), "right", values);
  db.changed(key, "l", "sortstore");
  return values.length;
}

export const sortCommands: Command[] = [
  command("sort", -2, "write denyoom movablekeys", ONE_KEY, sort(true)),
  command("sort_ro", -2, "readonly movablekeys", ONE_KEY, sort(false)),
];
