/** Starts nginx itself with a case's configuration, on free ports and below a temporary folder. */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileTime, imageFiles, type Case } from "./cases.ts";
import { startUpstream, type NodeUpstream } from "./node-upstream.ts";

export interface RealNginx {
  /** The port that stands for a port of the container. */
  port(containerPort: number): number;
  /** Undoes in a text what the real addresses have put there. */
  unmask(text: string): string;
  stop(): Promise<void>;
}

const officialMain = `
worker_processes auto;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  include /etc/nginx/conf.d/*.conf;
}`;

const officialServer = `server {
  listen 80;
  server_name localhost;
  location / { root /usr/share/nginx/html; index index.html index.htm; }
  error_page 500 502 503 504 /50x.html;
  location = /50x.html { root /usr/share/nginx/html; }
}`;

/** The binary and the MIME table that come with it. */
const binary = process.env.NGINX ?? "nginx";
const mimeTypes = process.env.NGINX_MIME_TYPES ?? "/etc/nginx/mime.types";

export async function startNginx(c: Case): Promise<RealNginx> {
  const prefix = mkdtempSync(join(tmpdir(), `nginx-${c.name}-`));
  cpSync(join(c.folder, "image"), prefix, { recursive: true });
  for (const path of imageFiles(c)) utimesSync(join(prefix, path), fileTime, fileTime);
  addOfficialFiles(c, prefix);

  const ports = new Map<number, number>();
  const upstreams = new Map<string, NodeUpstream>();
  const files = configurationFiles(prefix);
  for (const [, port] of files.flatMap((file) => [...readFileSync(file, "utf8").matchAll(/listen\s+(\d+)/g)])) {
    if (!ports.has(Number(port))) ports.set(Number(port), await freePort());
  }
  for (const file of files) {
    const text = await localise(c, readFileSync(file, "utf8"), prefix, ports, upstreams);
    writeFileSync(file, text);
  }
  const child = spawn(
    binary,
    ["-p", prefix, "-c", join(prefix, "etc/nginx/nginx.conf"), "-e", join(prefix, "error.log"), "-g", globals(prefix)],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let complaints = "";
  child.stderr.on("data", (chunk) => (complaints += chunk));
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new Error(`${binary}: ${error.message} (apt-get install nginx-light)`)));
    child.once("exit", () => reject(new Error(`nginx ended: ${complaints}`)));
  });
  failed.catch(() => {}); // reported by the race
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    for (const upstream of upstreams.values()) await upstream.stop();
    rmSync(prefix, { recursive: true, force: true });
  };
  try {
    await Promise.race([
      failed,
      Promise.all([...ports.values()].map((port) => answers(port, () => child.exitCode !== null))),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port: (containerPort) => ports.get(containerPort)!,
    unmask(text) {
      for (const [name, upstream] of upstreams) text = text.replaceAll(`127.0.0.1:${upstream.port}`, name);
      for (const port of ports.values()) text = text.replaceAll(`:${port}`, "");
      return text;
    },
    stop,
  };
}

function globals(prefix: string): string {
  return `daemon off; user root; worker_processes 1; pid ${prefix}/nginx.pid; error_log ${prefix}/error.log info;`;
}

/** The files of the official image that the case does not replace, and its templates filled in. */
function addOfficialFiles(c: Case, prefix: string): void {
  const etc = join(prefix, "etc/nginx");
  mkdirSync(join(etc, "conf.d"), { recursive: true });
  if (!existsSync(join(etc, "nginx.conf"))) writeFileSync(join(etc, "nginx.conf"), officialMain);
  const server = join(etc, "conf.d/default.conf");
  if (!existsSync(server)) writeFileSync(server, officialServer);
  if (!existsSync(join(etc, "mime.types"))) cpSync(mimeTypes, join(etc, "mime.types"));
  const templates = join(etc, "templates");
  for (const name of existsSync(templates) ? readdirSync(templates) : []) {
    const text = readFileSync(join(templates, name), "utf8").replace(
      /\$\{(\w+)\}|\$(\w+)/g,
      (match, braced?: string, bare?: string) => c.env[braced ?? bare ?? ""] ?? match,
    );
    writeFileSync(join(etc, "conf.d", name.replace(/\.template$/, "")), text);
  }
  rmSync(templates, { recursive: true, force: true });
}

function configurationFiles(folder: string): string[] {
  const etc = join(folder, "etc/nginx");
  const isConfiguration = (name: string): boolean => /\.conf$/.test(name);
  return readdirSync(etc, { recursive: true, encoding: "utf8" })
    .filter(isConfiguration)
    .map((name) => join(etc, name));
}

/** Moves a configuration to this machine: folders below the prefix, ports and services to free ports of the loopback. */
async function localise(
  c: Case,
  source: string,
  prefix: string,
  ports: Map<number, number>,
  upstreams: Map<string, NodeUpstream>,
): Promise<string> {
  let text = source
    .replace(/^\s*(?:user|worker_processes|pid|error_log|daemon)\s[^;]*;/gm, "")
    .replace(/listen\s+\[::\][^;]*;/g, "")
    .replace(/access_log\s[^;]*;/g, "")
    .replace(/(\s)(\/(?:etc\/nginx|usr\/share\/nginx|srv|var\/www)\b)/g, `$1${prefix}$2`)
    .replace(/\bhttp\s*\{/, (open) => `${open}\n${scratch(prefix)}`);
  text = text.replace(/listen\s+(\d+)/g, (_, port) => `listen 127.0.0.1:${ports.get(Number(port))}`);
  text = text.replace(/\/\/localhost:(\d+)/g, (_, port) => `//127.0.0.1:${ports.get(Number(port))}`);
  const names = [...Object.keys(c.peers), ...c.down].join("|");
  const pattern = new RegExp(
    `(//|\\bserver\\s+|^\\s*(?:default|\\S+)\\s+)((?:${names || "\\0"})(?::\\d+)?)(?=[/;\\s$?])`,
    "gm",
  );
  for (const [, , address = ""] of text.matchAll(pattern)) {
    if (upstreams.has(address)) continue;
    const [host = "", port = "80"] = address.split(":");
    const upstream = await startUpstream({ host, port });
    if (c.down.includes(host)) await upstream.stop(); // its port refuses connections from now on
    upstreams.set(address, c.down.includes(host) ? { ...upstream, stop: async () => {} } : upstream);
  }
  return text.replace(pattern, (match, before: string, address: string) => {
    const upstream = upstreams.get(address);
    return upstream ? `${before}127.0.0.1:${upstream.port}` : match;
  });
}

/** What the http block needs on this machine: no version in answers, and temporary files below the prefix. */
function scratch(prefix: string): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const folders = kinds.map((kind) => `${kind}_temp_path ${join(prefix, "tmp-" + kind)};`);
  return `server_tokens off; access_log off; ${folders.join(" ")}\n`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until something accepts connections on a port, or there is no point in waiting. */
async function answers(port: number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (accepted) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
