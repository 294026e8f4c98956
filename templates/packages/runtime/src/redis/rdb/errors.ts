import { RedisError } from "../errors";

export const badDump = () => new RedisError("ERR Bad data format");
export const wrongChecksum = () => new RedisError("ERR DUMP payload version or checksum are wrong");
