/** The definitions file of RabbitMQ (`load_definitions`), without the users' password hashes. */
import type { PolicyDefinition } from "./arguments";
import type { Permission } from "./access";
import { isExchangeType } from "./exchange";
import type { VirtualHost } from "./vhost";
import { type FieldTable, type FieldValue, toBinary } from "./wire";

/** What else an exported file says of something: times, statistics, keys of later versions. */
interface Other {
  [name: string]: unknown;
}

export interface Definitions {
  /** `password`: the name of the environment variable that holds the user's password. */
  users?: { name: string; password: string; tags?: string | string[] }[];
  vhosts?: ({ name: string } & Other)[];
  permissions?: Permission[];
  policies?: Policy[];
  exchanges?: ExchangeDefinition[];
  queues?: QueueDefinition[];
  bindings?: BindingDefinition[];
}

export interface Policy extends Other {
  vhost: string;
  name: string;
  pattern: string;
  "apply-to"?: string;
  definition: PolicyDefinition;
  priority?: number;
}

interface ExchangeDefinition extends Other {
  name: string;
  vhost: string;
  type: string;
  durable?: boolean;
  auto_delete?: boolean;
  internal?: boolean;
  arguments?: Record<string, unknown>;
}

interface QueueDefinition extends Other {
  name: string;
  vhost: string;
  durable?: boolean;
  auto_delete?: boolean;
  arguments?: Record<string, unknown>;
}

interface BindingDefinition extends Other {
  source: string;
  vhost: string;
  destination: string;
  destination_type: string;
  routing_key?: string;
  arguments?: Record<string, unknown>;
}

/** Declares what the definitions name. What is there already stays as it is. */
export function importDefinitions(definitions: Definitions, vhosts: ReadonlyMap<string, VirtualHost>): void {
  const within = (name: string): VirtualHost => {
    const vhost = vhosts.get(toBinary(name));
    if (!vhost)
      throw new Error(`The definitions name the virtual host ${JSON.stringify(name)}, which they do not define`);
    return vhost;
  };
  for (const exchange of definitions.exchanges ?? []) {
    const vhost = within(exchange.vhost);
    if (!isExchangeType(exchange.type)) {
      throw new Error(
        `The exchange ${exchange.name} of the definitions has the type ${exchange.type}, which this broker does not have`,
      );
    }
    if (vhost.exchanges.has(toBinary(exchange.name))) continue;
    vhost.addExchange({
      name: toBinary(exchange.name),
      type: exchange.type,
      durable: exchange.durable ?? true,
      autoDelete: exchange.auto_delete ?? false,
      internal: exchange.internal ?? false,
      arguments: fieldTable(exchange.arguments),
    });
  }
  for (const queue of definitions.queues ?? []) {
    const vhost = within(queue.vhost);
    if (vhost.queues.has(toBinary(queue.name))) continue;
    vhost.addQueue(toBinary(queue.name), fieldTable(queue.arguments), {
      durable: queue.durable ?? true,
      autoDelete: queue.auto_delete ?? false,
      owner: null,
    });
  }
  for (const binding of definitions.bindings ?? []) {
    const vhost = within(binding.vhost);
    const source = vhost.exchange(toBinary(binding.source));
    const name = toBinary(binding.destination);
    const destination = binding.destination_type === "exchange" ? vhost.exchange(name) : vhost.queue(name);
    vhost.bind(source, destination, toBinary(binding.routing_key ?? ""), fieldTable(binding.arguments));
  }
}

/** A JSON object as AMQP has it. */
export function fieldTable(json: Record<string, unknown> = {}): FieldTable {
  return new Map(Object.entries(json).map(([name, value]) => [toBinary(name), fieldValue(value)]));
}

function fieldValue(value: unknown): FieldValue {
  if (typeof value === "boolean") return { type: "t", value };
  if (typeof value === "number") {
    return Number.isInteger(value) ? { type: "l", value: BigInt(value) } : { type: "d", value };
  }
  if (typeof value === "string") return { type: "S", value: toBinary(value) };
  if (Array.isArray(value)) return { type: "A", value: value.map(fieldValue) };
  if (value === null || value === undefined) return { type: "V", value: null };
  return { type: "F", value: fieldTable(value as Record<string, unknown>) };
}
