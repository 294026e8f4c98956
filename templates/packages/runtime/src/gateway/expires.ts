import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

const unitSeconds: Record<string, number> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};

/** Reads a time as nginx spells it: 30, 30s, 1h30m. Null when it is none. */
export function parseSeconds(text: string): number | null {
  if (!/^(?:\d+[smhdwMy]?\s*)+$/.test(text)) {
    return null;
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([smhdwMy]?)/g)) {
    total += Number(amount) * (unitSeconds[unit || "s"] ?? 1);
  }
  return total;
}

/** The headers that `expires` adds; null when it adds none. `now` is in milliseconds. */
export function expiryHeaders(
  x: Exchange,
  answer: Answer,
  now: number,
): { expires: string; cacheControl: string } | null {
  const { expires } = x.settings;
  const value = expires === undefined ? "off" : x.expand(expires.value).trim();
  switch (value) {
    case "off":
    case "":
      return null;
    case "epoch":
      return { expires: "Thu, 01 Jan 1970 00:00:01 GMT", cacheControl: "no-cache" };
    case "max":
      return { expires: "Thu, 31 Dec 2037 23:55:55 GMT", cacheControl: "max-age=315360000" };
  }
  const seconds = parseSeconds(value.replace(/^[-+@]/, ""));
  if (seconds === null) {
    return null;
  }
  const nowSeconds = Math.floor(now / 1000);
  const negative = value.startsWith("-");
  let at = nowSeconds + (negative ? -seconds : seconds);
  if (value.startsWith("@")) {
    at = nextTimeOfDay(nowSeconds, seconds);
  } else if (expires?.modified && answer.lastModified !== undefined) {
    at = answer.lastModified + (negative ? -seconds : seconds);
  }
  const age = at - nowSeconds;
  return {
    expires: new Date(at * 1000).toUTCString(),
    cacheControl: (negative && seconds > 0) || age < 0 ? "no-cache" : `max-age=${age}`,
  };
}

/** The next moment that is so many seconds after midnight UTC. */
function nextTimeOfDay(now: number, seconds: number): number {
  const today = now - (now % 86_400) + seconds;
  return today > now ? today : today + 86_400;
}
