import { Status } from "./reply";
import type { Session } from "./session";

/** Clients that asked with MONITOR to see every command. */
export class Monitors {
  private readonly sessions = new Set<Session>();

  add(session: Session): void {
    this.sessions.add(session);
  }

  delete(session: Session): void {
    this.sessions.delete(session);
  }

  /** Shows a command to all of them. Passwords are kept back, as in Redis. */
  show(from: Session, argv: Buffer[]): void {
    if (this.sessions.size === 0) return;
    const name = argv[0]?.toString("latin1").toLowerCase();
    if (name === "auth" || name === "hello" || name === "exec") return;
    const now = Date.now();
    const time = `${Math.floor(now / 1000)}.${String((now % 1000) * 1000).padStart(6, "0")}`;
    const line = `${time} [${from.database} client:${from.id}] ${argv.map(quote).join(" ")}`;
    for (const session of this.sessions) session.push(new Status(line));
  }
}

/** A byte string as Redis shows it: in quotes, with escapes for what is not printable. */
export function quote(bytes: Buffer): string {
  const named: Record<string, string> = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\x07": "\\a",
    "\b": "\\b",
    '"': '\\"',
    "\\": "\\\\",
  };
  const text = bytes
    .toString("latin1")
    .replace(/[^ !#-[\]-~]/g, (char) => named[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${text}"`;
}
