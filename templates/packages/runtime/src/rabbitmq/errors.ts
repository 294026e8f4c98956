/** Reply codes of AMQP 0-9-1 that this broker sends, with the names that stand before the texts. */
const CODES = {
  CONNECTION_FORCED: 320,
  ACCESS_REFUSED: 403,
  NOT_FOUND: 404,
  RESOURCE_LOCKED: 405,
  PRECONDITION_FAILED: 406,
  FRAME_ERROR: 501,
  SYNTAX_ERROR: 502,
  COMMAND_INVALID: 503,
  CHANNEL_ERROR: 504,
  UNEXPECTED_FRAME: 505,
  RESOURCE_ERROR: 506,
  NOT_ALLOWED: 530,
  NOT_IMPLEMENTED: 540,
  INTERNAL_ERROR: 541,
} as const;

export type ErrorName = keyof typeof CODES;

/** Errors that only end the channel; all others end the connection. */
const OF_THE_CHANNEL = new Set<ErrorName>([
  "ACCESS_REFUSED",
  "NOT_FOUND",
  "RESOURCE_LOCKED",
  "PRECONDITION_FAILED",
  "RESOURCE_ERROR",
]);

/** Longest text of a short string. */
const LONGEST_TEXT = 255;

/** An error that a client is told of. Apps compare the texts, so they are worded as RabbitMQ words them. */
export class AmqpError extends Error {
  readonly errorName: ErrorName;
  /** Whether the whole connection ends, or the channel alone. */
  readonly endsConnection: boolean;

  /** `text` is what follows "NAME - ". */
  constructor(name: ErrorName, text: string, scope?: "connection" | "channel") {
    const full = `${name} - ${text}`;
    super(full.length > LONGEST_TEXT ? `${full.slice(0, LONGEST_TEXT - 3)}...` : full);
    this.name = "AmqpError";
    this.errorName = name;
    this.endsConnection = scope === undefined ? !OF_THE_CHANNEL.has(name) : scope === "connection";
  }

  get code(): number {
    return CODES[this.errorName];
  }
}

export const preconditionFailed = (text: string) => new AmqpError("PRECONDITION_FAILED", text);
export const accessRefused = (text: string) => new AmqpError("ACCESS_REFUSED", text);
export const notFound = (kind: "queue" | "exchange", name: string, vhost: string) =>
  new AmqpError("NOT_FOUND", `no ${kind} '${name}' in vhost '${vhost}'`);
export const syntaxError = (text: string) => new AmqpError("SYNTAX_ERROR", text);
export const frameError = (text: string) => new AmqpError("FRAME_ERROR", text);
