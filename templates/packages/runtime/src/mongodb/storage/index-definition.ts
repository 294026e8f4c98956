import { type Doc, isDocument, typeName } from "../bson/values";
import { MongoError } from "../errors";
import { compileQuery, type Predicate } from "../query/matcher";
import { type Collation, parseCollation } from "../values/collation";
import { encodeKey } from "../values/keys";
import { isNumeric, toDouble } from "../values/numbers";
import { fieldOf, keysAt, splitPath, valuesAt } from "../values/paths";

/** Kinds of index fields besides the two directions. They are kept and listed; text and positions are searched without them. */
const SPECIAL = new Set(["text", "2dsphere", "2d", "hashed", "geoHaystack"]);

export interface IndexField {
  readonly path: string;
  readonly direction: 1 | -1;
}

/** Longest key: SQLite takes rows of 2 MB, and longer keys would make each comparison slow. */
const MAX_KEY_BYTES = 1_000_000;

/** An index: which keys a document has in it. */
export class IndexDefinition {
  readonly id: number;
  /** As it is listed: `{v: 2, key, name, unique, …}`. */
  readonly spec: Doc;
  readonly name: string;
  readonly key: Doc;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly expireAfterSeconds: number | null;
  readonly collation: Collation | undefined;
  readonly partial: Predicate | null;
  /** Text, positions, wildcards: it has no keys. */
  readonly special: boolean;
  readonly isText: boolean;
  /** Some document has several keys: then bounds of a range hold for different elements, and it has no order to sort by. */
  multikey: boolean;

  constructor(id: number, spec: Doc, multikey: boolean) {
    this.id = id;
    this.spec = spec;
    this.multikey = multikey;
    this.name = String(spec.name);
    this.key = spec.key as Doc;
    const entries = Object.entries(this.key);
    this.isText = entries.some(([, kind]) => kind === "text");
    this.special =
      this.isText ||
      entries.some(([path, kind]) => path.includes("$**") || (typeof kind === "string" && kind !== "hashed"));
    this.fields = entries.map(([path, kind]) => ({ path, direction: isNumeric(kind) && toDouble(kind) < 0 ? -1 : 1 }));
    this.unique = spec.unique === true || this.name === "_id_";
    this.sparse = spec.sparse === true;
    this.expireAfterSeconds = isNumeric(spec.expireAfterSeconds) ? toDouble(spec.expireAfterSeconds) : null;
    this.collation = parseCollation(spec.collation);
    const { partialFilterExpression } = spec;
    this.partial = isDocument(partialFilterExpression) ? compileQuery(partialFilterExpression) : null;
  }

  /** A document's keys; none where a sparse or partial index leaves it out. */
  keysOf(document: Doc): Buffer[] {
    if (this.special || (this.partial && !this.partial(document))) return [];
    const values = this.fields.map(({ path }) => keysAt(document, path));
    if (this.sparse && values.every((list) => list.every((value) => value === undefined))) return [];
    const directions = this.fields.map(({ direction }) => direction);
    const keys = combinations(values).map((key) => encodeKey(key, directions, this.collation));
    const long = keys.find((key) => key.length > MAX_KEY_BYTES);
    if (long) throw new MongoError(17280, `Index key of ${long.length} bytes in index '${this.name}' is too long`);
    return keys.length === 1 ? keys : distinct(keys);
  }

  /** Whether the document makes the index one with several keys a document. */
  makesMultikey(document: Doc): boolean {
    return this.fields.some(({ path }) => {
      const parts = splitPath(path);
      if (parts.length === 1) return Array.isArray(fieldOf(document, path));
      const values = valuesAt(document, parts);
      return values.length > 1 || Array.isArray(values[0]) || passesArray(document, parts);
    });
  }

  /** The values of the index's fields, as an error about a duplicate shows them. */
  valuesOf(document: Doc): Doc {
    return Object.fromEntries(
      this.fields.map(({ path }) => {
        const [value] = keysAt(document, path);
        return [path, value === undefined ? null : value];
      }),
    );
  }
}

function passesArray(document: Doc, parts: readonly string[]): boolean {
  let value: unknown = document;
  for (const part of parts) {
    if (!isDocument(value)) return Array.isArray(value);
    value = fieldOf(value, part);
  }
  return false;
}

function combinations(values: readonly unknown[][]): unknown[][] {
  if (values.filter((list) => list.length > 1).length > 1 && !sameLengths(values)) {
    throw new MongoError(171, "cannot index parallel arrays");
  }
  return values.reduce<unknown[][]>((keys, list) => keys.flatMap((key) => list.map((value) => [...key, value])), [[]]);
}

