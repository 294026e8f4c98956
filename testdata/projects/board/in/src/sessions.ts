import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { config } from "./config.js";

interface Session {
  name: string;
  posted: number;
}

/** Sessions live as long as the process does. */
const sessions = new Map<string, Session>();

function sign(id: string): string {
  return `${id}.${createHmac("sha256", config.SESSION_SECRET).update(id).digest("base64url")}`;
}

export function open(name: string): string {
  const id = randomUUID();
  sessions.set(id, { name, posted: 0 });
  return sign(id);
}

export function find(cookie: string | undefined): Session | undefined {
  const id = cookie?.split(".")[0];
  if (!id || !cookie) return undefined;
  const expected = Buffer.from(sign(id));
  const given = Buffer.from(cookie);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  return sessions.get(id);
}

export const count = (): number => sessions.size;
