import { createMongoDB } from "../../src/mongodb/index";

/** A root user, and a script as projects have them in /docker-entrypoint-initdb.d. */
const mongodb = createMongoDB({
  rootUser: { name: { variable: "MONGO_INITDB_ROOT_USERNAME" }, passwordVariable: "MONGO_INITDB_ROOT_PASSWORD" },
  initDatabase: "shop",
  initScripts: [
    {
      name: "01-users.js",
      text: `
db = db.getSiblingDB("shop");
db.createUser({ user: "app", pwd: process.env.APP_PASSWORD || "secret", roles: [{ role: "readWrite", db: "shop" }] });
db.createCollection("products", { validator: { $jsonSchema: { required: ["name"], properties: { name: { bsonType: "string" } } } } });
`,
    },
    {
      name: "02-products.js",
      text: `
const names = ["pen", "ink", "paper"];
names.forEach((name, i) => db.products.insertOne({ name, price: NumberDecimal("1.50"), stock: NumberInt(i) }));
db.products.createIndex({ name: 1 }, { unique: true });
db.audit.log.insert({ at: ISODate("2024-01-02T03:04:05Z"), count: db.products.countDocuments({ stock: { $gte: 1 } }) });
print("made " + db.products.find().sort({ name: 1 }).map((p) => p.name).join());
`,
    },
  ],
});
export const MongoDBServer = mongodb.MongoDBServer;
export default mongodb.worker;
