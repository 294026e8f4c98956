import { ErrorReply } from "./reply";

/**
 * An error that goes to the client as it is. Client libraries and apps compare these texts, so they are worded as Redis
 * words them.
 */
export class RedisError extends Error {
  /** `message` starts with the error code: `ERR`, `WRONGTYPE`, `NOGROUP`, … */
  constructor(message: string) {
    super(message);
    this.name = "RedisError";
  }

  toReply(): ErrorReply {
    return new ErrorReply(this.message);
  }
}

/** Bytes that are not RESP: the client is told once and then disconnected, because the stream has lost its framing. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProtocolError";
  }
}

export const wrongType = () => new RedisError("WRONGTYPE Operation against a key holding the wrong kind of value");
export const syntaxError = () => new RedisError("ERR syntax error");
export const notAnInteger = () => new RedisError("ERR value is not an integer or out of range");
export const notAFloat = () => new RedisError("ERR value is not a valid float");
export const noSuchKey = () => new RedisError("ERR no such key");
export const outOfRange = () => new RedisError("ERR index out of range");
export const wrongArity = (command: string) =>
  new RedisError(`ERR wrong number of arguments for '${command.toLowerCase()}' command`);
export const mustBePositive = () => new RedisError("ERR value is out of range, must be positive");
