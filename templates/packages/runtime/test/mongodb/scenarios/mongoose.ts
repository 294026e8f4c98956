import type { Db, MongoClient } from "mongodb-6";
import { attempt, type Loose } from "./index.ts";

/** A small blog as mongoose's guide has it: models, validation, population, hooks, versions. */
export async function mongoose(_db: Db, uri: string, watch: (client: MongoClient) => void): Promise<void> {
  // Its types only know the package by its own name.
  const { Mongoose } = (await import("mongoose-8" as string)) as typeof import("mongoose");
  const odm = new Mongoose();
  await odm.connect(uri, { monitorCommands: true } as never);
  watch(odm.connection.getClient() as unknown as MongoClient);
  try {
    await blog(odm);
  } finally {
    await odm.disconnect();
  }
}

async function blog(odm: Loose): Promise<void> {
  const { Schema } = odm;
  const id = (n: number): Loose => new odm.Types.ObjectId(n.toString(16).padStart(24, "a"));
  const Author = odm.model(
    "Author",
    new Schema({ name: { type: String, required: true }, email: { type: String, unique: true }, born: Date }),
  );
  // One after the other, so that the order of the commands is known.
  await Author.init();
  const Post = odm.model(
    "Post",
    new Schema({
      title: { type: String, index: true },
      body: String,
      author: { type: Schema.Types.ObjectId, ref: "Author" },
      tags: [String],
      comments: [{ _id: false, by: String, text: String, likes: { type: Number, default: 0 } }],
      price: Schema.Types.Decimal128,
      views: { type: Number, default: 0 },
      meta: { type: Map, of: String },
    }),
  );
  await Post.init();
  const ada = await Author.create({ _id: id(1), name: "Ada", email: "ada@x", born: new Date(0) });
  await attempt(Author.create({ _id: id(2), name: "Other", email: "ada@x" }));
  await Author.insertMany([{ _id: id(3), name: "Bob", email: "bob@x" }]);
  const post = await Post.create({
    _id: id(10),
    title: "First",
    author: ada._id,
    tags: ["a", "b"],
    price: "1.50" as never,
    comments: [{ by: "bob", text: "nice" }],
    meta: new Map([["k", "v"]]),
  });
  await Post.create({ _id: id(11), title: "Second", author: id(3), tags: ["b"] });
  post.title = "First, edited";
  post.tags.push("c");
  post.comments[0]!.likes = 2;
  await post.save();
  await Post.findById(id(10)).lean();
  await Post.find({ tags: "b" }).sort("-title").select("title tags -_id").lean();
  await Post.findOne({ title: /^First/ }).populate("author");
  await Post.find().populate("author", "name").lean();
  await Post.countDocuments({ views: { $lte: 0 } });
  await Post.exists({ title: "Second" });
  await Post.updateOne({ _id: id(10) }, { $inc: { views: 1 }, $addToSet: { tags: "a" } });
  await Post.updateMany({}, { $set: { body: "text" } });
  await Post.findByIdAndUpdate(id(11), { title: "Second, edited" }, { new: true }).lean();
  await Post.findOneAndUpdate(
    { title: "Third" },
    { $set: { body: "new" }, $setOnInsert: { _id: id(12) } },
    { upsert: true, new: true },
  );
  await Post.updateOne({ "comments.by": "bob" }, { $inc: { "comments.$.likes": 5 } });
  await Post.updateOne({ _id: id(10) }, { $pull: { comments: { by: "nobody" } } });
  await Post.distinct("tags");
  await Post.aggregate([
    { $match: { author: { $exists: true } } },
    { $lookup: { from: "authors", localField: "author", foreignField: "_id", as: "who" } },
    { $unwind: "$who" },
    { $group: { _id: "$who.name", posts: { $sum: 1 }, views: { $sum: "$views" } } },
    { $sort: { _id: 1 } },
  ]);
  await Post.find({ title: { $in: ["Third", "First, edited"] } })
    .sort({ title: 1 })
    .skip(0)
    .limit(5)
    .lean();
  const cursor = Post.find().sort({ _id: 1 }).batchSize(2).lean().cursor();
  for await (const _one of cursor) continue;
  const stale = await Post.findById(id(10));
  await Post.updateOne({ _id: id(10) }, { $inc: { __v: 1 } });
  stale!.tags.pull("a");
  stale!.comments.splice(0, 1);
  await attempt(stale!.save());
  await Post.bulkWrite([
    { updateOne: { filter: { _id: id(10) }, update: { views: 9 } } },
    { insertOne: { document: { _id: id(13), title: "Bulk" } as never } },
    { deleteOne: { filter: { _id: id(12) } } },
  ]);
  await Post.deleteOne({ _id: id(11) });
  await Post.findByIdAndDelete(id(13)).lean();
  await Author.deleteMany({});
  await Post.find().lean();
  await Post.estimatedDocumentCount();
}
