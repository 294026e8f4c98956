import { Binary, type Db, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from "mongodb-6";
import { attempt, type Loose } from "./index.ts";

const id = (n: number): ObjectId => new ObjectId(n.toString(16).padStart(24, "0"));

/** Writing and reading documents, in every way the driver has. */
export async function crud(db: Db): Promise<void> {
  const people = db.collection<Loose>("people");
  await people.insertOne({ _id: id(1), name: "Ada", age: 36 });
  await people.insertMany([
    { _id: id(2), name: "Bob", age: 41, tags: ["a", "b"] },
    { _id: id(3), name: "Cyd", age: null },
    { _id: id(4), name: "Dot" },
  ]);
  await attempt(people.insertOne({ _id: id(1), name: "again" }));
  const rows = [5, 1, 6].map((n) => ({ _id: id(n), name: `n${n}` }));
  await attempt(people.insertMany(rows));
  await attempt(people.insertMany(rows, { ordered: false }));
  await people.find().toArray();
  await people.find({}, { sort: { name: -1 }, skip: 1, limit: 2 }).toArray();
  await people.find({ age: { $gt: 30 } }, { projection: { name: 1, _id: 0 } }).toArray();
  await people.find({}, { projection: { age: 0 }, batchSize: 2, sort: { _id: 1 } }).toArray();
  await people.findOne({ name: "Ada" });
  await people.findOne({ name: "Nobody" });
  await people.countDocuments();
  await people.countDocuments({ age: { $exists: true } });
  await people.countDocuments({}, { skip: 1, limit: 2 });
  await people.estimatedDocumentCount();
  await people.distinct("name");
  await people.distinct("tags");
  await people.distinct("name", { age: { $ne: null } });

  await people.updateOne({ _id: id(1) }, { $set: { age: 37 } });
  await people.updateOne({ _id: id(1) }, { $set: { age: 37 } });
  await people.updateMany({}, { $inc: { visits: 1 } });
  await people.updateOne({ _id: id(9) }, { $set: { name: "Ivy" }, $setOnInsert: { made: true } }, { upsert: true });
  await people.updateOne({ _id: id(9) }, { $set: { name: "Ivy" }, $setOnInsert: { made: false } }, { upsert: true });
  await people.updateOne(
    { name: "Jo", "address.city": "Rome", age: { $gt: 1 } },
    { $set: { _id: id(10) } },
    { upsert: true },
  );
  await people.replaceOne({ _id: id(4) }, { name: "Dorothy", age: 5 });
  await people.replaceOne({ _id: id(11) }, { name: "Kim" }, { upsert: true });
  await attempt(people.updateOne({ _id: id(1) }, { $set: { _id: id(12) } }));
  await attempt(db.command({ update: "people", updates: [{ q: {}, u: { name: "all" }, multi: true }] }));
  await people.find({}, { sort: { _id: 1 } }).toArray();

  await people.findOneAndUpdate({ _id: id(1) }, { $inc: { age: 1 } });
  await people.findOneAndUpdate({ _id: id(1) }, { $inc: { age: 1 } }, { returnDocument: "after" });
  await people.findOneAndUpdate({ _id: id(20) }, { $set: { name: "Zed" } }, { upsert: true, returnDocument: "after" });
  await people.findOneAndUpdate({ _id: id(99) }, { $set: { name: "None" } });
  await people.findOneAndUpdate(
    { age: { $gt: 0 } },
    { $set: { first: true } },
    { sort: { age: -1 }, projection: { name: 1 } },
  );
  await people.findOneAndReplace({ _id: id(20) }, { name: "Zoe" }, { returnDocument: "after" });
  await people.findOneAndDelete({ _id: id(20) });
  await people.findOneAndDelete({ _id: id(20) });

  await people.deleteOne({ name: "Bob" });
  await people.deleteOne({ name: "Bob" });
  await people.deleteMany({ age: null });
  await people.find({}, { sort: { _id: 1 } }).toArray();
  await people.deleteMany({});
  await people.countDocuments();

  const bulk = db.collection<Loose>("bulk");
  await bulk.bulkWrite([
    { insertOne: { document: { _id: id(1), n: 1 } } },
    { insertOne: { document: { _id: id(2), n: 2 } } },
    { updateOne: { filter: { _id: id(1) }, update: { $inc: { n: 10 } } } },
    { updateMany: { filter: {}, update: { $set: { seen: true } } } },
    { replaceOne: { filter: { _id: id(2) }, replacement: { n: 3 } } },
    { updateOne: { filter: { _id: id(3) }, update: { $set: { n: 4 } }, upsert: true } },
    { deleteOne: { filter: { _id: id(1) } } },
  ]);
  await attempt(
    bulk.bulkWrite([{ insertOne: { document: { _id: id(2) } } }, { insertOne: { document: { _id: id(4) } } }], {
      ordered: false,
    }),
  );
  await bulk.find({}, { sort: { _id: 1 } }).toArray();

  const types = db.collection<Loose>("types");
  await types.insertMany([
    { _id: 1, v: new Int32(1) },
    { _id: 2, v: new Double(1) },
    { _id: 3, v: Long.fromNumber(1) },
    { _id: 4, v: Decimal128.fromString("1.50") },
    { _id: 5, v: "text" },
    { _id: 6, v: new Date(1700000000000) },
    { _id: 7, v: id(7) },
    { _id: 8, v: new Binary(Buffer.from("bytes")) },
    { _id: 9, v: /ab+c/i },
    { _id: 10, v: true },
    { _id: 11, v: null },
    { _id: 12, v: [1, "two", { three: 3 }] },
    { _id: 13, v: { nested: { deep: [1, [2]] } } },
    { _id: 14, v: new Timestamp({ t: 5, i: 6 }) },
    { _id: 15, v: Long.fromString("9007199254740993") },
    { _id: 16, v: 1.5 },
    { _id: 17, v: -0 },
    { _id: 18, v: "" },
    { _id: 19, v: {} },
    { _id: 20, v: [] },
  ]);
  await types.find({}, { promoteValues: false, sort: { _id: 1 } }).toArray();
  for (const type of [
    "int",
    "double",
    "long",
    "decimal",
    "number",
    "string",
    "date",
    "objectId",
    "binData",
    "regex",
    "bool",
    "null",
    "array",
    "object",
    "timestamp",
  ]) {
    await types.find({ v: { $type: type } }, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray();
  }
  await types.find({ v: 1 }, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray();
  await types.updateMany({ _id: { $in: [1, 2, 3, 4] } as never }, { $inc: { v: 1 } });
  await types.updateOne({ _id: 1 as never }, { $inc: { v: 0.5 } });
  await types.find({ _id: { $lte: 4 } as never }, { sort: { _id: 1 }, promoteValues: false }).toArray();
  await types.find({}, { sort: { v: 1, _id: 1 }, projection: { _id: 1 } }).toArray();
}
