/** Has one server do operations, and writes down what it answers, so that two servers can be compared. */
import { RawClient, type Received } from "./amqp-client.ts";
import type { Operation } from "./random-traffic.ts";

/** Methods without an answer. */
const SILENT = new Set(["BasicPublish", "BasicAck", "BasicNack", "BasicReject"]);
/** Fields that two correct servers fill differently. */
const GENERATED = /amq\.(gen|ctag|rabbitmq\.reply-to)[-.][\w./+=-]+/g;

interface ChannelState {
  open: boolean;
  /** Delivery tags that were not settled yet. */
  held: number[];
  /** Messages came from several queues at once: in which order is not defined, and so are their tags. */
  mixed: boolean;
  confirming: boolean;
  published: number;
  settled: Map<number, string>;
}

/** Drives a server over a few connections. */
export class Driver {
  private readonly connections: RawClient[] = [];
  private readonly states: ChannelState[][] = [];
  private readonly seenCloses = new WeakSet<Received>();
  /** Whether channels are opened in confirm mode. */
  private readonly confirming: boolean;
  /** Looks at every queue, on a channel for each, so that what they do to each other is done. */
  private observer!: RawClient;
  private readonly observed = new Map<string, { channel: number; open: boolean }>();

  private constructor(confirming: boolean) {
    this.confirming = confirming;
  }

  static async start(port: number, connections: number, channels: number, confirming = true): Promise<Driver> {
    const driver = new Driver(confirming);
    for (let i = 0; i < connections; i++) {
      driver.states.push(Array.from({ length: channels }, () => fresh()));
      driver.connections.push(await RawClient.open(port));
    }
    driver.observer = await RawClient.open(port);
    return driver;
  }

  /** Deletes what is there of these names. */
  async clear(queues: readonly string[], exchanges: readonly string[]): Promise<void> {
    const channel = 1000;
    await this.observer.call(channel, "ChannelOpen");
    for (const queue of queues) await this.observer.call(channel, "QueueDelete", { queue });
    for (const exchange of exchanges) await this.observer.call(channel, "ExchangeDelete", { exchange });
  }

  close(): void {
    for (const client of [...this.connections, this.observer]) client.close();
  }

  /** Does one operation and returns all that came of it, on every connection. */
  async run(operation: Operation, queues: readonly string[]): Promise<string[]> {
    const { connection, channel, method } = operation;
    const client = this.connections[connection]!;
    const seen: string[] = [];
    const state = this.states[connection]![channel - 1]!;
    if (!state.open) seen.push(...(await this.open(connection, channel)));
    const fields = this.prepare(operation, state);
    if (fields === null) return [...seen, "(nothing to settle)"];
    if (method === "BasicPublish") {
      client.publish(channel, fields, operation.properties ?? {}, operation.body ?? "");
      state.published++;
    } else if (SILENT.has(method)) {
      client.send(channel, method, fields);
    } else {
      const answer = await client.call(channel, method, fields);
      if (answer.name === "BasicGetOk" && !fields.noAck) state.held.push(Number(answer.fields.deliveryTag));
      seen.push(`${connection}/${channel} ${describe(answer)}`);
      this.noticeClose(connection, answer);
      if (method === "BasicRecover") state.held = [];
      if (method === "ChannelClose") this.states[connection]![channel - 1] = fresh();
    }
    await this.settle(queues);
    return [...seen, ...this.collect()];
  }

  private async open(connection: number, channel: number): Promise<string[]> {
    const client = this.connections[connection]!;
    const answer = await client.call(channel, "ChannelOpen");
    const state = this.states[connection]![channel - 1]!;
    state.open = answer.name === "ChannelOpenOk";
    if (this.confirming) await client.call(channel, "ConfirmSelect", {});
    return [`${connection}/${channel} ${answer.name}`];
  }

  /** The fields of the method; `nth` becomes the delivery tag of an unacknowledged message. */
  private prepare({ method, fields }: Operation, state: ChannelState): Record<string, unknown> | null {
    if (fields.nth === undefined) return fields;
    const { nth, ...rest } = fields;
    const tag = state.held[nth as number];
    if (tag === undefined) return null;
    if (fields.multiple && state.mixed) {
      state.held = [];
      return { ...rest, deliveryTag: 0 };
    }
    state.held = state.held.filter((other) =>
      fields.multiple && method !== "BasicReject" ? other > tag : other !== tag,
    );
    return { ...rest, deliveryTag: tag };
  }

  /** Waits until the server has done all that follows from the operation. */
  private async settle(queues: readonly string[]): Promise<void> {
    for (let round = 0; round < 2; round++) {
      const channels = this.connections.flatMap((client, connection) =>
        this.states[connection]!.map((state, index) => this.synchronize(client, connection, index + 1, state)),
      );
      await Promise.all([...channels, ...queues.map((queue) => this.observe(queue))]);
    }
    await this.confirmed();
  }

