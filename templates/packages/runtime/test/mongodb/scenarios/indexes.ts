import type { Db } from "mongodb-6";
import { attempt, type Loose } from "./index.ts";

/** Indexes: making, listing, dropping, and what unique ones refuse. */
export async function indexes(db: Db): Promise<void> {
  const users = db.collection<Loose>("users");
  await users.createIndex({ email: 1 }, { unique: true });
  await users.createIndex({ email: 1 }, { unique: true });
  await attempt(users.createIndex({ email: 1 }, { unique: false, name: "other" }));
  await users.createIndex({ last: 1, first: -1 });
  await users.createIndex({ nick: 1 }, { unique: true, sparse: true, name: "nick" });
  await users.createIndex({ seen: 1 }, { expireAfterSeconds: 3600 });
  await users.createIndex({ code: 1 }, { unique: true, partialFilterExpression: { code: { $type: "string" } } });
  await users.indexes();
  await attempt(users.createIndex({}));
  await attempt(users.createIndex({ a: 0 }));
  await attempt(users.createIndex({ a: "nonsense" as never }));

  const insert = (document: object): Promise<void> => attempt(users.insertOne(document as never));
  await insert({ _id: 1, email: "a@x", nick: "a", first: "A", last: "Z", code: "c1" });
  await insert({ _id: 2, email: "a@x" });
  await insert({ _id: 3, email: "b@x", nick: "a" });
  await insert({ _id: 4, email: "b@x", first: "B", last: "Y" });
  await insert({ _id: 5, email: "c@x", last: "Y", first: "A", code: 5 });
  await insert({ _id: 6, email: "d@x", code: 5, last: "Z", first: "B" });
  await insert({ _id: 7, email: "e@x", code: "c1" });
  await insert({ _id: 8 });
  await insert({ _id: 9 });
  await attempt(users.updateOne({ _id: 4 } as never, { $set: { email: "a@x" } }));
  await attempt(users.updateOne({ _id: 99 } as never, { $set: { email: "a@x" } }, { upsert: true }));
  await attempt(users.findOneAndUpdate({ _id: 4 } as never, { $set: { nick: "a" } }));
  await attempt(users.replaceOne({ _id: 4 } as never, { email: "c@x" }));
  await users.updateOne({ _id: 4 } as never, { $set: { email: "new@x" } });
  await insert({ _id: 10, email: "b@x" });
  await users.find({ email: "new@x" }).toArray();
  await users.find({ last: "Y" }, { sort: { first: 1 } }).toArray();
  await users.find({}, { sort: { last: 1, first: -1 }, projection: { _id: 1 } }).toArray();
  await users.find({ last: { $gte: "Y" }, first: "A" }, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray();
  await users.find({ email: { $in: ["a@x", "c@x"] } }, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray();
  await users.find({ email: /^[ab]@/ }, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray();

  const tagged = db.collection<Loose>("tagged");
  await tagged.createIndex({ tags: 1 });
  await tagged.createIndex({ "parts.no": 1 });
  await tagged.insertMany([
    { _id: 1, tags: ["x", "y"], parts: [{ no: 1 }, { no: 9 }] },
    { _id: 2, tags: ["y"], parts: [{ no: 5 }] },
    { _id: 3, tags: [], parts: [] },
    { _id: 4, tags: "x" },
  ] as never[]);
  for (const filter of [
    { tags: "x" },
    { tags: { $gt: "x" } },
    { tags: ["y"] },
    { tags: null },
    { "parts.no": { $gt: 4, $lt: 6 } },
    { "parts.no": 9 },
    { "parts.no": null },
    { tags: { $all: ["x", "y"] } },
  ]) {
    await tagged.find(filter, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray();
  }
  await tagged.updateOne({ _id: 1 } as never, { $pull: { tags: "x" } as never });
  await tagged.find({ tags: "x" }, { projection: { _id: 1 } }).toArray();
  await tagged.deleteOne({ tags: "x" });
  await tagged.find({ tags: "x" }).toArray();

  const unique = db.collection<Loose>("unique");
  await unique.insertMany([
    { _id: 1, k: 1 },
    { _id: 2, k: 1 },
  ] as never[]);
  await attempt(unique.createIndex({ k: 1 }, { unique: true }));
  await unique.deleteOne({ _id: 2 } as never);
  await unique.createIndex({ a: 1, b: 1 }, { unique: true });
  await attempt(unique.insertOne({ _id: 3 as never, a: 1, b: 1 }));
  await attempt(unique.insertOne({ _id: 4 as never, a: 1, b: 2 }));
  await attempt(unique.insertOne({ _id: 5 as never, a: 1, b: 1 }));
  await attempt(unique.insertOne({ _id: 6 as never, a: 1.0, b: 2 }));

  await users.dropIndex("nick");
  await attempt(users.dropIndex("nick"));
  await attempt(users.dropIndex("_id_"));
  await users.dropIndexes();
  await users.indexes();
  await attempt(db.collection("nothing").indexes());
}
