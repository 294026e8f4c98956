/** The argument lists of `connect` and `listen`, which Node accepts in many forms. */

type Callback = () => void;

/** Where `connect` goes or `listen` sits. Exactly one of port and path is meant. */
export interface Endpoint {
  port?: number;
  host?: string;
  path?: string;
}

/** Reads `(port[, host][, backlog][, callback])`, `(path[, callback])` and `(options[, callback])`. */
export function readEndpoint(given: readonly unknown[]): {
  endpoint: Endpoint;
  options: object;
  callback: Callback | undefined;
} {
  const list = Array.isArray(given[0]) ? (given[0] as unknown[]) : given;
  const callback = list.findLast((argument): argument is Callback => typeof argument === "function");
  const [first, second] = list;
  if (typeof first === "object" && first !== null) return { endpoint: endpointOf(first), options: first, callback };
  const options: Endpoint = {};
  if (isPort(first)) options.port = Number(first);
  else if (typeof first === "string") options.path = first;
  if (typeof second === "string") options.host = second;
  return { endpoint: options, options, callback };
}

function endpointOf(options: object): Endpoint {
  const { port, host, path } = options as { port?: unknown; host?: unknown; path?: unknown };
  const endpoint: Endpoint = {};
  if (typeof path === "string" && path !== "") endpoint.path = path;
  else if (isPort(port)) endpoint.port = Number(port);
  if (typeof host === "string" && host !== "") endpoint.host = host;
  return endpoint;
}

/** A port as Node takes it: a number, or text that is one. */
function isPort(value: unknown): boolean {
  if (typeof value === "number") return true;
  return typeof value === "string" && value.trim() !== "" && Number.isInteger(Number(value)) && Number(value) >= 0;
}
