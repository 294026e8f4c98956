import type { Handler } from "../session";
import { ADMINISTRATION } from "./administration";
import { COLLECTIONS } from "./collections";
import { HANDSHAKE } from "./handshake";
import { INDEXES } from "./indexes";
import { READS } from "./reads";
import { SESSIONS } from "./sessions";
import { USERS } from "./users";
import { WRITES } from "./writes";

/** All commands by name. */
export const COMMANDS: ReadonlyMap<string, Handler> = new Map(
  [HANDSHAKE, READS, WRITES, COLLECTIONS, INDEXES, SESSIONS, USERS, ADMINISTRATION].flatMap((table) =>
    Object.entries(table),
  ),
);
