import type { Binding, ExchangeOptions, ExchangeType } from "./exchange";
import type { Content } from "./message";
import type { Entry } from "./ready-list";
import { SCHEMA } from "./schema";
import { type FieldTable, Reader, Writer } from "./wire";

/** Places in one queue; queues and places share the key of a message, which must stay below 2^53. */
const PLACES = 2 ** 33;
/** Longest part of a body in one row: SQLite in a Durable Object takes rows of up to 2 MB. */
const PART_BYTES = 1_500_000;

export interface StoredQueue {
  id: number;
  vhost: string;
  name: string;
  durable: boolean;
  autoDelete: boolean;
  exclusive: boolean;
  arguments: FieldTable;
  delivered: number;
  unusedSince: number | null;
}

export interface StoredBinding {
  vhost: string;
  source: string;
  kind: "queue" | "exchange";
  destination: string;
  routingKey: string;
  arguments: FieldTable;
}

/** A message that waits in a delayed exchange. */
export interface Delayed {
  id: number;
  vhost: string;
  due: number;
  content: Content;
}

/** What of the broker is in the Durable Object's SQLite storage. Reads and writes take no time to wait for. */
export class Store {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(SCHEMA);
  }

  // ---- exchanges, bindings ---------------------------------------------------------------------------------------

  exchanges(): (ExchangeOptions & { vhost: string })[] {
    return this.sql
      .exec<Record<string, SqlStorageValue>>("SELECT * FROM exchanges ORDER BY vhost, name")
      .toArray()
      .map((row) => ({
        vhost: row.vhost as string,
        name: row.name as string,
        type: row.type as ExchangeType,
        durable: row.durable === 1,
        autoDelete: row.auto_delete === 1,
        internal: row.internal === 1,
        arguments: decodeTable(row.arguments as ArrayBuffer),
      }));
  }

  saveExchange(vhost: string, exchange: ExchangeOptions): void {
    this.sql.exec(
      "INSERT OR REPLACE INTO exchanges (vhost, name, type, durable, auto_delete, internal, arguments) VALUES (?, ?, ?, ?, ?, ?, ?)",
      vhost,
      exchange.name,
      exchange.type,
      Number(exchange.durable),
      Number(exchange.autoDelete),
      Number(exchange.internal),
      encodeTable(exchange.arguments),
    );
  }

  deleteExchange(vhost: string, name: string): void {
    this.sql.exec("DELETE FROM exchanges WHERE vhost = ? AND name = ?", vhost, name);
  }

  bindings(): StoredBinding[] {
    return this.sql
      .exec<Record<string, SqlStorageValue>>("SELECT * FROM bindings")
      .toArray()
      .map((row) => ({
        vhost: row.vhost as string,
        source: row.source as string,
        kind: row.kind as "queue" | "exchange",
        destination: row.destination as string,
        routingKey: row.routing_key as string,
        arguments: decodeTable(row.arguments as ArrayBuffer),
      }));
  }

  saveBinding(vhost: string, binding: Binding): void {
    this.sql.exec(
      "INSERT OR REPLACE INTO bindings (vhost, source, kind, destination, routing_key, arguments) VALUES (?, ?, ?, ?, ?, ?)",
      ...bindingKey(vhost, binding),
    );
  }

  deleteBinding(vhost: string, binding: Binding): void {
    this.sql.exec(
      "DELETE FROM bindings WHERE vhost = ? AND source = ? AND kind = ? AND destination = ? AND routing_key = ? AND arguments = ?",
      ...bindingKey(vhost, binding),
    );
  }

  // ---- queues ----------------------------------------------------------------------------------------------------

  queues(): StoredQueue[] {
    return this.sql
      .exec<Record<string, SqlStorageValue>>("SELECT * FROM queues ORDER BY id")
      .toArray()
      .map((row) => ({
        id: row.id as number,
        vhost: row.vhost as string,
        name: row.name as string,
        durable: row.durable === 1,
        autoDelete: row.auto_delete === 1,
        exclusive: row.exclusive === 1,
        arguments: decodeTable(row.arguments as ArrayBuffer),
        delivered: row.delivered as number,
        unusedSince: row.unused_since as number | null,
      }));
  }

  saveQueue(queue: Omit<StoredQueue, "unusedSince" | "delivered">): void {
    this.sql.exec(
      "INSERT OR REPLACE INTO queues (id, vhost, name, durable, auto_delete, exclusive, arguments, delivered) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
      queue.id,
      queue.vhost,
      queue.name,
      Number(queue.durable),
      Number(queue.autoDelete),
      Number(queue.exclusive),
      encodeTable(queue.arguments),
    );
  }

  setDelivered(queue: number, place: number): void {
    this.sql.exec("UPDATE queues SET delivered = ? WHERE id = ?", place, queue);
  }

  setUnusedSince(queue: number, time: number): void {
    this.sql.exec("UPDATE queues SET unused_since = ? WHERE id = ?", time, queue);
  }

  deleteQueue(queue: number): void {
    this.sql.exec("DELETE FROM queues WHERE id = ?", queue);
    this.deleteAllMessages(queue);
  }

  // ---- messages --------------------------------------------------------------------------------------------------

  /** The messages of a queue in their order, without their contents. */
  messages(queue: number): Entry[] {
    return this.sql
      .exec<Record<string, number>>(
        "SELECT id, size, priority, expires, redelivered, returns FROM messages WHERE id >= ? AND id < ? ORDER BY id",
        queue * PLACES,
        (queue + 1) * PLACES,
      )
      .toArray()
      .map((row) => ({
        seq: row.id! - queue * PLACES,
        size: row.size!,
        priority: row.priority!,
        expires: row.expires!,
        redelivered: row.redelivered === 1,
        returns: row.returns!,
        stored: true,
        content: null,
      }));
  }

  saveMessage(queue: number, entry: Entry, content: Content): void {
    const id = queue * PLACES + entry.seq;
    this.sql.exec(
      `INSERT INTO messages (id, exchange, routing_keys, properties, body, size, priority, expires, redelivered, returns)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      content.exchange,
      content.routingKeys.join("\0"),
      content.properties,
      content.body.subarray(0, PART_BYTES),
      entry.size,
      entry.priority,
      entry.expires,
      Number(entry.redelivered),
      entry.returns,
    );
    for (let part = 1; part * PART_BYTES < content.body.length; part++) {
      const body = content.body.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
      this.sql.exec("INSERT INTO message_parts (message, part, body) VALUES (?, ?, ?)", id, part, body);
    }
  }

  /** The content of a stored message. */
  readContent(queue: number, entry: Entry): Content {
    const id = queue * PLACES + entry.seq;
    const row = this.sql
      .exec<Record<string, SqlStorageValue>>(
        "SELECT exchange, routing_keys, properties, body FROM messages WHERE id = ?",
        id,
      )
      .one();
    const parts = [Buffer.from(row.body as ArrayBuffer)];
    if (entry.size > PART_BYTES) {
      const rest = this.sql.exec<{ body: ArrayBuffer }>(
        "SELECT body FROM message_parts WHERE message = ? ORDER BY part",
        id,
      );
      for (const { body } of rest) parts.push(Buffer.from(body));
    }
    return {
      exchange: row.exchange as string,
      routingKeys: (row.routing_keys as string).split("\0"),
      properties: Buffer.from(row.properties as ArrayBuffer),
      body: parts.length === 1 ? parts[0]! : Buffer.concat(parts),
    };
  }

  updateMessage(queue: number, entry: Entry): void {
    this.sql.exec(
      "UPDATE messages SET redelivered = ?, returns = ? WHERE id = ?",
      Number(entry.redelivered),
      entry.returns,
      queue * PLACES + entry.seq,
    );
  }

  deleteMessage(queue: number, entry: Entry): void {
    const id = queue * PLACES + entry.seq;
    this.sql.exec("DELETE FROM messages WHERE id = ?", id);
    if (entry.size > PART_BYTES) this.sql.exec("DELETE FROM message_parts WHERE message = ?", id);
  }

  private deleteAllMessages(queue: number): void {
    const range = [queue * PLACES, (queue + 1) * PLACES];
    this.sql.exec("DELETE FROM messages WHERE id >= ? AND id < ?", ...range);
    this.sql.exec("DELETE FROM message_parts WHERE message >= ? AND message < ?", ...range);
  }

  // ---- delayed messages ------------------------------------------------------------------------------------------

  delayed(): Delayed[] {
    return this.sql
      .exec<Record<string, SqlStorageValue>>("SELECT * FROM delayed ORDER BY id")
      .toArray()
      .map((row) => ({
        id: row.id as number,
        vhost: row.vhost as string,
        due: row.due as number,
        content: {
          exchange: row.exchange as string,
          routingKeys: (row.routing_keys as string).split("\0"),
          properties: Buffer.from(row.properties as ArrayBuffer),
          body: Buffer.from(row.body as ArrayBuffer),
        },
      }));
  }

  saveDelayed({ id, vhost, due, content }: Delayed): void {
    this.sql.exec(
      "INSERT INTO delayed (id, vhost, due, exchange, routing_keys, properties, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
      id,
      vhost,
      due,
      content.exchange,
      content.routingKeys.join("\0"),
      content.properties,
      content.body,
    );
  }

  deleteDelayed(id: number): void {
    this.sql.exec("DELETE FROM delayed WHERE id = ?", id);
  }

  // ---- the rest --------------------------------------------------------------------------------------------------

  meta(name: string): string | undefined {
    return this.sql.exec<{ value: string }>("SELECT value FROM meta WHERE name = ?", name).toArray()[0]?.value;
  }

  setMeta(name: string, value: string): void {
    this.sql.exec("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", name, value);
  }
}

/** The longest body of a delayed message: it is one row. */
export const LONGEST_DELAYED_BODY = PART_BYTES;

function bindingKey(vhost: string, binding: Binding): (string | Buffer)[] {
  const { source, destination, routingKey } = binding;
  return [vhost, source.name, destination.kind, destination.name, routingKey, encodeTable(binding.arguments)];
}

function encodeTable(table: FieldTable): Buffer {
  return new Writer().table(table).finish();
}

function decodeTable(bytes: ArrayBuffer): FieldTable {
  return new Reader(Buffer.from(bytes)).table();
}
