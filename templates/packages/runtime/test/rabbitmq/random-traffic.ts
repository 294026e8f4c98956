/** Random but repeatable traffic: two connections, a few channels, exchanges and queues, so that everything meets everything. */

/** One thing that a client does. */
export interface Operation {
  /** The number of the connection. */
  connection: number;
  channel: number;
  method: string;
  fields: Record<string, unknown>;
  /** basic.publish only. */
  properties?: Record<string, unknown>;
  body?: string;
}

export const CONNECTIONS = 2;
export const CHANNELS = 2;

const EXCHANGES = ["x.direct", "x.fanout", "x.topic", "x.headers", "x.second"];
const QUEUES = ["q1", "q2", "q.limited", "q.rejecting", "q.priority", "q.dead", "q.single", "q.auto", "q.exclusive"];
const KEYS = ["a", "b", "a.b", "a.b.c", "*.b", "a.#", "#", "a.*", ""];

const ARGUMENTS: Record<string, object> = {
  "q.limited": { "x-max-length": 3, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q.dead" },
  "q.rejecting": { "x-max-length": 2, "x-overflow": "reject-publish" },
  "q.priority": { "x-max-priority": 5 },
  q1: { "x-dead-letter-exchange": "x.fanout" },
  "q.single": { "x-single-active-consumer": true },
};

/** mulberry32: small, fast, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` operations from `seed`. Queues and exchanges are declared at the start, and deleted now and then. */
export function randomOperations(seed: number, count: number): Operation[] {
  const random = randomFrom(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const chance = (probability: number): boolean => random() < probability;
  const queue = (): string => pick(QUEUES);
  const exchange = (): string => (chance(0.02) ? "missing" : pick(EXCHANGES));
  let message = 0;
  let tag = 0;

  const declareQueue = (name: string): [string, Record<string, unknown>] => [
    "QueueDeclare",
    {
      queue: name,
      durable: chance(0.02) !== (name !== "q.auto" && name !== "q.exclusive"),
      autoDelete: name === "q.auto",
      exclusive: name === "q.exclusive",
      arguments: ARGUMENTS[name] ?? {},
    },
  ];
  const declareExchange = (name: string): [string, Record<string, unknown>] => {
    const kind = name.split(".")[1]!;
    return [
      "ExchangeDeclare",
      { exchange: name, type: kind === "second" ? "fanout" : kind, autoDelete: kind === "second", durable: false },
    ];
  };
  const bind = (method: string): [string, Record<string, unknown>] => {
    const source = exchange();
    const args = source === "x.headers" ? { "x-match": pick(["all", "any"]), kind: pick([1, 2]), size: "large" } : {};
    return [method, { queue: queue(), exchange: source, routingKey: pick(KEYS), arguments: args }];
  };
  const publish = (): Pick<Operation, "fields" | "properties" | "body"> => ({
    fields: chance(0.5)
      ? { exchange: "", routingKey: queue(), mandatory: chance(0.2) }
      : { exchange: exchange(), routingKey: pick(KEYS), mandatory: chance(0.2) },
    properties: {
      deliveryMode: pick([1, 2]),
      ...(chance(0.3) ? { priority: pick([0, 1, 3, 9]) } : {}),
      ...(chance(0.3) ? { headers: { kind: pick([1, 2]), size: pick(["large", "small"]) } } : {}),
      ...(chance(0.05) ? { headers: { CC: [queue(), "b"] } } : {}),
      ...(chance(0.2) ? { correlationId: `c${message}`, type: "t" } : {}),
    },
    body: `m${++message}${"x".repeat(Math.floor(random() * 20))}`,
  });
  const choices: [number, () => Omit<Operation, "connection" | "channel">][] = [
    [40, () => ({ method: "BasicPublish", ...publish() })],
    [14, () => named("BasicGet", { queue: queue(), noAck: chance(0.3) })],
    // A number from 0 stands for an unacknowledged message of the channel; see the test.
    [14, () => named("BasicAck", { nth: Math.floor(random() * 4), multiple: chance(0.2) })],
    [10, () => named("BasicNack", nack())],
    [3, () => named("BasicReject", { nth: 0, requeue: chance(0.5) })],
    [8, () => named("BasicConsume", consumer())],
    [5, () => named("BasicCancel", { consumerTag: `t${Math.max(1, tag - Math.floor(random() * 8))}` })],
    [3, () => named("BasicQos", { prefetchCount: pick([0, 1, 2, 3]), global: false })],
    [2, () => named("BasicRecover", { requeue: true })],
    [8, () => named(...declareQueue(queue()))],
    [2, () => named("QueueDeclare", { queue: queue(), passive: true })],
    [3, () => named(...declareExchange(pick(EXCHANGES)))],
    [8, () => named(...bind("QueueBind"))],
    [3, () => named(...bind("QueueUnbind"))],
    [2, () => named("ExchangeBind", { source: exchange(), destination: exchange(), routingKey: pick(KEYS) })],
    [1, () => named("ExchangeUnbind", { source: exchange(), destination: exchange(), routingKey: pick(KEYS) })],
    [2, () => named("QueuePurge", { queue: queue() })],
    [1, () => named("QueueDelete", { queue: queue(), ifUnused: chance(0.3), ifEmpty: chance(0.3) })],
    [0.5, () => named("ExchangeDelete", { exchange: pick(EXCHANGES), ifUnused: chance(0.5) })],
    [1, () => named("ChannelClose", { replyCode: 200, replyText: "", classId: 0, methodId: 0 })],
  ];
  // Several at once are not rejected: in which order dead letters of several queues arrive is not defined.
  const nack = (): Record<string, unknown> => {
    const multiple = chance(0.2);
    return { nth: Math.floor(random() * 4), multiple, requeue: multiple || chance(0.6) };
  };
  const consumer = (): Record<string, unknown> => ({
    queue: queue(),
    consumerTag: `t${++tag}`,
    noAck: chance(0.2),
    exclusive: chance(0.05),
    arguments: chance(0.2) ? { "x-priority": pick([1, 5, -1]) } : {},
  });

  const start = [...EXCHANGES.map(declareExchange), ...QUEUES.map(declareQueue)].map(([method, fields]) => ({
    connection: 0,
    channel: 1,
    ...named(method, fields),
  }));
  const total = choices.reduce((sum, [weight]) => sum + weight, 0);
  const rest = Array.from({ length: count }, (): Operation => {
    let at = random() * total;
    const [, make] = choices.find(([weight]) => (at -= weight) < 0) ?? choices[0]!;
    return {
      connection: Math.floor(random() * CONNECTIONS),
      channel: 1 + Math.floor(random() * CHANNELS),
      ...make(),
    };
  });
  return [...start, ...rest];
}

function named(method: string, fields: Record<string, unknown>): Omit<Operation, "connection" | "channel"> {
  return { method, fields };
}
