import type { Db } from "mongodb-6";
import { attempt, type Loose } from "./index.ts";

/** Every query operator, on documents that test its edges. */
export async function queries(db: Db): Promise<void> {
  const items = db.collection<Loose>("items");
  await items.insertMany([
    {
      _id: 1,
      name: "pen",
      qty: 5,
      tags: ["blue", "small"],
      size: { h: 1, w: 2 },
      ratings: [
        { by: "x", score: 5 },
        { by: "y", score: 2 },
      ],
    },
    { _id: 2, name: "Pencil", qty: 10, tags: ["red"], size: { w: 2, h: 1 }, ratings: [{ by: "x", score: 3 }] },
    { _id: 3, name: "paper", qty: 0, tags: [], size: null, ratings: [] },
    {
      _id: 4,
      name: "ink",
      qty: -3.5,
      tags: ["blue", "red", "large"],
      bits: 54,
      grid: [
        [1, 2],
        [3, 4],
      ],
    },
    { _id: 5, name: "eraser", qty: null, tags: "blue", bits: 20 },
    { _id: 6, name: "ruler", tags: null, at: new Date(1600000000000) },
    { _id: 7, qty: [1, 12, 30], at: new Date(1700000000000), name: "set" },
  ] as never[]);
  const find = (filter: object): Promise<void> =>
    attempt(items.find(filter, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray());

  for (const filter of [
    { qty: 5 },
    { qty: { $eq: 10 } },
    { qty: { $ne: 5 } },
    { qty: null },
    { qty: { $ne: null } },
    { size: null },
    { "size.h": 1 },
    { "size.missing": null },
    { size: { h: 1, w: 2 } },
    { size: { w: 2, h: 1 } },
    { size: { h: 1 } },
    { qty: { $gt: 1 } },
    { qty: { $gte: 5, $lte: 10 } },
    { qty: { $lt: 0 } },
    { qty: { $gt: 10, $lt: 20 } },
    { qty: { $gt: "a" } },
    { name: { $gt: "ink", $lt: "pen" } },
    { at: { $gte: new Date(1650000000000) } },
    { qty: { $in: [5, 0, null] } },
    { qty: { $nin: [5, 0, null] } },
    { tags: { $in: ["red"] } },
    { name: { $in: [/^p/, "ink"] } },
    { tags: "blue" },
    { tags: ["blue", "small"] },
    { tags: ["small", "blue"] },
    { tags: [] },
    { "tags.0": "blue" },
    { "tags.1": { $exists: true } },
    { tags: { $size: 2 } },
    { tags: { $size: 0 } },
    { tags: { $all: ["blue", "red"] } },
    { tags: { $all: ["blue"] } },
    { tags: { $all: [] } },
    { tags: { $elemMatch: { $gt: "l", $lt: "s" } } },
    { ratings: { $elemMatch: { by: "x", score: { $gte: 5 } } } },
    { ratings: { $elemMatch: { by: "x", score: 2 } } },
    { "ratings.by": "x", "ratings.score": 2 },
    { "ratings.score": { $gt: 4 } },
    { "ratings.0.score": 5 },
    { ratings: { by: "x", score: 3 } },
    { grid: [1, 2] },
    { "grid.0": [1, 2] },
    { grid: { $elemMatch: { $elemMatch: { $gt: 3 } } } },
    { qty: { $exists: true } },
    { qty: { $exists: false } },
    { "size.h": { $exists: true } },
    { qty: { $mod: [5, 0] } },
    { qty: { $mod: [10, 2] } },
    { name: /^p/ },
    { name: /^P/i },
    { name: { $regex: "EN", $options: "i" } },
    { name: { $regex: "^pen$" } },
    { name: { $not: /^p/ } },
    { name: { $not: { $regex: "^p" } } },
    { qty: { $not: { $gt: 4 } } },
    { qty: { $not: { $in: [5, 10] } } },
    { bits: { $bitsAllSet: 54 } },
    { bits: { $bitsAllSet: [2, 4] } },
    { bits: { $bitsAnySet: 1 } },
    { bits: { $bitsAllClear: [0, 3] } },
    { bits: { $bitsAnyClear: [1, 2] } },
    { $or: [{ qty: 5 }, { name: "ink" }] },
    { $and: [{ qty: { $gt: 0 } }, { tags: "blue" }] },
    { $nor: [{ qty: { $gt: 0 } }, { name: "ruler" }] },
    { $or: [{ _id: 1 }, { _id: 3 }], name: /p/ },
    { $and: [{ $or: [{ qty: 5 }, { qty: 10 }] }, { $or: [{ name: "pen" }, { name: "set" }] }] },
    { $expr: { $gt: ["$qty", 4] } },
    { $expr: { $eq: [{ $size: { $ifNull: ["$ratings", []] } }, 2] } },
    { $comment: "remark", qty: 5 },
    { qty: { $type: "double" } },
    { qty: { $type: ["int", "null"] } },
    { tags: { $type: "array" } },
    { _id: { $gt: 2, $lt: 5 } },
    { _id: { $in: [1, 99, 3] } },
    { qty: { $unknown: 1 } },
    { $unknown: [] },
    { $or: [] },
    { $and: {} },
    { qty: { $in: 5 } },
    { qty: { $mod: [0, 1] } },
    { tags: { $size: -1 } },
    { tags: { $size: "x" } },
    { name: { $regex: "(" } },
    { qty: { $not: 5 } },
    { $expr: { $unknown: 1 } },
  ]) {
    await find(filter);
  }

  const project = (projection: object, filter: object = {}): Promise<void> =>
    attempt(items.find(filter, { projection: projection as never, sort: { _id: 1 } }).toArray());
  for (const projection of [
    { name: 1 },
    { name: 1, _id: 0 },
    { name: 0, tags: 0, ratings: 0 },
    { _id: 0 },
    { "size.h": 1 },
    { "size.h": 0 },
    { "ratings.score": 1 },
    { size: { w: 1 } },
    { tags: { $slice: 1 } },
    { tags: { $slice: -2 }, name: 1 },
    { tags: { $slice: [1, 1] }, _id: 1 },
    { ratings: { $elemMatch: { score: { $lt: 5 } } } },
    { total: { $add: [1, 2] }, name: 1 },
    { label: { $concat: ["$name", "!"] } },
    { name: 1, qty: 0 },
    { name: "$qty" },
    { missing: 1 },
  ]) {
    await project(projection);
  }
  await project({ "ratings.$": 1 }, { "ratings.score": { $gt: 4 } });
  await project({ "tags.$": 1 }, { tags: "red" });

  const sort = (by: object): Promise<void> =>
    attempt(items.find({}, { sort: by as never, projection: { _id: 1 } }).toArray());
  for (const by of [
    { qty: 1, _id: 1 },
    { qty: -1, _id: 1 },
    { tags: 1, _id: 1 },
    { tags: -1, _id: 1 },
    { "size.w": -1, _id: -1 },
    { name: 1 },
    { "ratings.score": -1, _id: 1 },
  ]) {
    await sort(by);
  }
  await items.find({}, { limit: 3, skip: 2, sort: { _id: 1 }, projection: { _id: 1 } }).toArray();
  await items.find({}, { limit: -2, sort: { _id: -1 }, projection: { _id: 1 } }).toArray();
  await items.find({ name: "missing" }).toArray();
  await attempt(db.command({ find: "items", filter: {}, skip: -1 }));
  await attempt(db.command({ find: "items", filter: "no" }));
  await attempt(db.command({ getMore: 12345 as never, collection: "items" }));
  await attempt(db.command({ unheardOf: 1 }));
}
