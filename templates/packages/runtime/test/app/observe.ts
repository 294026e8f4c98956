/** What a client sees of an app, in a form that can be compared. */

export interface Asked {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: BodyInit;
}

export interface Observed {
  status: number;
  statusText: string;
  headers: Record<string, string | string[]>;
  body: string;
}

/** Fields of one hop, and the clock. */
const IGNORED = new Set(["connection", "date", "keep-alive", "transfer-encoding"]);

/** Values that are random in every answer. */
const RANDOM = [/(connect\.sid=)[^;]+/g, /(Expires=)[^;]+/g];

export async function observe(base: string, asked: Asked): Promise<Observed> {
  const { path, ...init } = asked;
  const response = await fetch(base + path, { ...init, redirect: "manual", signal: AbortSignal.timeout(10_000) });
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) {
    if (!IGNORED.has(name) && name !== "set-cookie") headers[name] = value;
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies.map(mask);
  return { status: response.status, statusText: response.statusText, headers, body: await response.text() };
}

function mask(text: string): string {
  return RANDOM.reduce((masked, pattern) => masked.replace(pattern, "$1*"), text);
}