  private async synchronize(
    client: RawClient,
    connection: number,
    channel: number,
    state: ChannelState,
  ): Promise<void> {
    // The server may have closed the channel unasked.
    for (const event of client.events) this.noticeClose(connection, event);
    if (!state.open || this.states[connection]![channel - 1] !== state) return;
    const answer = await client.call(channel, "BasicCancel", { consumerTag: "(nobody)" });
    if (answer.name === "BasicCancelOk") return;
    client.events.push(answer);
    this.noticeClose(connection, answer);
  }

  private async observe(queue: string): Promise<void> {
    const place = this.observed.get(queue) ?? { channel: this.observed.size + 1, open: false };
    this.observed.set(queue, place);
    if (!place.open) await this.observer.call(place.channel, "ChannelOpen");
    const answer = await this.observer.call(place.channel, "QueueDeclare", { queue, passive: true });
    place.open = answer.name === "QueueDeclareOk";
  }

  /** Waits for the confirms of all that was published. */
  private async confirmed(): Promise<void> {
    if (!this.confirming) return;
    const deadline = Date.now() + 10_000;
    for (const [connection, client] of this.connections.entries()) {
      for (const [index, state] of this.states[connection]!.entries()) {
        for (;;) {
          noteConfirms(client, index + 1, state);
          for (const event of client.events) this.noticeClose(connection, event);
          if (!state.open || state.settled.size >= state.published || Date.now() > deadline) break;
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      }
    }
  }

  /** What has come unasked. */
  private collect(): string[] {
    const seen: string[] = [];
    for (const [connection, client] of this.connections.entries()) {
      const events = client
        .takeEvents()
        .sort((a, b) => (consumerOf(a) < consumerOf(b) ? -1 : Number(consumerOf(a) > consumerOf(b))));
      for (const [index, event] of events.entries()) {
        const state = this.states[connection]![event.channel - 1];
        if (event.name === "BasicDeliver" && state) {
          state.held.push(Number(event.fields.deliveryTag));
          if (index > 0 && consumerOf(events[index - 1]!) !== consumerOf(event)) state.mixed = true;
        }
        this.noticeClose(connection, event);
      }
      // Channels are told independently of each other, and of several queues each.
      for (let channel = 0; channel <= this.states[connection]!.length; channel++) {
        const own = events.filter((event) => event.channel === channel && event.name !== "BasicAck");
        seen.push(...own.map((event) => `${connection}/${channel} ${describe(event)}`));
        const state = this.states[connection]![channel - 1];
        if (!state) continue;
        for (const [tag, outcome] of [...state.settled].sort(([a], [b]) => a - b)) {
          if (outcome !== "told") seen.push(`${connection}/${channel} ${outcome} ${tag}`);
          state.settled.set(tag, "told");
        }
      }
    }
    return seen;
  }

  private noticeClose(connection: number, answer: Received): void {
    if (answer.name === "ChannelClose" && !this.seenCloses.has(answer)) {
      this.seenCloses.add(answer);
      this.states[connection]![answer.channel - 1] = fresh();
    }
    if (answer.name === "ConnectionClose" || answer.name === "(connection ended)") {
      throw new Error(`the connection was closed: ${describe(answer)}`);
    }
  }
}

function fresh(): ChannelState {
  return { open: false, held: [], mixed: false, confirming: false, published: 0, settled: new Map() };
}

/** Takes the confirms out of what came; one for several messages counts as several. */
function noteConfirms(client: RawClient, channel: number, state: ChannelState): void {
  client.events = client.events.filter((event) => {
    if (event.channel !== channel || (event.name !== "BasicAck" && event.name !== "BasicNack")) return true;
    const tag = Number(event.fields.deliveryTag);
    const outcome = event.name === "BasicAck" ? "confirmed" : "refused";
    const first = event.fields.multiple ? 1 : tag;
    for (let number = first; number <= tag; number++) {
      if (!state.settled.has(number)) state.settled.set(number, outcome);
    }
    return false;
  });
}

function consumerOf({ name, fields }: Received): string {
  return name === "BasicDeliver" ? String(fields.consumerTag) : "";
}

/** A method as text, without what may differ between two correct servers. */
export function describe({ name, fields, properties, body }: Received): string {
  const parts = [name, stable(fields)];
  if (properties) parts.push(stable(properties), JSON.stringify(body?.toString("latin1")));
  return parts
    .join(" ")
    .replace(GENERATED, "(generated $1)")
    .replace(/unknown delivery tag \d+/, "unknown delivery tag");
}

/** JSON with sorted keys: the order in a table says nothing. Times are of the servers' own. */
function stable(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) => {
    if (key === "time") return "(time)";
    if (key === "deliveryTag") return "(tag)";
    if (item === null || typeof item !== "object" || Array.isArray(item)) return item;
    const set = Object.entries(item).filter(([, field]) => field !== undefined);
    return Object.fromEntries(set.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
