import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { MongoClient as AnyClient } from "mongodb";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { startMongoDBWorker } from "./servers.ts";

/** The versions of the driver and of mongoose under test, by the names they are installed under. */
const DRIVERS = ["mongodb-3", "mongodb-4", "mongodb-5", "mongodb-6", "mongodb"];
const MONGOOSES = ["mongoose-5", "mongoose-6", "mongoose-7", "mongoose-8", "mongoose"];

type Loose = any;
const load = async (name: string): Promise<Loose> => {
  const module = (await import(name)) as Loose;
  return module.default?.MongoClient || module.default?.connect ? module.default : module;
};

describe("clients, unmodified", () => {
  let worker: RunningWorker;
  let replicaSet: RunningWorker;

  before(async () => {
    [worker, replicaSet] = await Promise.all([
      startMongoDBWorker(),
      startMongoDBWorker({ entry: "worker-replica-set.ts" }),
    ]);
  });

  after(() => Promise.all([worker?.stop(), replicaSet?.stop()]));

  for (const name of DRIVERS) {
    it(`${name}: documents, cursors, indexes, pipelines, files`, async () => {
      const { MongoClient, GridFSBucket } = await load(name);
      const client = await MongoClient.connect(`mongodb://127.0.0.1:${worker.tcpPort}`, {});
      try {
        const db = client.db(name);
        const users = db.collection("users");
        await users.createIndex({ email: 1 }, { unique: true });
        await users.insertMany(Array.from({ length: 250 }, (_, i) => ({ email: `${i}@x`, n: i, even: i % 2 === 0 })));
        await assert.rejects(users.insertOne({ email: "7@x" }), { code: 11000 });
        assert.equal(
          (
            await users
              .find({ n: { $gte: 100 } })
              .batchSize(20)
              .toArray()
          ).length,
          150,
        );
        assert.equal((await users.findOne({ email: "42@x" })).n, 42);
        assert.equal(await users.countDocuments({ even: true }), 125);
        await users.updateMany({ even: true }, { $set: { tag: "e" }, $inc: { n: 1000 } });
        const [group] = await users
          .aggregate([{ $match: { tag: "e" } }, { $group: { _id: null, sum: { $sum: "$n" } } }])
          .toArray();
        assert.equal(group.sum, 125 * 1000 + 124 * 125);
        const bulk = await users.bulkWrite([
          { updateOne: { filter: { email: "1@x" }, update: { $set: { seen: true } } } },
          { deleteOne: { filter: { email: "3@x" } } },
          { insertOne: { document: { email: "new@x" } } },
        ]);
        assert.equal(bulk.modifiedCount ?? bulk.nModified, 1);
        assert.deepEqual(await users.distinct("tag"), ["e"]);

        const bucket = new GridFSBucket(db, { chunkSizeBytes: 1000 });
        const content = Buffer.alloc(3500, "ab");
        const upload = bucket.openUploadStream("file.txt");
        await new Promise((resolve, reject) => upload.on("error", reject).on("finish", resolve).end(content));
        const parts: Buffer[] = [];
        await new Promise((resolve, reject) => {
          const download = bucket.openDownloadStreamByName("file.txt");
          download
            .on("data", (part: Buffer) => parts.push(part))
            .on("error", reject)
            .on("end", resolve);
        });
        assert.deepEqual(Buffer.concat(parts), content);
      } finally {
        await client.close();
      }
    });

    it(`${name}: transactions and change streams on a replica set`, async () => {
      const { MongoClient } = await load(name);
      const options = name === "mongodb-3" ? { useUnifiedTopology: true } : {};
      const client: AnyClient = new MongoClient(
        `mongodb://127.0.0.1:${replicaSet.tcpPort}/?directConnection=true`,
        options,
      );
      await client.connect();
      try {
        const db = client.db(name);
        const accounts = db.collection<Loose>("accounts");
        await accounts.insertMany([
          { _id: 1, amount: 100 },
          { _id: 2, amount: 0 },
        ]);
        const events: string[] = [];
        const stream = accounts.watch();
        const heard = new Promise<void>((resolve) => {
          stream.on("change", (event: Loose) => {
            events.push(`${event.operationType} ${event.documentKey._id}`);
            if (events.length === 2) resolve();
          });
        });
        await new Promise((resolve) => setTimeout(resolve, 300));
        const session = client.startSession();
        await session.withTransaction(async () => {
          await accounts.updateOne({ _id: 1 }, { $inc: { amount: -30 } }, { session });
          await accounts.updateOne({ _id: 2 }, { $inc: { amount: 30 } }, { session });
          assert.equal((await accounts.findOne({ _id: 1 }, { session }))!.amount, 70);
          assert.equal((await accounts.findOne({ _id: 1 }))!.amount, 100);
        });
        assert.equal((await accounts.findOne({ _id: 2 }))!.amount, 30);
        await heard;
        assert.deepEqual(events, ["update 1", "update 2"]);

        session.startTransaction();
        await accounts.insertOne({ _id: 3 }, { session });
        await session.abortTransaction();
        assert.equal(await accounts.countDocuments(), 2);

        const [a, b] = [client.startSession(), client.startSession()];
        a.startTransaction();
        b.startTransaction();
        await accounts.updateOne({ _id: 1 }, { $set: { by: "a" } }, { session: a });
        await assert.rejects(accounts.updateOne({ _id: 1 }, { $set: { by: "b" } }, { session: b }), { code: 112 });
        await a.commitTransaction();
        await b.abortTransaction();
        assert.equal((await accounts.findOne({ _id: 1 }))!.by, "a");
        await stream.close();
        await Promise.all([session, a, b].map((one) => one.endSession()));
      } finally {
        await client.close();
      }
    });
  }

  for (const name of MONGOOSES) {
    it(`${name}: models, validation, population, timestamps`, async () => {
      const mongoose = await load(name);
      const odm = new mongoose.Mongoose();
      const options =
        name === "mongoose-5" ? { useNewUrlParser: true, useUnifiedTopology: true, useCreateIndex: true } : {};
      await odm.connect(`mongodb://127.0.0.1:${worker.tcpPort}/${name}`, options);
      try {
        const Author = odm.model("Author", new odm.Schema({ name: { type: String, required: true, unique: true } }));
        const Book = odm.model(
          "Book",
          new odm.Schema(
            { title: String, author: { type: odm.Schema.Types.ObjectId, ref: "Author" }, tags: [String] },
            { timestamps: true },
          ),
        );
        await Author.init();
        const author = await Author.create({ name: "Ada" });
        await assert.rejects(Author.create({ name: "Ada" }), { code: 11000 });
        await assert.rejects(Author.create({}), { name: "ValidationError" });
        const book = await Book.create({ title: "One", author: author._id, tags: ["a"] });
        book.tags.push("b");
        await book.save();
        const found = await Book.findOne({ tags: "b" }).populate("author");
        assert.equal(found.author.name, "Ada");
        assert.ok(found.createdAt instanceof Date);
        const updated = await Book.findByIdAndUpdate(book._id, { title: "Two" }, { new: true });
        assert.equal(updated.title, "Two");
        assert.equal(await Book.countDocuments({ title: /^T/ }), 1);
        await Book.deleteMany({});
        assert.equal((await Book.find()).length, 0);
      } finally {
        await odm.disconnect();
      }
    });
  }
});
