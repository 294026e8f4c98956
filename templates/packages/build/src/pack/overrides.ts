/**
 * Packages that need help in a Worker, as data: what is wrong with them there, and how the packer mends it.
 *
 * An entry is the last resort. What can be mended for every package at once belongs into the packer or the runtime.
 */

/** How a package is mended. */
export type Mend =
  /** A file of the package takes the place of another. */
  | { kind: "file"; file: string; use: string }
  /** The package's modules are replaced by one of this tool's adapters. */
  | { kind: "adapter"; adapter: string }
  /** The package is replaced by another package, which this tool brings along. */
  | { kind: "package"; use: string }
  /** A text in one of the package's files is replaced. */
  | { kind: "edit"; file: string; find: RegExp; replace: string };

export interface Override {
  /** Names of the packages. */
  packages: string[];
  /** Versions from this one on; all when undefined. */
  since?: string;
  why: string;
  mend: Mend | Mend[];
}

export const overrides: Override[] = [
  {
    packages: ["depd"],
    why: "compiles a wrapper function with new Function for each deprecated function; its browser build does not",
    mend: { kind: "file", file: "index.js", use: "lib/browser/index.js" },
  },
  {
    packages: ["graceful-fs"],
    why: "patches the real fs and reads its internals; queueing for free descriptors has no purpose in memory",
    mend: { kind: "adapter", adapter: "graceful-fs.cjs" },
  },
  {
    packages: ["pg-cloudflare"],
    why: "replaces the socket by cloudflare:sockets, which knows nothing of the services of the project",
    mend: { kind: "adapter", adapter: "pg-cloudflare.cjs" },
  },
  {
    packages: ["optional-require", "require_optional", "require-at"],
    why: "looks packages up on disk by computed names",
    mend: { kind: "adapter", adapter: "optional-require.cjs" },
  },
  {
    packages: ["jiti"],
    why: "compiles modules when they are loaded; the packer has compiled those it can be asked for",
    mend: { kind: "adapter", adapter: "jiti.cjs" },
  },
  {
    packages: ["spdy"],
    why: "builds HTTP/2 on the inside of Node's own HTTP parser (process.binding) as soon as it is loaded",
    mend: { kind: "adapter", adapter: "spdy.cjs" },
  },
  {
    packages: ["bcrypt"],
    why: "is a native addon; bcryptjs is the same algorithm and API in JavaScript",
    mend: { kind: "package", use: "bcryptjs" },
  },
  {
    packages: ["better-sqlite3"],
    why: "its compiled part cannot be loaded; the runtime has SQLite in its place, below the package's own JavaScript",
    mend: {
      kind: "edit",
      file: "lib/database.js",
      find: /require\((["'])bindings\1\)\((["'])better_sqlite3\.node\2\)/,
      replace: 'require("dock2edge:sqlite")["better-sqlite3"]()',
    },
  },
  {
    packages: ["sqlite3", "@louislam/sqlite3", "@vscode/sqlite3"],
    why: "its compiled part cannot be loaded; the runtime has SQLite in its place, below the package's own JavaScript",
    mend: ["lib/sqlite3-binding.js", "lib/binding.js"].map((file) => ({
      kind: "edit",
      file,
      find: /^[^]*$/,
      replace: 'module.exports = require("dock2edge:sqlite").sqlite3();',
    })),
  },
  {
    packages: ["libsql"],
    why: "its compiled part cannot be loaded; the runtime has SQLite in its place, below the package's own JavaScript",
    mend: ["index.js", "promise.js"].map((file) => ({
      kind: "edit",
      file,
      find: /let target = currentTarget\(\);/,
      replace: 'return require("dock2edge:sqlite").libsql();',
    })),
  },
  {
    packages: ["mysql2"],
    since: "3.11.0",
    why: "compiles row parsers with new Function unless disableEval is set",
    mend: {
      kind: "edit",
      file: "lib/connection_config.js",
      find: /this\.disableEval\s*=\s*Boolean\(options\.disableEval\)/,
      replace: "this.disableEval = true",
    },
  },
  {
    packages: ["cls-hooked", "continuation-local-storage"],
    why: "keeps its contexts by hooks into Node's event loop, which Workers do not have; AsyncLocalStorage does the same",
    mend: { kind: "adapter", adapter: "cls-hooked.cjs" },
  },
  {
    packages: ["thread-stream"],
    why: "writes logs in a thread, by shared memory on which both sides sleep; the transport can run beside its user",
    mend: { kind: "adapter", adapter: "thread-stream.cjs" },
  },
  {
    packages: ["http2-wrapper"],
    why: "takes a class out of the internals of Node's TLS sockets, for HTTP/2 through proxies; got loads it and does not need that",
    mend: {
      kind: "edit",
      file: "source/utils/js-stream-socket.js",
      find: /\(new tls\.TLSSocket\(new stream\.PassThrough\(\)\)\)\._handle\._parentWrap\.constructor/,
      replace: "tls.TLSSocket",
    },
  },
  {
    packages: [
      "@instana/collector",
      "@sentry/profiling-node",
      "appdynamics",
      "applicationinsights",
      "dd-trace",
      "elastic-apm-node",
      "newrelic",
      "skywalking-backend-js",
    ],
    why: "hooks into Node's module loader and event loop, which are not there; Workers have their own observability",
    mend: { kind: "adapter", adapter: "nothing.cjs" },
  },
];

const numbers = (version: string): number[] => version.split(/[.+-]/).slice(0, 3).map(Number);

/** Is `version` at least `since`? */
export function isSince(version: string, since: string): boolean {
  const [a, b] = [numbers(version), numbers(since)];
  for (let i = 0; i < 3; i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
  return true;
}

/** How a package is mended in a version; nothing for most. */
export function findMends(name: string, version: string, list: Override[] = overrides): Mend[] {
  const found = list.find((entry) => entry.packages.includes(name) && (!entry.since || isSince(version, entry.since)));
  return found ? [found.mend].flat() : [];
}

/**
 * Packages that others load by a name they compute: view engines (Express, consolidate), database drivers (Knex, Sequelize,
 * TypeORM). They are packed when package.json lists them, whether or not an import names them.
 */
export const loadedByName = new Set(
  `art-template atpl better-sqlite3 bracket-template dot dust dustjs-linkedin ect ejs eta express-handlebars haml-coffee hamlet
   hamljs handlebars hbs hogan.js htmling ioredis jade jazz jqtpl just libsql liquid liquidjs liquor lodash marko mongodb mote mssql mustache
   mysql mysql2 nunjucks oracledb pg pg-hstore pg-native pg-query-stream pino-pretty plates pug qejs ractive razor redis slm sql.js sqlite3
   squirrelly swig swig-templates tedious teacup templayed tinyliquid toffee twig twing underscore vash velocityjs walrus whiskers`.split(
    /\s+/,
  ),
);

/** Dependencies that others load by a name the app gives in a string: pino's transports. */
export const LOADED_BY_OPTION = /^pino-|^@[^/]+\/pino(?:-|$)/;

/** Modules of packages that are loaded by a path in a way the packer cannot see, by the module that does so. */
export const loadedByPath: Record<string, Record<string, string[]>> = {
  log4js: {
    "lib/appenders/index.js": ["multiFile", "multiprocess", "recording", "tcp-server"].map(
      (name) => `lib/appenders/${name}.js`,
    ),
  },
  pino: { "lib/transport.js": ["lib/worker.js", "lib/worker-pipeline.js", "file.js"] },
};

/**
 * Files of packages that are read from disk at run time in a way the packer cannot see. Globs below the package; WebAssembly is
 * compiled too.
 */
export const readAtRunTime: Record<string, string[]> = {
  "@bull-board/ui": ["dist/**"],
  "@fastify/swagger-ui": ["static/**"],
  "geoip-lite": ["data/**"],
  rapidoc: ["dist/**"],
  redoc: ["bundles/**"],
  "socket.io": ["client-dist/**"],
  "sql.js": ["dist/sql-wasm.wasm"],
  "swagger-ui-dist": ["*.js", "*.css", "*.html", "*.png", "*.map", "package.json"],
};
