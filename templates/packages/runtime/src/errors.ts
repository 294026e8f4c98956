/**
 * Errors that look like Node's. Applications and drivers decide by `code`, `errno` and `syscall`, sometimes by the text, so all
 * of them are the ones Node on Linux gives.
 */

const ERRNO: Record<string, number> = {
  EPIPE: -32,
  EADDRINUSE: -98,
  EADDRNOTAVAIL: -99,
  ECONNRESET: -104,
  ETIMEDOUT: -110,
  ECONNREFUSED: -111,
  ENOTFOUND: -3008,
};

/** Fields of a system error besides its code. */
export interface SystemErrorDetails {
  syscall: string;
  address?: string;
  port?: number;
  hostname?: string;
  cause?: unknown;
}

/** An error as libuv reports it: `connect ECONNREFUSED db:5432` with code, errno, syscall, address and port. */
export function systemError(code: string, details: SystemErrorDetails): NodeJS.ErrnoException {
  const { cause, ...fields } = details;
  const where = details.hostname ?? details.address;
  const place = where === undefined ? "" : ` ${where}${details.port === undefined ? "" : `:${details.port}`}`;
  const text =
    code === "EADDRINUSE" ? `listen EADDRINUSE: address already in use${place}` : `${details.syscall} ${code}${place}`;
  const error = new Error(text, cause === undefined ? undefined : { cause });
  return Object.assign(error, { code, errno: ERRNO[code], ...fields });
}

/** An error with a code of Node's own, such as ERR_HTTP_HEADERS_SENT, in Node's spelling of name and text. */
export function codedError(code: string, message: string, kind: typeof Error = Error): NodeJS.ErrnoException {
  return Object.assign(new kind(message), { code });
}

/** The error a connection gets that ends before it should. */
export function connectionReset(message = "socket hang up"): NodeJS.ErrnoException {
  return codedError("ECONNRESET", message);
}

/** The text to log for anything that was thrown, causes included. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const text = thrown.stack ?? String(thrown);
  return thrown.cause === undefined ? text : `${text}\n  [cause]: ${describeError(thrown.cause)}`;
}
