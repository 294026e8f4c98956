import { createMongoDB } from "../../src/mongodb/index";

/** A replica set of one. Clients of the test connect directly, as its address means nothing outside the project. */
const mongodb = createMongoDB({ rootUser: null, replicaSet: { name: "rs0", host: "mongo:27017" } });
export const MongoDBServer = mongodb.MongoDBServer;
export default mongodb.worker;
