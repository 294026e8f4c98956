import type { Command } from "../command";
import { bitmapCommands } from "./bitmaps";
import { clientCommands } from "./client";
import { connectionCommands } from "./connection";
import { dumpCommands } from "./dump";
import { geoCommands } from "./geo";
import { hashCommands } from "./hashes";
import { hyperLogLogCommands } from "./hyperloglog";
import { keyCommands } from "./keys";
import { listCommands } from "./lists";
import { pubsubCommands } from "./pubsub";
import { scriptCommands } from "./scripts";
import { serverCommands } from "./server";
import { setCommands } from "./sets";
import { sortedSetAlgebraCommands } from "./sorted-set-algebra";
import { sortedSetBlockingCommands } from "./sorted-set-blocking";
import { sortedSetRangeCommands } from "./sorted-set-ranges";
import { sortedSetCommands } from "./sorted-sets";
import { sortCommands } from "./sort";
import { streamGroupCommands } from "./stream-groups";
import { streamInfoCommands } from "./stream-info";
import { streamPendingCommands } from "./stream-pending";
import { streamCommands } from "./streams";
import { stringCommands } from "./strings";
import { transactionCommands } from "./transactions";

/** Every command, by its name in lower case. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [
    ...stringCommands,
    ...keyCommands,
    ...dumpCommands,
    ...hashCommands,
    ...listCommands,
    ...setCommands,
    ...sortedSetCommands,
    ...sortedSetRangeCommands,
    ...sortedSetAlgebraCommands,
    ...sortedSetBlockingCommands,
    ...bitmapCommands,
    ...hyperLogLogCommands,
    ...geoCommands,
    ...sortCommands,
    ...streamCommands,
    ...streamGroupCommands,
    ...streamPendingCommands,
    ...streamInfoCommands,
    ...scriptCommands,
    ...pubsubCommands,
    ...transactionCommands,
    ...connectionCommands,
    ...clientCommands,
    ...serverCommands,
  ].map((command) => [command.name, command]),
);
