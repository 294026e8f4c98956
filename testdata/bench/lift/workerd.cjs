"use strict";
/**
 * Runs the Workers of a converted project in one workerd, without wrangler: its development proxy stands in front of every
 * request and would be what is measured.
 */
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const COMPATIBILITY_DATE = "2026-11-01";
const TYPES = { ".mjs": "esModule", ".cjs": "commonJsModule", ".bin": "data", ".wasm": "wasm" };

const quote = (text) => JSON.stringify(text);

/** The files below a folder, as paths relative to it. */
function filesBelow(dir) {
  return fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The modules of a Worker. An embedded file is named relative to the configuration: a path from the root is capnp's own library. */
function modulesOf(dist, dir) {
  const files = filesBelow(dist).filter((file) => TYPES[path.extname(file)]);
  const entryFirst = ["worker.mjs", ...files.filter((file) => file !== "worker.mjs")];
  return entryFirst.map((file) => `(name = ${quote(file)}, ${TYPES[path.extname(file)]} = embed ${quote(path.relative(dir, path.join(dist, file)))})`);
}

/** The service's wrangler.jsonc. Comments stand on lines of their own there, and lists may end in a comma. */
function settingsOf(service) {
  const text = fs.readFileSync(path.join(service, "wrangler.jsonc"), "utf8");
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, "").replace(/,(\s*[}\]])/g, "$1"));
}

/** A converted service as a service of workerd, for a configuration in `dir`. */
function worker(service, dir) {
  const settings = settingsOf(service);
  const classes = (settings.migrations ?? []).flatMap((migration) => migration.new_sqlite_classes ?? []);
  const bindings = [
    ...Object.entries(settings.vars ?? {}).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`),
    ...(settings.durable_objects?.bindings ?? []).map(({ name, class_name, script_name }) => {
      const elsewhere = script_name ? `(className = ${quote(class_name)}, serviceName = ${quote(script_name)})` : quote(class_name);
      return `(name = ${quote(name)}, durableObjectNamespace = ${elsewhere})`;
    }),
    ...(settings.services ?? []).map(
      ({ binding, service: name, entrypoint }) =>
        `(name = ${quote(binding)}, service = (name = ${quote(name)}, entrypoint = ${quote(entrypoint)}))`,
    ),
  ];
  const namespaces = classes.map((name) => `(className = ${quote(name)}, uniqueKey = ${quote(`${settings.name}-${name}`)}, enableSql = true)`);
  return `(name = ${quote(settings.name)}, worker = (
      compatibilityDate = ${quote(settings.compatibility_date)},
      modules = [${modulesOf(path.join(service, "dist"), dir).join(", ")}],
      durableObjectNamespaces = [${namespaces.join(", ")}],
      ${namespaces.length > 0 ? 'durableObjectStorage = (localDisk = "storage"),' : ""}
      bindings = [${bindings.join(", ")}],
    ))`;
}

/** A Worker of one module beside the configuration, as a service of workerd. Each object's class is bound by its name in capitals. */
function plainWorker(name, module, objects = []) {
  const namespaces = objects.map((object) => `(className = ${quote(object)}, uniqueKey = ${quote(object)}, enableSql = true)`);
  const bindings = objects.map((object) => `(name = ${quote(object.toUpperCase())}, durableObjectNamespace = ${quote(object)})`);
  return `(name = ${quote(name)}, worker = (
      compatibilityDate = ${quote(COMPATIBILITY_DATE)},
      modules = [(name = "worker.mjs", esModule = embed ${quote(module)})],
      durableObjectNamespaces = [${namespaces.join(", ")}],
      ${objects.length > 0 ? 'durableObjectStorage = (localDisk = "storage"),' : ""}
      bindings = [${bindings.join(", ")}],
    ))`;
}

/** The name of a converted service's Worker. */
const nameOf = (service) => settingsOf(service).name;

/**
 * Starts workerd. `services` are texts of its configuration, `reached` the names of those that get a port, "name#entrypoint" of
 * an entrypoint of theirs.
 * Resolves with the process and the ports by name.
 */
async function start({ binary, dir, services, reached, args = [] }) {
  const storage = path.join(dir, "storage");
  fs.mkdirSync(storage, { recursive: true });
  const sockets = reached.map((name) => {
    const [service, entrypoint] = name.split("#");
    const target = entrypoint ? `(name = ${quote(service)}, entrypoint = ${quote(entrypoint)})` : quote(service);
    return `(name = ${quote(name)}, address = "127.0.0.1:0", http = (), service = ${target})`;
  });
  const config = path.join(dir, "config.capnp");
  fs.writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")},
    (name = "storage", disk = (path = ${quote(storage)}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [${sockets.join(", ")}],
);
`,
  );
  const child = spawn(binary, ["serve", config, "--experimental", "--control-fd=3", ...args], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const ports = await listening(child, reached.length);
  return { child, ports };
}

function listening(child, count) {
  return new Promise((resolve, reject) => {
    const ports = new Map();
    let text = "";
    child.stdio[3].on("data", (chunk) => {
      const lines = (text + chunk).split("\n");
      text = lines.pop();
      for (const line of lines) {
        const message = JSON.parse(line);
        if (message.event === "listen") ports.set(message.socket, message.port);
      }
      if (ports.size === count) resolve(ports);
    });
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code} before it listened`)));
  });
}

/** Where the pinned workerd is, given the templates' folder. */
const binaryOf = (templates) => createRequire(path.join(templates, "package.json"))("workerd").default;

module.exports = { binaryOf, nameOf, plainWorker, start, worker };
