import { createMongoDB } from "../../src/mongodb/index";

const mongodb = createMongoDB({ rootUser: null });
export const MongoDBServer = mongodb.MongoDBServer;
export default mongodb.worker;
