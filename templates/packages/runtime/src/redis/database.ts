import type { EventClass, KeyRecord, Keyspace } from "./keyspace";
import type { KeyType } from "./schema";

/** The keyspace seen from one selected database. */
export class Database {
  readonly keyspace: Keyspace;
  readonly index: number;

  constructor(keyspace: Keyspace, index: number) {
    this.keyspace = keyspace;
    this.index = index;
  }

  get sql(): SqlStorage {
    return this.keyspace.sql;
  }

  find(key: Buffer): KeyRecord | null {
    return this.keyspace.find(this.index, key);
  }

  /** WRONGTYPE when the key holds something else. */
  typed(key: Buffer, type: KeyType): KeyRecord | null {
    return this.keyspace.findTyped(this.index, key, type);
  }

  findOrCreate(key: Buffer, type: KeyType): KeyRecord {
    return this.keyspace.findOrCreate(this.index, key, type);
  }

  create(key: Buffer, type: KeyType, initial?: Parameters<Keyspace["create"]>[3]): KeyRecord {
    return this.keyspace.create(this.index, key, type, initial);
  }

  /** Removes the key whatever it holds, and says nothing; true when there was one. */
  discard(key: Buffer): boolean {
    const record = this.find(key);
    if (record) this.keyspace.remove(record);
    return record !== null;
  }

  /** Removes the key as DEL does; true when there was one. */
  delete(key: Buffer): boolean {
    const existed = this.discard(key);
    if (existed) this.changed(key, "g", "del");
    return existed;
  }

  changed(key: Buffer, eventClass: EventClass, name: string): void {
    this.keyspace.changed(this.index, key, eventClass, name);
  }
}
