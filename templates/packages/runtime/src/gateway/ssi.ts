import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { fromBytes, toArray, toBytes, type Bytes } from "./uri.ts";

const defaultError = "[an error occurred while processing the directive]";

const command = /<!--#\s*([a-z]+)((?:\s+[a-z]+="(?:[^"\\]|\\.)*")*)\s*-->/g;
const parameter = /([a-z]+)="((?:[^"\\]|\\.)*)"/g;

/** The state of one page: which parts of an if are shown, and what `config` has set. */
interface Page {
  /** For each open `if`: whether its current part is shown, and whether one of its parts was shown already. */
  branches: { shown: boolean; taken: boolean }[];
  error: string;
  blocks: Map<string, string>;
  openBlock: { name: string; text: string } | null;
}

/** Fills in server-side includes: include, echo, set, if, config and block. */
export async function applySsi(x: Exchange, answer: Answer): Promise<void> {
  const types = ["text/html", ...(x.settings.ssiTypes ?? [])];
  const [type = ""] = answer.contentType.split(";");
  if (!x.settings.ssi || !(types.includes(type.trim()) || types.includes("*")) || answer.status !== 200) {
    return;
  }
  const body = answer.read && answer.length !== null ? await answer.read(0, answer.length) : answer.body;
  const source = bytesOf(new Uint8Array(await new Response(body).arrayBuffer()));
  answer.body = toArray(await fill(x, source));
  answer.length = null;
  delete answer.read;
  delete answer.lastModified;
  delete answer.etag;
}

function bytesOf(array: Uint8Array): Bytes {
  let text = "";
  for (let at = 0; at < array.length; at += 0x8000) {
    text += String.fromCharCode(...array.subarray(at, at + 0x8000));
  }
  return text;
}

async function fill(x: Exchange, source: Bytes): Promise<Bytes> {
  const page: Page = { branches: [], error: defaultError, blocks: new Map(), openBlock: null };
  let out = "";
  const write = (text: Bytes): void => {
    if (page.branches.some((b) => !b.shown)) {
      return;
    }
    if (page.openBlock) {
      page.openBlock.text += text;
    } else {
      out += text;
    }
  };
  let at = 0;
  for (const match of source.matchAll(command)) {
    write(source.slice(at, match.index));
    at = match.index + match[0].length;
    const parameters = new Map(
      Array.from((match[2] ?? "").matchAll(parameter), ([, name = "", value = ""]) => [
        name,
        value.replace(/\\(.)/g, "$1"),
      ]),
    );
    write(await runCommand(x, page, match[1] ?? "", parameters));
  }
  write(source.slice(at));
  return out;
}

async function runCommand(x: Exchange, page: Page, name: string, p: Map<string, string>): Promise<Bytes> {
  if (branch(x, page, name, p) || page.branches.some((b) => !b.shown)) {
    return "";
  }
  switch (name) {
    case "include":
      return include(x, page, p);
    case "echo":
      return echo(x, p);
    case "set":
      x.main.variables.set(p.get("var") ?? "", expandValue(x, p.get("value") ?? ""));
      return "";
    case "config":
      page.error = p.get("errmsg") ?? page.error;
      return "";
    case "block":
      page.openBlock = { name: p.get("name") ?? "", text: "" };
      return "";
    case "endblock":
      if (page.openBlock) {
        page.blocks.set(page.openBlock.name, page.openBlock.text);
        page.openBlock = null;
      }
      return "";
    default:
      return page.error;
  }
}

/** Follows if, elif, else and endif; true for these. */
function branch(x: Exchange, page: Page, name: string, p: Map<string, string>): boolean {
  const current = page.branches.at(-1);
  const outer = page.branches.slice(0, -1).every((b) => b.shown);
  switch (name) {
    case "if": {
      const shown = page.branches.every((b) => b.shown) && holds(x, p.get("expr") ?? "");
      page.branches.push({ shown, taken: shown });
      return true;
    }
    case "elif":
      if (current) {
        current.shown = outer && !current.taken && holds(x, p.get("expr") ?? "");
        current.taken ||= current.shown;
      }
      return true;
    case "else":
      if (current) {
        current.shown = outer && !current.taken;
        current.taken = true;
      }
      return true;
    case "endif":
      page.branches.pop();
      return true;
    default:
      return false;
  }
}

/** `$x` · `$x = text` · `$x != text` · `$x = /regex/` */
function holds(x: Exchange, expression: string): boolean {
  const match = /^(.*?)(?:\s*(!?=)\s*(.*))?$/s.exec(expression.trim());
  const left = expandValue(x, match?.[1] ?? "");
  if (match?.[2] === undefined) {
    return left !== "";
  }
  const right = match[3] ?? "";
  const pattern = /^\/(.*)\/$/s.exec(right)?.[1];
  const equal = pattern === undefined ? left === expandValue(x, right) : x.matches({ pattern }, left);
  return equal === (match[2] === "=");
}

function expandValue(x: Exchange, text: Bytes): Bytes {
  let out = "";
  for (const part of x.gateway.parts(fromBytes(text))) {
    out += "text" in part ? part.text : lookUp(x, part.variable);
  }
  return out;
}

function lookUp(x: Exchange, name: string): Bytes {
  return x.main.variables.get(name) ?? x.gateway.variable(name.toLowerCase(), x);
}

function echo(x: Exchange, p: Map<string, string>): Bytes {
  const value = lookUp(x, p.get("var") ?? "") || (p.get("default") ?? "(none)");
  switch (p.get("encoding") ?? "entity") {
    case "none":
      return value;
    case "url":
      return toBytes(encodeURIComponent(fromBytes(value)));
    default:
      return value.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
  }
}

async function include(x: Exchange, page: Page, p: Map<string, string>): Promise<Bytes> {
  const uri = p.get("virtual") ?? p.get("file");
  if (uri === undefined) {
    return page.error;
  }
  const path = expandValue(x, uri);
  const { exchange, answer } = await x.gateway.subrequest(x, path.startsWith("/") ? path : directoryOf(x.uri) + path);
  await applySsi(exchange, answer);
  const body = answer.read && answer.length !== null ? await answer.read(0, answer.length) : answer.body;
  const text = bytesOf(new Uint8Array(await new Response(body).arrayBuffer()));
  const setName = p.get("set");
  if (setName !== undefined) {
    x.main.variables.set(setName, text);
    return "";
  }
  const stub = p.get("stub");
  if (stub !== undefined && (text === "" || answer.status >= 400)) {
    return page.blocks.get(stub) ?? "";
  }
  return text;
}

function directoryOf(uri: Bytes): Bytes {
  return uri.slice(0, uri.lastIndexOf("/") + 1);
}
