import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Binary, Decimal128, MongoClient, ObjectId } from "mongodb";
import { startMongoDBWorker } from "./servers.ts";

const secrets = { MONGO_INITDB_ROOT_PASSWORD: "root-word", READER_PASSWORD: "reader-word", APP_PASSWORD: "app-word" };

async function withClient<T>(url: string, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 });
  try {
    return await use(await client.connect());
  } finally {
    await client.close();
  }
}

describe("the MongoDB server in workerd", () => {
  it("runs the init scripts once, and lets in who has a password", async () => {
    const storage = await mkdtemp(join(tmpdir(), "mongodb-storage-"));
    try {
      for (const round of [1, 2]) {
        const worker = await startMongoDBWorker({ entry: "worker-initialized.ts", vars: secrets, storage });
        const address = `127.0.0.1:${worker.tcpPort}`;
        try {
          await withClient(`mongodb://app:app-word@${address}/shop`, async (client) => {
            const products = client.db().collection("products");
            const all = await products.find({}, { sort: { name: 1 } }).toArray();
            assert.deepEqual(
              all.map(({ name }) => name),
              round === 1 ? ["ink", "paper", "pen"] : ["ink", "paper", "pen", "second round"],
            );
            assert.deepEqual(all[0]!.price, Decimal128.fromString("1.50"));
            await assert.rejects(products.insertOne({ nameless: true }), { code: 121 });
            await assert.rejects(products.insertOne({ name: "pen" }), { code: 11000 });
            if (round === 1) await products.insertOne({ name: "second round" });
            const entry = await client.db().collection("audit.log").findOne();
            assert.deepEqual([entry!.at, entry!.count], [new Date("2024-01-02T03:04:05Z"), 2]);
          });
          for (const mechanism of ["SCRAM-SHA-1", "SCRAM-SHA-256"]) {
            const url = `mongodb://root:root-word@${address}/shop?authSource=admin&authMechanism=${mechanism}`;
            await withClient(url, (client) => client.db().command({ listCollections: 1 }));
          }
          await withClient(`mongodb://reader:reader-word@${address}/shop`, (client) =>
            client.db().command({ dbStats: 1 }),
          );
          await assert.rejects(
            withClient(`mongodb://app:wrong@${address}/shop`, async () => {}),
            { code: 18 },
          );
          await withClient(`mongodb://${address}/shop`, async (client) => {
            await assert.rejects(client.db().collection("products").findOne(), { code: 13 });
          });
        } finally {
          await worker.stop();
        }
      }
    } finally {
      await rm(storage, { recursive: true, force: true });
    }
  });

  it("keeps every acknowledged write when workerd is killed", async () => {
    const storage = await mkdtemp(join(tmpdir(), "mongodb-storage-"));
    try {
      let written = 0;
      for (let round = 0; round < 5; round++) {
        const worker = await startMongoDBWorker({ storage });
        const client = new MongoClient(`mongodb://127.0.0.1:${worker.tcpPort}/keep`, {
          serverSelectionTimeoutMS: 1000,
        });
        await client.connect();
        const items = client.db().collection<{ _id: number }>("items");
        assert.equal((await items.countDocuments()) >= written, true);
        const count = (): void => void written++;
        const writes = Array.from({ length: 60 }, (_, i) =>
          items.insertOne({ _id: round * 1000 + i }).then(count, () => {}),
        );
        await writes[0];
        await worker.stop(); // SIGKILL, while the others are under way
        await Promise.all(writes);
        await client.close();
      }
      const worker = await startMongoDBWorker({ storage });
      try {
        const count = await withClient(`mongodb://127.0.0.1:${worker.tcpPort}/keep`, (client) =>
          client
            .db()
            .collection("items")
            .countDocuments({ _id: { $exists: true } }),
        );
        assert.equal(count >= written && written > 0, true, `${count} of ${written}`);
      } finally {
        await worker.stop();
      }
    } finally {
      await rm(storage, { recursive: true, force: true });
    }
  });

  it("takes documents larger than a row, and refuses those over 16 MB", async () => {
    const worker = await startMongoDBWorker();
    try {
      await withClient(`mongodb://127.0.0.1:${worker.tcpPort}/large`, async (client) => {
        const files = client.db().collection<{ _id: number; bytes: Buffer | Binary; n?: number }>("files");
        const bytes = Buffer.alloc(9_000_000, "xyz");
        await files.insertOne({ _id: 1, bytes });
        await files.updateOne({ _id: 1 }, { $set: { n: 1 } });
        const found = await files.findOne({ _id: 1 });
        assert.equal(Buffer.compare(Buffer.from((found!.bytes as Binary).buffer), bytes), 0);
        await files.deleteOne({ _id: 1 });
        assert.equal(await files.countDocuments(), 0);
        await assert.rejects(files.insertOne({ _id: 2, bytes: Buffer.alloc(17_000_000) }));
      });
    } finally {
      await worker.stop();
    }
  });

  it("finds by an index without looking at every document, also sorted", async () => {
    const worker = await startMongoDBWorker();
    try {
      await withClient(`mongodb://127.0.0.1:${worker.tcpPort}/plans`, async (client) => {
        const items = client.db().collection("items");
        await items.insertMany(Array.from({ length: 20 }, (_, n) => ({ n, group: n % 4 })));
        await items.createIndex({ group: 1, n: -1 });
        const stage = async (filter: object, sort?: object): Promise<string> => {
          const cursor = items.find(filter);
          const { queryPlanner } = (await (sort ? cursor.sort(sort as never) : cursor).explain()) as never as {
            queryPlanner: { winningPlan: { stage: string; inputStage?: { stage: string } } };
          };
          const { winningPlan } = queryPlanner;
          return `${winningPlan.stage} ${winningPlan.inputStage?.stage ?? ""}`.trim();
        };
        assert.equal(await stage({ group: 2 }), "FETCH IXSCAN");
        assert.equal(await stage({ group: 2, n: { $gt: 3 } }, { n: -1 }), "FETCH IXSCAN");
        assert.equal(await stage({ _id: new ObjectId() }), "FETCH IXSCAN");
        assert.equal(await stage({ other: 1 }), "COLLSCAN");
        const sorted = await items.find({ group: 2, n: { $gt: 3 } }, { sort: { n: 1 } }).toArray();
        assert.deepEqual(
          sorted.map(({ n }) => n as number),
          [6, 10, 14, 18],
        );
      });
    } finally {
      await worker.stop();
    }
  });
});
