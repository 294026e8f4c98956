import { type Db, Decimal128 } from "mongodb-6";
import { attempt, type Loose } from "./index.ts";

/** Pipelines as apps write them. */
export async function aggregation(db: Db): Promise<void> {
  const orders = db.collection<Loose>("orders");
  await orders.insertMany([
    {
      _id: 1,
      item: "abc",
      price: 10,
      quantity: 2,
      customer: 1,
      at: new Date("2024-03-01T08:00:00Z"),
      tags: ["a", "b"],
    },
    { _id: 2, item: "jkl", price: 20, quantity: 1, customer: 2, at: new Date("2024-03-01T09:30:00Z"), tags: ["b"] },
    { _id: 3, item: "xyz", price: 5, quantity: 10, customer: 1, at: new Date("2024-03-15T09:00:00Z"), tags: [] },
    { _id: 4, item: "xyz", price: 5, quantity: 20, customer: 3, at: new Date("2024-04-04T11:21:39.736Z") },
    {
      _id: 5,
      item: "abc",
      price: 10,
      quantity: 10,
      customer: 9,
      at: new Date("2024-04-04T21:23:13.331Z"),
      tags: ["c"],
    },
  ] as never[]);
  await db.collection<Loose>("customers").insertMany([
    { _id: 1, name: "Ada", city: "Rome", manager: 2 },
    { _id: 2, name: "Bob", city: "Oslo", manager: 3 },
    { _id: 3, name: "Cyd", city: "Rome" },
  ] as never[]);
  const run = (...pipeline: object[]): Promise<void> => attempt(orders.aggregate(pipeline as never).toArray());
  const compute = (expression: unknown): Promise<void> =>
    run({ $match: { _id: 1 } }, { $project: { _id: 0, r: expression } });

  await run({ $match: { item: "abc" } }, { $sort: { _id: -1 } });
  await run({ $sort: { price: -1, _id: 1 } }, { $skip: 1 }, { $limit: 2 });
  await run({ $project: { item: 1, total: { $multiply: ["$price", "$quantity"] } } });
  await run({ $addFields: { "meta.total": { $multiply: ["$price", "$quantity"] } } }, { $unset: ["tags", "at"] });
  await run({ $group: { _id: "$item", total: { $sum: "$quantity" }, avg: { $avg: "$price" } } }, { $sort: { _id: 1 } });
  await run({ $group: { _id: null, n: { $sum: 1 }, min: { $min: "$quantity" }, max: { $max: "$at" } } });
  await run(
    { $sort: { _id: 1 } },
    {
      $group: {
        _id: { item: "$item", c: "$customer" },
        first: { $first: "$_id" },
        last: { $last: "$_id" },
        all: { $push: "$quantity" },
      },
    },
    { $sort: { first: 1 } },
  );
  await run(
    { $group: { _id: { y: { $year: "$at" }, m: { $month: "$at" } }, n: { $sum: 1 } } },
    { $sort: { "_id.m": 1 } },
  );
  await run({ $unwind: "$tags" }, { $sortByCount: "$tags" }, { $match: { count: { $gt: 1 } } });
  await run(
    { $unwind: { path: "$tags", preserveNullAndEmptyArrays: true, includeArrayIndex: "i" } },
    { $project: { tags: 1, i: 1 } },
  );
  await run(
    { $lookup: { from: "customers", localField: "customer", foreignField: "_id", as: "who" } },
    { $project: { who: 1 } },
  );
  await run(
    {
      $lookup: {
        from: "customers",
        let: { c: "$customer" },
        pipeline: [{ $match: { $expr: { $eq: ["$_id", "$$c"] } } }, { $project: { name: 1, _id: 0 } }],
        as: "who",
      },
    },
    { $project: { who: 1 } },
  );
  await run({
    $facet: {
      byItem: [{ $group: { _id: "$item", n: { $sum: 1 } } }, { $sort: { _id: 1 } }],
      count: [{ $count: "total" }],
    },
  });
  await run({
    $bucket: {
      groupBy: "$quantity",
      boundaries: [0, 5, 15],
      default: "many",
      output: { n: { $sum: 1 }, items: { $push: "$item" } },
    },
  });
  await run({ $count: "orders" });
  await run({ $match: { _id: 99 } }, { $count: "orders" });
  await run({ $replaceRoot: { newRoot: { id: "$_id", what: "$item" } } }, { $sort: { id: 1 } });
  await run({ $redact: { $cond: [{ $gte: ["$price", 10] }, "$$KEEP", "$$PRUNE"] } }, { $project: { _id: 1 } });
  await run(
    { $group: { _id: "$item", set: { $addToSet: "$customer" } } },
    { $project: { n: { $size: "$set" } } },
    { $sort: { _id: 1 } },
  );
  await attempt(
    db
      .collection("customers")
      .aggregate([
        {
          $graphLookup: {
            from: "customers",
            startWith: "$manager",
            connectFromField: "manager",
            connectToField: "_id",
            as: "chain",
          },
        },
        { $project: { n: { $size: "$chain" } } },
        { $sort: { _id: 1 } },
      ])
      .toArray(),
  );
  await attempt(
    db
      .collection("customers")
      .aggregate([
        { $project: { name: 1 } },
        { $unionWith: { coll: "orders", pipeline: [{ $match: { _id: 1 } }, { $project: { item: 1 } }] } },
      ])
      .toArray(),
  );

  for (const expression of [
    { $add: ["$price", "$quantity", 1.5] },
    { $subtract: ["$price", 3] },
    { $subtract: ["$at", new Date("2024-03-01T00:00:00Z")] },
    { $divide: ["$price", 4] },
    { $divide: ["$price", 0] },
    { $mod: ["$price", 3] },
    { $abs: -5 },
    { $ceil: 1.2 },
    { $floor: -1.2 },
    { $round: [2.345, 2] },
    { $trunc: 2.9 },
    { $pow: [2, 10] },
    { $sqrt: 16 },
    { $concat: ["$item", "-", "x"] },
    { $concat: ["$item", null] },
    { $toUpper: "$item" },
    { $toLower: "ABC" },
    { $substrCP: ["$item", 1, 2] },
    { $strLenCP: "$item" },
    { $split: ["a-b-c", "-"] },
    { $trim: { input: "  x " } },
    { $indexOfCP: ["$item", "c"] },
    { $regexMatch: { input: "$item", regex: "^a" } },
    { $replaceAll: { input: "aXbX", find: "X", replacement: "-" } },
    { $cond: [{ $gt: ["$price", 5] }, "high", "low"] },
    { $cond: { if: { $eq: ["$item", "no"] }, then: 1, else: 2 } },
    { $ifNull: ["$missing", "none"] },
    {
      $switch: {
        branches: [
          { case: { $lt: ["$price", 5] }, then: "a" },
          { case: { $lt: ["$price", 50] }, then: "b" },
        ],
        default: "c",
      },
    },
    { $and: ["$price", true] },
    { $or: [0, null] },
    { $not: ["$price"] },
    { $eq: ["$price", 10] },
    { $cmp: ["$price", 20] },
    { $gt: ["$missing", null] },
    { $in: ["a", "$tags"] },
    { $arrayElemAt: ["$tags", -1] },
    { $arrayElemAt: ["$tags", 5] },
    { $first: "$tags" },
    { $slice: ["$tags", 1] },
    { $size: "$tags" },
    { $size: "$missing" },
    { $concatArrays: ["$tags", ["z"]] },
    { $reverseArray: "$tags" },
    { $filter: { input: [1, 2, 3], as: "n", cond: { $gte: ["$$n", 2] } } },
    { $map: { input: [1, 2, 3], as: "n", in: { $multiply: ["$$n", 2] } } },
    { $reduce: { input: [1, 2, 3], initialValue: 0, in: { $add: ["$$value", "$$this"] } } },
    { $range: [0, 10, 3] },
    { $sum: [1, 2, "x", 3.5] },
    { $avg: [1, 2] },
    { $max: [1, 5, 3] },
    { $min: ["$tags"] },
    { $isArray: "$tags" },
    { $setUnion: [["a"], ["b", "a"]] },
    { $setIntersection: [["a", "b"], ["b"]] },
    { $setDifference: [["a", "b"], ["b"]] },
    { $mergeObjects: [{ a: 1 }, { b: 2 }] },
    { $objectToArray: { a: 1, b: 2 } },
    {
      $arrayToObject: [
        [
          ["k", "v"],
          ["x", 1],
        ],
      ],
    },
    { $arrayToObject: { $literal: [{ k: "a", v: 1 }] } },
    { $let: { vars: { d: { $add: ["$price", 1] } }, in: { $multiply: ["$$d", 2] } } },
    { $literal: "$price" },
    { $type: "$price" },
    { $type: "$missing" },
    { $toString: "$price" },
    { $toInt: "42" },
    { $toInt: "x" },
    { $toDouble: "1.5" },
    { $toBool: 0 },
    { $toDate: "2024-01-01T00:00:00Z" },
    { $convert: { input: "x", to: "int", onError: "bad" } },
    { $year: "$at" },
    { $month: "$at" },
    { $dayOfMonth: "$at" },
    { $dayOfWeek: "$at" },
    { $dayOfYear: "$at" },
    { $hour: "$at" },
    { $minute: "$at" },
    { $dateToString: { format: "%Y-%m-%d", date: "$at" } },
    { $dateToString: { format: "%Y-%m-%dT%H:%M:%S.%LZ", date: "$at" } },
    { $dateToString: { format: "%H:%M", date: "$at", timezone: "+02:00" } },
    { $dateToString: { format: "%d/%m/%Y %H", date: "$at", timezone: "America/New_York" } },
    { $dateFromString: { dateString: "2024-02-03T04:05:06Z" } },
    { $dateToParts: { date: "$at" } },
    { $dateFromParts: { year: 2024, month: 2, day: 3 } },
    { $dateAdd: { startDate: "$at", unit: "day", amount: 3 } },
    { $dateDiff: { startDate: "$at", endDate: new Date("2024-03-05T00:00:00Z"), unit: "day" } },
    { $dateTrunc: { date: "$at", unit: "month" } },
    { $unknownOperator: 1 },
    "$at",
    "$tags",
    "$$ROOT.item",
    "$$nope",
  ]) {
    await compute(expression);
  }

  await run({ $group: { _id: null, total: { $sum: { $multiply: ["$price", Decimal128.fromString("1.10")] } } } });
  await run({ $unknownStage: {} });
  await run({ $match: { a: 1 }, $sort: { a: 1 } });
  await run({ $group: { total: { $sum: 1 } } });
  await run({ $sort: { price: 1, _id: 1 } }, { $out: "cheap" });
  await db
    .collection("cheap")
    .find({}, { projection: { _id: 1 } })
    .toArray();
  await run({ $group: { _id: "$item", n: { $sum: 1 } } }, { $merge: { into: "totals", whenMatched: "replace" } });
  await db
    .collection("totals")
    .find({}, { sort: { _id: 1 } })
    .toArray();
  await run({ $group: { _id: "$item", q: { $sum: "$quantity" } } }, { $merge: { into: "totals" } });
  await db
    .collection("totals")
    .find({}, { sort: { _id: 1 } })
    .toArray();
}
