import type { Db } from "mongodb-6";
import { attempt, type Loose } from "./index.ts";

interface Case {
  from: object;
  update: object;
  query?: object;
  options?: object;
}

/** Every update operator, and what each of them refuses. */
export async function updates(db: Db): Promise<void> {
  const docs = db.collection<Loose>("docs");
  const at = new Date(1700000000000);
  const cases: Case[] = [
    { from: { a: 1 }, update: { $set: { a: 2, b: { c: 3 } } } },
    { from: {}, update: { $set: { "x.y.z": 1 } } },
    { from: {}, update: { $set: { zeta: 1, alpha: 2 } } },
    { from: { l: [1, 2, 3] }, update: { $set: { "l.1": 9 } } },
    { from: { l: [1] }, update: { $set: { "l.3": 9 } } },
    { from: { a: 5 }, update: { $set: { "a.b": 1 } } },
    { from: { a: 1, b: 2 }, update: { $unset: { a: "" } } },
    { from: { l: [1, 2, 3] }, update: { $unset: { "l.1": 1 } } },
    { from: { a: { b: 1, c: 2 } }, update: { $unset: { "a.b": 1, "q.r": 1 } } },
    { from: { n: 1 }, update: { $inc: { n: 2, m: 5 } } },
    { from: { n: 1 }, update: { $inc: { n: -1.5 } } },
    { from: { n: 2147483647 }, update: { $inc: { n: 1 } } },
    { from: { n: "x" }, update: { $inc: { n: 1 } } },
    { from: { n: 1 }, update: { $inc: { n: "x" } } },
    { from: { n: null }, update: { $inc: { n: 1 } } },
    { from: { n: 3 }, update: { $mul: { n: 4, z: 2 } } },
    { from: { n: 3 }, update: { $mul: { n: 0.5 } } },
    { from: { n: 3, d: at }, update: { $min: { n: 2, d: new Date(0), fresh: 7 } } },
    { from: { n: 3 }, update: { $min: { n: 4 } } },
    { from: { n: 3 }, update: { $max: { n: 4 } } },
    { from: { n: 3 }, update: { $max: { n: "text" } } },
    { from: { a: 1, b: 2 }, update: { $rename: { a: "c" } } },
    { from: { a: { x: 1 } }, update: { $rename: { "a.x": "b.y" } } },
    { from: { a: 1 }, update: { $rename: { missing: "c" } } },
    { from: { l: [1] }, update: { $push: { l: 2, k: "new" } } },
    { from: { l: [1] }, update: { $push: { l: { $each: [2, 3] } } } },
    { from: { l: [1] }, update: { $push: { l: [2, 3] } } },
    { from: { l: [1, 4] }, update: { $push: { l: { $each: [2, 3], $position: 1 } } } },
    { from: { l: [3, 1] }, update: { $push: { l: { $each: [2], $sort: 1 } } } },
    { from: { l: [3, 1] }, update: { $push: { l: { $each: [2], $sort: -1, $slice: 2 } } } },
    { from: { l: [1, 2] }, update: { $push: { l: { $each: [3, 4], $slice: -3 } } } },
    { from: { l: [{ s: 3 }, { s: 1 }] }, update: { $push: { l: { $each: [{ s: 2 }], $sort: { s: 1 } } } } },
    { from: { l: [1] }, update: { $push: { l: { $each: [], $slice: 0 } } } },
    { from: { l: 5 }, update: { $push: { l: 1 } } },
    { from: { l: [1] }, update: { $push: { l: { $each: 5 } } } },
    { from: { l: [1, 2] }, update: { $addToSet: { l: 2 } } },
    { from: { l: [1, 2] }, update: { $addToSet: { l: { $each: [2, 3, 3] } } } },
    { from: { l: [{ a: 1, b: 2 }] }, update: { $addToSet: { l: { a: 1, b: 2 } } } },
    { from: { l: [{ a: 1, b: 2 }] }, update: { $addToSet: { l: { b: 2, a: 1 } } } },
    { from: {}, update: { $addToSet: { l: 1 } } },
    { from: { l: "x" }, update: { $addToSet: { l: 1 } } },
    { from: { l: [1, 2, 3] }, update: { $pop: { l: 1 } } },
    { from: { l: [1, 2, 3] }, update: { $pop: { l: -1 } } },
    { from: { l: [] }, update: { $pop: { l: 1 } } },
    { from: { l: 1 }, update: { $pop: { l: 1 } } },
    { from: { l: [1, 2, 3, 2] }, update: { $pull: { l: 2 } } },
    { from: { l: [1, 5, 9] }, update: { $pull: { l: { $gte: 5 } } } },
    { from: { l: [{ a: 1, b: 1 }, { a: 2 }] }, update: { $pull: { l: { a: 1 } } } },
    {
      from: {
        l: [
          { a: 1, b: [1, 2] },
          { a: 2, b: [3] },
        ],
      },
      update: { $pull: { l: { b: { $elemMatch: { $gt: 2 } } } } },
    },
    { from: { l: ["x", "y", "z"] }, update: { $pull: { l: { $in: ["x", "z"] } } } },
    { from: { l: [1, 2, 3, 2] }, update: { $pullAll: { l: [2, 3] } } },
    { from: { n: 13 }, update: { $bit: { n: { and: 10 } } } },
    { from: { n: 3 }, update: { $bit: { n: { or: 5 } } } },
    { from: { n: 1 }, update: { $bit: { n: { xor: 5 } } } },
    {
      from: {
        l: [
          { k: 1, v: 1 },
          { k: 2, v: 2 },
        ],
      },
      query: { "l.k": 2 },
      update: { $set: { "l.$.v": 9 } },
    },
    {
      from: {
        l: [
          { k: 1, v: 1 },
          { k: 2, v: 2 },
        ],
      },
      query: { l: { $elemMatch: { k: 1, v: 1 } } },
      update: { $inc: { "l.$.v": 5 } },
    },
    { from: { l: [5, 8, 9] }, query: { l: { $gt: 6 } }, update: { $set: { "l.$": 0 } } },
    { from: { l: [1] }, update: { $set: { "l.$": 0 } } },
    { from: { l: [1, 2, 3] }, update: { $inc: { "l.$[]": 10 } } },
    { from: { l: [{ v: 1 }, { v: 5 }] }, update: { $set: { "l.$[].seen": true } } },
    { from: { l: [1, 5, 9] }, update: { $set: { "l.$[big]": 0 } }, options: { arrayFilters: [{ big: { $gte: 5 } }] } },
    {
      from: {
        l: [
          { g: 80, m: 1 },
          { g: 95, m: 2 },
        ],
      },
      update: { $inc: { "l.$[e].m": 10 } },
      options: { arrayFilters: [{ "e.g": { $gte: 90 } }] },
    },
    {
      from: { l: [{ q: [1, 2] }, { q: [3] }] },
      update: { $inc: { "l.$[].q.$[n]": 100 } },
      options: { arrayFilters: [{ n: { $gte: 2 } }] },
    },
    { from: { l: [1] }, update: { $set: { "l.$[x]": 1 } } },
    { from: { l: [1] }, update: { $set: { a: 1 } }, options: { arrayFilters: [{ x: 1 }] } },
    { from: { a: 1 }, update: { $set: { a: 1 }, $inc: { a: 1 } } },
    { from: { a: {} }, update: { $set: { a: 1, "a.b": 2 } } },
    { from: { a: 1 }, update: { $nope: { a: 1 } } },
    { from: { a: 1 }, update: { $set: 5 } },
    { from: { a: 1, b: 2 }, update: [{ $set: { sum: { $add: ["$a", "$b"] } } }] },
    { from: { a: 1, b: 2 }, update: [{ $set: { c: "$a" } }, { $unset: "a" }] },
    { from: { a: [1, 2, 3] }, update: [{ $set: { a: { $filter: { input: "$a", cond: { $gt: ["$$this", 1] } } } } }] },
    { from: { a: 1 }, update: [{ $replaceWith: { b: "$a" } }] },
  ];
  for (const [n, { from, update, query = {}, options = {} }] of cases.entries()) {
    await docs.insertOne({ _id: n, ...from } as never);
    await attempt(docs.updateOne({ _id: n, ...query } as never, update as never, options));
    await docs.findOne({ _id: n } as never, { promoteValues: false });
  }
  await (docs as Loose).updateOne(
    { _id: 500, kind: "k", n: { $gt: 1 }, $and: [{ z: 2 }] } as never,
    { $inc: { count: 1 }, $setOnInsert: { born: 1 } },
    { upsert: true },
  );
  await docs.findOne({ _id: 500 } as never);
  await (docs as Loose).findOneAndUpdate(
    { _id: 501 } as never,
    { $push: { log: { $each: ["a"], $slice: -2 } } },
    { upsert: true, returnDocument: "after" },
  );
  await attempt(docs.replaceOne({ _id: 500 } as never, { _id: 7, x: 1 } as Loose));
}