/** Fields of the same array's elements have as many values each; they are combined freely, which only finds too much. */
function sameLengths(values: readonly unknown[][]): boolean {
  const lengths = new Set(values.map((list) => list.length).filter((length) => length > 1));
  return lengths.size === 1;
}

function distinct(keys: Buffer[]): Buffer[] {
  const seen = new Map(keys.map((key) => [key.toString("latin1"), key]));
  return [...seen.values()];
}

const OPTIONS = new Set([
  "v",
  "key",
  "name",
  "ns",
  "unique",
  "sparse",
  "background",
  "expireAfterSeconds",
  "partialFilterExpression",
  "collation",
  "hidden",
  "weights",
  "default_language",
  "language_override",
  "textIndexVersion",
  "2dsphereIndexVersion",
  "bits",
  "min",
  "max",
  "wildcardProjection",
  "storageEngine",
  "dropDups",
  "prepareUnique",
  "clustered",
]);

/** Checks what createIndexes was given and completes it. */
export function normalizeIndexSpec(given: unknown, namespace: string): Doc {
  if (!isDocument(given) || !isDocument(given.key))
    throw new MongoError("FailedToParse", "The 'key' field is a required property of an index specification");
  const unknown = Object.keys(given).find((option) => !OPTIONS.has(option));
  if (unknown) {
    throw new MongoError(
      "InvalidIndexSpecificationOption",
      `Error in specification ${JSON.stringify(given)} :: caused by :: The field '${unknown}' is not valid for an index specification. Specification: ${JSON.stringify(given)}`,
    );
  }
  if (Object.keys(given.key).length === 0)
    throw new MongoError("CannotCreateIndex", "Error in specification: index keys cannot be empty.");
  for (const [path, kind] of Object.entries(given.key)) checkField(path, kind);
  const { ns: _ns, background: _background, dropDups: _dropDups, v: _v, key, name, ...rest } = given;
  const spec: Doc = { v: 2, key, name: name ?? defaultName(key as Doc), ...rest };
  for (const flag of ["unique", "sparse", "hidden"]) {
    if (isNumeric(spec[flag])) spec[flag] = toDouble(spec[flag]) !== 0;
    if (spec[flag] === false) delete spec[flag];
  }
  checkExpiry(spec);
  if (Object.keys(key as Doc).join() === "_id") return { v: 2, key, name: "_id_" };
  if (spec.partialFilterExpression !== undefined && spec.sparse === true) {
    throw new MongoError(
      "CannotCreateIndex",
      `cannot mix "partialFilterExpression" and "sparse" options (${namespace})`,
    );
  }
  return textDefaults(spec);
}

function checkField(path: string, kind: unknown): void {
  if (isNumeric(kind) && toDouble(kind) !== 0) return;
  if (typeof kind === "string" && SPECIAL.has(kind)) return;
  if (isNumeric(kind)) throw new MongoError("CannotCreateIndex", `Values in the index key pattern cannot be 0.`);
  throw new MongoError(
    "CannotCreateIndex",
    typeof kind === "string"
      ? `Unknown index plugin '${kind}'`
      : `Values in v:2 index key pattern cannot be of type ${typeName(kind)}. Only numbers > 0, numbers < 0, and strings are allowed. (${path})`,
  );
}

function checkExpiry(spec: Doc): void {
  if (spec.expireAfterSeconds === undefined) return;
  const seconds = isNumeric(spec.expireAfterSeconds) ? toDouble(spec.expireAfterSeconds) : NaN;
  if (!(seconds >= 0)) {
    throw new MongoError(
      "CannotCreateIndex",
      "TTL index 'expireAfterSeconds' option must be numeric and within an acceptable range",
    );
  }
  if (Object.keys(spec.key as Doc).length !== 1) {
    throw new MongoError(
      "CannotCreateIndex",
      "TTL indexes are single-field indexes, compound indexes do not support TTL.",
    );
  }
}

function textDefaults(spec: Doc): Doc {
  const texts = Object.entries(spec.key as Doc).filter(([, kind]) => kind === "text");
  if (texts.length === 0) return spec;
  const weights = {
    ...Object.fromEntries(texts.map(([path]) => [path, 1])),
    ...((spec.weights as Doc | undefined) ?? {}),
  };
  return { default_language: "english", language_override: "language", textIndexVersion: 3, ...spec, weights };
}

/** `a_1_b_-1`, as every driver names it. */
export function defaultName(key: Doc): string {
  return Object.entries(key)
    .map(([path, kind]) => `${path}_${isNumeric(kind) ? toDouble(kind) : String(kind)}`)
    .join("_");
}
