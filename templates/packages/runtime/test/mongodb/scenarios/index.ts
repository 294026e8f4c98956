/** What is recorded and replayed: programs for the driver and for mongoose, each with a database of its own. */
import type { Db, MongoClient } from "mongodb-6";
import { aggregation } from "./aggregation.ts";
import { collections } from "./collections.ts";
import { crud } from "./crud.ts";
import { indexes } from "./indexes.ts";
import { mongoose } from "./mongoose.ts";
import { queries } from "./queries.ts";
import { updates } from "./updates.ts";

/** Runs a program; what it is answered is watched from outside. A program with a client of its own says so. */
export type Scenario = (db: Db, uri: string, watch: (client: MongoClient) => void) => Promise<void>;

export const SCENARIOS: Record<string, Scenario> = {
  crud,
  queries,
  updates,
  aggregation,
  indexes,
  collections,
  mongoose,
};

/** Documents as programs without types have them. */
export type Loose = any;

/** For calls that are meant to fail: the failure is what is recorded. */
export async function attempt(call: Promise<unknown>): Promise<void> {
  await call.catch(() => {});
}
