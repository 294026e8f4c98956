// Part of the packed app: the modules that are reached by names computed at run time, and what Node gives a CommonJS module.
const host = require("dock2edge:modules");

/** Image path → { load, esm }. A module that uses top-level await can only be imported: its load returns a promise. */
const modules = new Map();
/** The entry module's `module`, as `require.main`. Stays undefined for an ES module, as in Node. */
exports.main = undefined;

/** Makes a module known under its image path, to this file and to the host's own require. */
exports.add = (path, esm, load) => {
  modules.set(path, { esm, load, path });
  host.register(path, load);
};

/** Makes a package known under its name. */
exports.addPackage = (name, load) => {
  modules.set(name, { esm: false, load, path: name });
  host.register(name, load);
};

const EXTENSIONS = ["", ".js", ".json", ".cjs", ".mjs", ".ts", ".mts", ".cts", ".tsx", ".jsx"];

function normalize(path) {
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return "/" + parts.join("/");
}

function find(directory, id) {
  let path = id;
  if (path.startsWith("file://")) path = decodeURIComponent(path.slice("file://".length).replace(/[?#].*$/, ""));
  else if (path === "." || path === ".." || /^\.\.?\//.test(path)) path = directory + "/" + path;
  if (!path.startsWith("/")) return modules.get(path);
  path = normalize(path);
  // TypeScript sources name their neighbours by the file that a compiler would make of them.
  const source = path.replace(/\.([cm]?)js$/, ".$1ts");
  if (!modules.has(path) && modules.has(source)) return modules.get(source);
  for (const base of [path, path + "/index"]) {
    for (const extension of EXTENSIONS) {
      const found = modules.get(base + extension);
      if (found) return found;
    }
  }
  // A package by its folder: /app/node_modules/pg.
  const installed = /\/node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path);
  return installed ? modules.get(installed[1]) : undefined;
}

const directoryOf = (file) => file.slice(0, file.lastIndexOf("/")) || "/";

/** `require` for names that are not literals, as the module `file` sees it. */
exports.requireFrom = (file) => {
  const directory = directoryOf(file);
  return (id) => {
    const name = String(id);
    const found = find(directory, name);
    if (found) return found.load();
    return require(/^\.\.?(\/|$)/.test(name) ? normalize(directory + "/" + name) : name);
  };
};

/** `require.resolve` as the module `file` sees it. `known` has the literal names; null where there is nothing. */
exports.resolver = (file, known) => {
  const resolve = (id, options) => {
    const name = String(id);
    if (known[name]) return known[name];
    const path = /^\.\.?(\/|$)/.test(name) ? normalize(directoryOf(file) + "/" + name) : name;
    const found = find(directoryOf(file), name);
    if (found) return found.path;
    if (known[name] === null) {
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
    }
    return require.resolve(path, options);
  };
  return Object.assign(resolve, { paths: () => [] });
};

/** The module that the host asks to start instead of the app's entry: a worker thread's, or a forked program's. */
exports.requested = host.start;
exports.start = () => {
  const found = find("/", host.start);
  if (!found) throw Object.assign(new Error(`Cannot find module '${host.start}'`), { code: "MODULE_NOT_FOUND" });
  return found.load();
};

/** `import()` for names that are not literals, as the module `file` sees it. */
exports.importFrom = (file) => {
  const directory = directoryOf(file);
  const load = exports.requireFrom(file);
  return async (id) => {
    const name = String(id);
    const found = find(directory, name);
    const value = await (found ? found.load() : load(name));
    if (found ? found.esm : value && value[Symbol.toStringTag] === "Module") return value;
    const namespace = Object.create(null);
    for (const key in Object(value)) if (key !== "default") namespace[key] = value[key];
    return Object.assign(namespace, { default: value });
  };
};

/** Gives a CommonJS module the properties Node gives it. `isMain`: it is the one the process was started with. */
exports.describe = (module, file, isMain) => {
  if (isMain) exports.main = module;
  Object.assign(module, {
    id: isMain ? "." : file,
    filename: file,
    path: directoryOf(file),
    loaded: false,
    children: [],
    paths: [],
    parent: isMain ? null : exports.main,
    require: exports.requireFrom(file),
  });
};

/** Names WebAssembly bytes: their length and their FNV-1a hash. The packer computes the same. */
function fingerprint(bytes) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return `#${bytes.length}-${hash >>> 0}`;
}

/** The module that was compiled from these bytes when the Worker was deployed. */
function precompiled(source) {
  if (source instanceof ArrayBuffer) return host.wasm[fingerprint(new Uint8Array(source))];
  if (!ArrayBuffer.isView(source)) return undefined;
  return host.wasm[fingerprint(new Uint8Array(source.buffer, source.byteOffset, source.byteLength))];
}

// The packer points the plain name to the object below.
const native = globalThis.WebAssembly;

/** `WebAssembly` for packed modules: Workers compile nothing at run time, so known bytes give the module made of them. */
exports.WebAssembly = Object.create(native, {
  compile: {
    value: async (source) => precompiled(source) || native.compile(source),
  },
  instantiate: {
    value: async (source, imports) => {
      const module = precompiled(source);
      if (!module) return native.instantiate(source, imports);
      return { module, instance: await native.instantiate(module, imports) };
    },
  },
  validate: {
    value: (source) => precompiled(source) !== undefined || native.validate(source),
  },
  Module: {
    value: new Proxy(native.Module, {
      construct: (target, [source]) => precompiled(source) || new target(source),
    }),
  },
});
