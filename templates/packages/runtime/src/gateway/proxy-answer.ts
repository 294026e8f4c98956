import type { Answer } from "./answer.ts";
import type { CookieRewrite, ProxyRedirect, Regex, Template } from "./config.ts";
import type { Exchange } from "./exchange.ts";

/** Headers of an upstream that belong to its connection or are nginx's own. */
const hiddenByDefault = [
  "date",
  "server",
  "x-pad",
  "x-accel-expires",
  "x-accel-redirect",
  "x-accel-limit-rate",
  "x-accel-buffering",
  "x-accel-charset",
];
const ofTheConnection = ["connection", "keep-alive", "transfer-encoding", "content-length", "content-type"];

/** Changes an upstream's answer as the proxy_* directives say. */
export function rewriteAnswer(x: Exchange, answer: Answer, pass: string, prefix: string | undefined): Answer {
  const { settings } = x;
  const { headers } = answer;
  const passed = new Set((settings.proxyPassHeaders ?? []).map((name) => name.toLowerCase()));
  for (const name of [...hiddenByDefault, ...(settings.proxyHideHeaders ?? [])]) {
    if (!passed.has(name.toLowerCase())) {
      headers.delete(name);
    }
  }
  if ((settings.proxyHideHeaders ?? []).some((name) => name.toLowerCase() === "content-type")) {
    answer.contentType = "";
  }
  for (const name of ofTheConnection) {
    headers.delete(name);
  }
  rewriteLocations(x, answer, pass, prefix);
  rewriteCookies(x, headers);
  return answer;
}

function rewriteLocations(x: Exchange, answer: Answer, pass: string, prefix: string | undefined): void {
  const { headers } = answer;
  const rules = x.settings.proxyRedirects ?? ["default"];
  if (rules === "off") {
    return;
  }
  const changes = rules.flatMap((rule) => redirectRule(rule, pass, prefix));
  const location = headers.get("location");
  const replaced = location === null ? null : replaceFirst(x, location, changes);
  if (replaced !== null) {
    // Unlike a relative Location of the upstream itself, one that was made here becomes absolute.
    answer.location = replaced;
  }
  const refresh = headers.get("refresh");
  const at = refresh?.search(/url=/i) ?? -1;
  if (refresh !== null && at >= 0) {
    const url = refresh.slice(at + 4);
    headers.set("refresh", refresh.slice(0, at + 4) + (replaceFirst(x, url, changes) ?? url));
  }
}

interface Change {
  from: Template | Regex;
  to: Template;
}

/** The default turns the URL of proxy_pass back into the location's path. */
function redirectRule(rule: ProxyRedirect, pass: string, prefix: string | undefined): Change[] {
  if (rule !== "default") {
    return [rule];
  }
  if (pass.includes("$")) {
    return [];
  }
  const hasPath = /^https?:\/\/[^/]+\//.test(pass);
  return hasPath && prefix !== undefined ? [{ from: pass, to: prefix }] : [{ from: pass + "/", to: "/" }];
}

/** The text after the first change that fits; null when none does. */
function replaceFirst(x: Exchange, text: string, changes: Change[]): string | null {
  for (const { from, to } of changes) {
    if (typeof from === "string") {
      const start = x.expand(from);
      if (text.startsWith(start)) {
        return x.expand(to) + text.slice(start.length);
      }
    } else if (x.matches(from, text)) {
      const matched = x.captures[0] ?? "";
      return text.replace(matched, () => x.expand(to));
    }
  }
  return null;
}

function rewriteCookies(x: Exchange, headers: Headers): void {
  const { proxyCookieDomains, proxyCookiePaths } = x.settings;
  if (!proxyCookieDomains && !proxyCookiePaths) {
    return;
  }
  const cookies = headers.getSetCookie();
  headers.delete("set-cookie");
  for (const cookie of cookies) {
    const [first = "", ...attributes] = cookie.split(/;\s*/);
    const rewritten = attributes.map((attribute) => {
      const [name = ""] = attribute.split("=");
      const value = attribute.slice(name.length + 1);
      switch (name.toLowerCase()) {
        case "domain":
          return `${name}=${rewriteAttribute(x, value, proxyCookieDomains, true)}`;
        case "path":
          return `${name}=${rewriteAttribute(x, value, proxyCookiePaths, false)}`;
        default:
          return attribute;
      }
    });
    headers.append("set-cookie", [first, ...rewritten].join("; "));
  }
}

/** A domain is replaced as a whole and whatever its case; a path by its beginning. */
function rewriteAttribute(x: Exchange, value: string, rules: CookieRewrite[] | undefined, whole: boolean): string {
  const changes = (rules ?? []).filter((rule) => rule !== "off");
  if (!whole) {
    return replaceFirst(x, value, changes) ?? value;
  }
  for (const { from, to } of changes) {
    if (typeof from !== "string") {
      if (x.matches(from, value)) {
        return x.expand(to);
      }
    } else if (x.expand(from).replace(/^\./, "").toLowerCase() === value.replace(/^\./, "").toLowerCase()) {
      return x.expand(to);
    }
  }
  return value;
}
