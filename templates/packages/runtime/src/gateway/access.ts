import { status, type Answer, type Outcome } from "./answer.ts";
import type { AccessRule } from "./config.ts";
import type { Exchange } from "./exchange.ts";
import { checkPassword } from "./passwords.ts";
import { fromBytes, toBytes } from "./uri.ts";

/** Decides whether the client may ask: allow/deny, password, subrequest. Null: it may. */
export async function checkAccess(x: Exchange): Promise<Outcome | null> {
  const { settings } = x;
  const limit = settings.limitExcept;
  const limited = limit !== undefined && !limit.methods.includes(x.method === "HEAD" ? "GET" : x.method);
  const rules = limited ? (limit.access ?? settings.access) : settings.access;
  const realm = limited ? (limit.authRealm ?? settings.authRealm) : settings.authRealm;
  const userFile = limited ? (limit.authUserFile ?? settings.authUserFile) : settings.authUserFile;

  const checks: (() => Outcome | null | Promise<Outcome | null>)[] = [];
  if (rules !== undefined && rules.length > 0) {
    checks.push(() => (isAllowed(rules, x.remoteAddress) ? null : status(403)));
  }
  if (realm !== undefined && userFile !== undefined) {
    const text = x.expand(realm);
    if (text !== "off") {
      checks.push(() => checkBasic(x, text, x.expand(userFile)));
    }
  }
  if (settings.authRequest !== undefined && settings.authRequest !== "off") {
    const uri = settings.authRequest;
    checks.push(() => askSubrequest(x, uri));
  }
  return settings.satisfy === "any" ? anyPasses(checks) : allPass(checks);
}

type Check = () => Outcome | null | Promise<Outcome | null>;

async function allPass(checks: Check[]): Promise<Outcome | null> {
  for (const check of checks) {
    const refused = await check();
    if (refused) {
      return refused;
    }
  }
  return null;
}

/** One check that passes is enough; else a question for a password goes before a plain refusal. */
async function anyPasses(checks: Check[]): Promise<Outcome | null> {
  let refusal: Outcome | null = null;
  for (const check of checks) {
    const refused = await check();
    if (!refused) {
      return null;
    }
    const asksForPassword = refused.kind === "status" && refused.status === 401;
    refusal = asksForPassword || refusal === null ? refused : refusal;
  }
  return refusal;
}

/** The first rule that covers the address decides; without one the client is let in. */
function isAllowed(rules: AccessRule[], address: string): boolean {
  return rules.find((rule) => covers(rule.from, address))?.allow ?? true;
}

function covers(network: string, address: string): boolean {
  if (network === "all") {
    return true;
  }
  const [base = "", bits] = network.split("/");
  const a = addressBytes(base);
  const b = addressBytes(address);
  if (a === null || b === null || a.length !== b.length) {
    return false;
  }
  const length = bits === undefined ? a.length * 8 : Number(bits);
  return a.every((byte, i) => {
    const inNetwork = Math.min(8, Math.max(0, length - i * 8));
    const mask = (0xff << (8 - inNetwork)) & 0xff;
    return (byte & mask) === ((b[i] ?? 0) & mask);
  });
}

/** The bytes of an address; an IPv4 address written as IPv6 counts as IPv4. */
function addressBytes(address: string): number[] | null {
  const v4 = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(address);
  if (v4) {
    return v4.slice(1).map(Number);
  }
  if (!address.includes(":")) {
    return null;
  }
  const [head = "", tail] = address.split("::");
  const groups = (text: string): number[] =>
    text
      .split(":")
      .filter((g) => g !== "")
      .map((g) => Number.parseInt(g, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

async function checkBasic(x: Exchange, realm: string, userFile: string): Promise<Outcome | null> {
  const unauthorized: Outcome = {
    kind: "status",
    status: 401,
    headers: new Headers({ "www-authenticate": `Basic realm="${realm}"` }),
  };
  const credentials = readCredentials(x.main.request.headers.get("authorization"));
  if (!credentials) {
    return unauthorized;
  }
  const passwords = await x.gateway.files.text(x.circumstances.env, fromBytes(userFile));
  if (passwords === null) {
    console.error(`the password file ${userFile} does not exist`);
    return status(403);
  }
  const hash = findUser(passwords, credentials.user);
  if (hash === null || !checkPassword(credentials.password, hash)) {
    return unauthorized;
  }
  x.remoteUser = toBytes(credentials.user);
  return null;
}

function readCredentials(header: string | null): { user: string; password: string } | null {
  const encoded = /^basic\s+(.+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) {
    return null;
  }
  try {
    const text = fromBytes(atob(encoded.trim()));
    const colon = text.indexOf(":");
    return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return null; // not base64
  }
}

function findUser(passwords: string, user: string): string | null {
  for (const line of passwords.split(/\r?\n/)) {
    const [name, hash] = line.split(":");
    if (name === user && hash !== undefined && !line.startsWith("#")) {
      return hash;
    }
  }
  return null;
}

/** auth_request: 2xx lets in, 401 and 403 refuse, anything else is an error. */
async function askSubrequest(x: Exchange, uri: string): Promise<Outcome | null> {
  const { exchange, answer } = await x.gateway.subrequest(x, x.expand(uri));
  await discard(answer);
  for (const { variable, value } of x.settings.authRequestSets ?? []) {
    x.variables.set(variable, exchange.expand(value));
  }
  if (answer.status >= 200 && answer.status < 300) {
    return null;
  }
  if (answer.status === 401) {
    const headers = new Headers();
    const challenge = answer.headers.get("www-authenticate") ?? exchange.upstreamHeaders?.get("www-authenticate");
    if (challenge) {
      headers.set("www-authenticate", challenge);
    }
    return { kind: "status", status: 401, headers };
  }
  if (answer.status === 403) {
    return status(403);
  }
  console.error(`auth request unexpected status: ${answer.status}`);
  return status(500);
}

async function discard(answer: Answer): Promise<void> {
  if (answer.body instanceof ReadableStream) {
    await answer.body.cancel();
  }
}
