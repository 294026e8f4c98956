import type { Db } from "mongodb-6";
import { attempt, type Loose } from "./index.ts";

/** Collections: making, listing, renaming, capped ones, and the server's own facts. */
export async function collections(db: Db): Promise<void> {
  await db.createCollection("plain");
  await attempt(db.createCollection("plain", { capped: true, size: 1000 }));
  await attempt(db.createCollection("log", { capped: true, size: 4096, max: 3 }));
  await db.listCollections({}, { nameOnly: true }).toArray();
  await db.listCollections({ name: "log" }, { nameOnly: true }).toArray();
  const log = db.collection<Loose>("log");
  for (let n = 1; n <= 5; n++) await log.insertOne({ _id: n as never, n });
  await log.find().toArray();
  await db.collection("plain").insertOne({ _id: 1 as never });
  await attempt(db.renameCollection("plain", "renamed"));
  await db.collection("renamed").find().toArray();
  await attempt(db.renameCollection("absent", "other"));
  await attempt(db.renameCollection("renamed", "log"));
  await attempt(db.renameCollection("renamed", "log2", { dropTarget: true }));
  await attempt(db.collection("log2").drop());
  await db.collection("log2").find().toArray();
  await db.command({ ping: 1 });
  await attempt(db.command({ create: "x$y" }));
  await attempt(db.command({ create: "" }));
  await attempt(db.command({ count: "log" }));
  await attempt(db.command({ count: "absent" }));
  await attempt(db.dropDatabase());
  await db.listCollections().toArray();
}
