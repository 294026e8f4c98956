import { createMongoDB } from "../../src/mongodb/index";

/** A root user, and a script as projects have them in /docker-entrypoint-initdb.d. */
const mongodb = createMongoDB(
  {
    rootUser: { name: "root", passwordVariable: "MONGO_INITDB_ROOT_PASSWORD" },
    users: [{ name: "reader", database: "shop", passwordVariable: "READER_PASSWORD" }],
    initDatabase: "shop",
  },
  {
    "/docker-entrypoint-initdb.d/01-users.js": `
db = db.getSiblingDB("shop");
db.createUser({ user: "app", pwd: process.env.APP_PASSWORD || "secret", roles: [{ role: "readWrite", db: "shop" }] });
db.createCollection("products", { validator: { $jsonSchema: { required: ["name"], properties: { name: { bsonType: "string" } } } } });
`,
    "/docker-entrypoint-initdb.d/02-products.js": `
const names = ["pen", "ink", "paper"];
names.forEach((name, i) => db.products.insertOne({ name, price: NumberDecimal("1.50"), stock: NumberInt(i) }));
db.products.createIndex({ name: 1 }, { unique: true });
db.audit.log.insert({ at: ISODate("2024-01-02T03:04:05Z"), count: db.products.countDocuments({ stock: { $gte: 1 } }) });
print("made " + db.products.find().sort({ name: 1 }).map((p) => p.name).join());
`,
  },
);
export const MongoDBServer = mongodb.MongoDBServer;
export default mongodb.worker;
