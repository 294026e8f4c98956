import type { Keyspace } from "./keyspace";

/** Keys deleted in one go, so that no client waits long. */
const BATCH = 1000;
/** Pause between two clean-ups (ms) when nobody listens for expired keys. */
const LEISURELY = 60_000;
/** The last time a Date, and so an alarm, can express. */
const LAST_DATE = 8.64e15;

/**
 * Deletes expired keys that nobody asks for any more. Commands never see an expired key anyway; this is for the space they
 * take, and for `expired` notifications.
 *
 * It uses the Durable Object's alarm and not a timer, because a pending timer would keep the object in memory, and billed,
 * until the last key has expired. Setting an alarm is a billed write, so it is only moved when it must ring earlier.
 */
export class ExpiryAlarm {
  private readonly storage: DurableObjectStorage;
  private readonly keyspace: Keyspace;
  /** When the alarm is set to ring; undefined: not known, null: not set. */
  private due: number | null | undefined = undefined;
  private announced = false;

  constructor(storage: DurableObjectStorage, keyspace: Keyspace) {
    this.storage = storage;
    this.keyspace = keyspace;
  }

  /** A key expires at that time. `announced`: somebody may listen for it, so it must be deleted in time. */
  expirySet(expires: number, announced: boolean): void {
    this.announced = announced;
    const wanted = announced ? expires : Math.max(expires, Date.now() + LEISURELY);
    if (typeof this.due === "number" && this.due <= wanted) return;
    this.setAlarm(wanted);
  }

  async ring(): Promise<void> {
    this.due = null;
    const removed = this.keyspace.removeExpired(BATCH);
    const next = this.keyspace.nextExpiry();
    if (next === null) return;
    const pause = this.announced || removed === BATCH ? 1 : LEISURELY;
    this.setAlarm(Math.max(next, Date.now() + pause));
  }

  private setAlarm(time: number): void {
    if (time > LAST_DATE) return;
    this.due = time;
    // The write joins those of the running command; if it fails, the object is reset and starts without a known alarm.
    void this.storage.setAlarm(time);
  }
}
