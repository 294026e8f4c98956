/**
 * Changes to one module's text before esbuild sees it, so that it finds in the bundle what it finds in Node.
 *
 * - `__dirname`, `import.meta.url` and the like become the module's place in the image: esbuild's `define` turns them into
 *   variables, which are declared at the top of each module that mentions them.
 * - `require` and `import()` of computed names go to the registry of packed modules.
 * - `createRequire(import.meta.url)` becomes plain require, which esbuild can follow.
 */
import { posix } from "node:path";
import ts from "typescript";
import { constantsOf, fold, type FoldContext, pathNamesOf } from "./fold.ts";

/** esbuild's `define` for the variables that `rewrite` declares. */
export const definitions: Record<string, string> = {
  __dirname: "__image_dirname",
  __filename: "__image_filename",
  "import.meta.url": "__image_url",
  "import.meta.dirname": "__image_dirname",
  "import.meta.filename": "__image_filename",
  "require.main": "__image_main",
  WebAssembly: "__image_WebAssembly",
  __non_webpack_require__: "require",
};

/** The virtual module every rewritten module uses; see ./inside/modules.cjs. */
export const INSIDE = "dock2edge:inside";
/** The virtual module that registers all of the app's own modules. */
export const OWN_MODULES = "dock2edge:own-modules";
/** With a module's image path behind it: a table of what its require.resolve calls come to. */
export const RESOLVED = "dock2edge:resolved:";
/** Whether a module starts programs beside itself, by what stands in it: worker threads, or forked modules. */
export const STARTS_PROGRAMS =
  /\bworker_threads\b[^]*\bWorker\b|\bWorker\b[^]*\bworker_threads\b|\bchild_process\b[^]*\bfork\s*\(/;
/** With a module's image path behind it: the virtual module that registers what that module loads by computed names. */
export const REGISTERED = "dock2edge:registered:";

export interface RewriteOptions {
  /** The module's path in the image. */
  file: string;
  /** The image's working directory. */
  workdir: string;
  /** Is it the module the process is started with? */
  isEntry: boolean;
  /** Part of the app itself, as opposed to one of its packages? */
  isOwn: boolean;
  /** An ES module by Node's rules, or by what stands in it? */
  isEsm: boolean;
  /** Image paths of modules it loads in a way that cannot be seen. */
  loads: string[];
  /** The path on this machine of a path in the image. */
  toDisk(imagePath: string): string;
  /** Image paths of the modules whose paths begin so. */
  modulesFrom(prefix: string): string[];
}

export interface Rewritten {
  code: string;
  /** Lines (from 1) with a require or import of a name of which nothing is known. */
  unknown: number[];
  /** Image paths of the modules that a computed name of this module may mean. */
  registered: string[];
  /** Names that the module passes to require.resolve. The code reads what they come to from RESOLVED. */
  resolved: string[];
  /** Image paths, fully known, that the module makes from its own place: it may read them. */
  paths: string[];
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

const MAY_LOAD_BY_NAME = /\brequire\.resolve\b|\brequire\s*\(\s*[^"'\s)]|\bimport\s*\(\s*[^"'\s)]|\bcreateRequire\b/;
const MENTIONS_PLACE = /\b__dirname\b|\b__filename\b|\bimport\.meta\.(?:url|dirname|filename)\b|\bprocess\.cwd\b/;
const MENTIONS_ITSELF = /\b__filename\b|\bimport\.meta\.(?:url|filename)\b/;
const PACKAGE_FILE = /^(?:@[\w.-]+\/)?[\w-][\w.-]*\/[\w./-]+\.\w+$/;
/** import() as packages hide it from compilers that would make a require of it. */
const HIDDEN_IMPORT = /\bnew Function\(\s*(["'`])(\w+)\1\s*,\s*(["'`])\s*return\s+import\(\s*\2\s*\)\s*;?\s*\3\s*\)/g;
/** Bundles made by browserify and webpack pass their own `require`, but parsing a large one costs; this is far above any module. */
const MAX_PARSED = 3_000_000;

/** Parses a module's text without checking it. */
export function parseModule(file: string, text: string): ts.SourceFile {
  const kind = /\.[cm]?tsx?$/.test(file)
    ? file.endsWith("x")
      ? ts.ScriptKind.TSX
      : ts.ScriptKind.TS
    : ts.ScriptKind.JSX;
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
}

/** Is `name` a parameter or variable of a function around `node`? */
function isShadowed(node: ts.Node, name: string): boolean {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if (!ts.isFunctionLike(at)) continue;
    if (at.parameters.some((parameter) => ts.isIdentifier(parameter.name) && parameter.name.text === name)) return true;
  }
  return false;
}

/** Functions and options that take paths of files to serve, render, read or write, and do not load modules. */
const DATA_FUNCTION =
  /static|serve|send|download|view|render|template|read|write|stat|exists|access|mkdir|unlink|^rm|copy|^config$|multer|dotenv/i;
const DATA_OPTION =
  /^(?:root|views?|public|static|assets?|dest|destination|upload|templates?|partials|layouts?\w*|locales?|log\w*|filename|path|cert|key|ca)$/i;
const DATA_FOLDER =
  /\/(?:public|static|assets|views?|templates|uploads?|client|frontend|www|logs?|tmp|node_modules)(?:\/|$)/i;

/** Options whose folders and patterns, relative to the working directory, hold modules: migrations, entities, routes, jobs. */
const MODULE_OPTION =
  /^(?:dirs?|director(?:y|ies)|folders?|paths?|globs?|patterns?|entities(?:Ts)?|migrations?|subscribers?|seed(?:er)?s?|routes?(?:Dir)?|plugins?|controllers?|models?|modules?|jobs?|handlers?|resolvers?|commands?|events?|scripts?)$/i;
const MAY_HAND_FOLDER = new RegExp(`\\b(?:${MODULE_OPTION.source.slice(1, -1)})["']?\\s*:\\s*\\[?\\s*["'\`]`, "i");

/** Is a text the value of such an option, alone or in a list? */
function isModuleOption(node: ts.Expression): boolean {
  const value = ts.isArrayLiteralExpression(node.parent) ? node.parent : node;
  const { parent } = value;
  if (!ts.isPropertyAssignment(parent) || parent.initializer !== value) return false;
  return (ts.isIdentifier(parent.name) || ts.isStringLiteral(parent.name)) && MODULE_OPTION.test(parent.name.text);
}

/** Is a path made for data, judging by its name and by what it is given to? */
function isForData(node: ts.Expression, path: string): boolean {
  if (DATA_FOLDER.test(node.getText().replace(/["'`,\s]+/g, "/"))) return true;
  const parent = node.parent;
  if (ts.isPropertyAssignment(parent) && ts.isIdentifier(parent.name)) {
    // The root of a file server is given to a function, that of a job runner (bree) to a constructor.
    if (parent.name.text === "root" && ts.isNewExpression(parent.parent.parent)) return false;
    // A thread pool's filename is a module, a logger's is none.
    return DATA_OPTION.test(parent.name.text) && !(parent.name.text === "filename" && /\.[cm]?[jt]s$/.test(path));
  }
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    const name = ts.isPropertyAccessExpression(parent.expression) ? parent.expression.name : parent.expression;
    if (ts.isIdentifier(name) && DATA_FUNCTION.test(name.text)) return true;
    // app.set("views", …)
    const first = parent.arguments?.[0];
    return !!first && first !== node && ts.isStringLiteral(first) && DATA_OPTION.test(first.text);
  }
  return false;
}

/** Does a module hand its own folder to something that loads modules from there: `pack({ pkg, dir: __dirname })`? */
function isHandedOn(node: ts.Identifier): boolean {
  const { parent } = node;
  if (!ts.isPropertyAssignment(parent) || parent.initializer !== node || !ts.isIdentifier(parent.name)) return false;
  return /^(?:dir|directory|folder)$/.test(parent.name.text);
}

/** Is a folder given to a function that lists it, by whatever name that goes? */
function isListed(node: ts.Identifier): boolean {
  const { parent } = node;
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return false;
  const callee = ts.isPropertyAccessExpression(parent.expression) ? parent.expression.name : parent.expression;
  return ts.isIdentifier(callee) && /^(?:readdir|scandir|listFiles|walk)/i.test(callee.text);
}

class Rewriter {
  readonly edits: Edit[] = [];
  readonly registered = new Set<string>();
  readonly resolved = new Set<string>();
  readonly unknown: number[] = [];
  readonly paths = new Set<string>();
  usesRequire = false;
  usesResolve = false;
  usesImport = false;
  readonly #source: ts.SourceFile;
  readonly #options: RewriteOptions;
  readonly #context: FoldContext;
  /** Names of variables that hold createRequire(import.meta.url). */
  readonly #created = new Set<string>();
  readonly #startsPrograms: boolean;

  constructor(source: ts.SourceFile, options: RewriteOptions) {
    this.#source = source;
    this.#options = options;
    this.#startsPrograms = STARTS_PROGRAMS.test(source.text);
    this.#context = {
      file: options.file,
      workdir: options.workdir,
      constants: constantsOf(source),
      pathNames: pathNamesOf(source),
    };
  }

  run(): void {
    for (const file of this.#options.loads) this.registered.add(file);
    // A module may be its own worker: new Worker(__filename).
    if (this.#startsPrograms && MENTIONS_ITSELF.test(this.#source.text)) this.registered.add(this.#options.file);
    this.#findCreated(this.#source);
    this.#visit(this.#source);
  }

  #isCreateRequire(node: ts.Node | undefined): boolean {
    if (!node || !ts.isCallExpression(node)) return false;
    const callee = node.expression;
    const name = ts.isIdentifier(callee) ? callee.text : ts.isPropertyAccessExpression(callee) ? callee.name.text : "";
    const argument = node.arguments[0];
    if (name !== "createRequire" || !argument) return false;
    const place = fold(argument, this.#context);
    return place?.exact === true && place.text.replace(/^file:\/\//, "") === this.#options.file;
  }

  #findCreated(node: ts.Node): void {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && this.#isCreateRequire(node.initializer)) {
      this.#created.add(node.name.text);
    }
    ts.forEachChild(node, (child) => this.#findCreated(child));
  }

  #visit(node: ts.Node): void {
    if (ts.isCallExpression(node)) this.#call(node);
    else if (ts.isIdentifier(node) && this.#created.has(node.text)) this.#createdReference(node);
    if (ts.isExpression(node) && this.#path(node)) return;
    ts.forEachChild(node, (child) => this.#visit(child));
  }

  /** Notes a path made from the module's own place; true when nothing below the node has to be looked at. */
  #path(node: ts.Expression): boolean {
    if (ts.isStringLiteralLike(node)) {
      const { isOwn, workdir } = this.#options;
      if (isOwn && this.#startsPrograms && /^\.\.?\/.*\.[cm]?[jt]s$/.test(node.text))
        this.#mayBeLoaded(posix.join(workdir, node.text));
      const isRelative = node.text !== "" && !/^(?:\/|\.*$|\w+:)/.test(node.text);
      if (isOwn && isRelative && isModuleOption(node)) this.#mayBeLoaded(posix.join(workdir, node.text));
      return false;
    }
    if (ts.isIdentifier(node)) {
      // A package that lists its own folder reads what it finds there: Bee-Queue's scripts.
      if (node.text === "__dirname" && isListed(node)) this.paths.add(posix.dirname(this.#options.file));
      if (node.text === "__dirname" && isHandedOn(node)) this.#registerFrom(`${posix.dirname(this.#options.file)}/`);
      return false;
    }
    const folded = fold(node, this.#context);
    if (!folded?.exact) return false;
    const path = folded.text.replace(/^file:\/\//, "");
    if (!path.startsWith("/")) return false;
    this.paths.add(posix.normalize(path));
    if (this.#options.isOwn && !isForData(node, path)) this.#mayBeLoaded(posix.normalize(path));
    else if (this.#startsPrograms && /\.[cm]?[jt]s$/.test(path)) this.#mayBeLoaded(posix.normalize(path));
    return !(ts.isCallExpression(node) && this.#isCreateRequire(node));
  }

  /**
   * The app hands a path of its own to something: a folder for @fastify/autoload, a pattern for TypeORM's entities, a file for
   * a queue's workers. Whoever gets it loads modules by names no one can see, so what the path may mean is registered.
   */
  #mayBeLoaded(path: string): void {
    const wild = path.search(/[*?[{]/);
    const prefix = wild < 0 ? path : path.slice(0, path.lastIndexOf("/", wild) + 1);
    if (wild < 0 && `${this.#options.file}/`.startsWith(`${path}/`)) return;
    const isFile = /\.[cm]?[jt]sx?$/.test(path);
    this.#registerFrom(wild < 0 && !isFile ? `${path}/` : prefix);
  }

  #registerFrom(prefix: string): void {
    for (const file of this.#options.modulesFrom(prefix)) if (file !== this.#options.file) this.registered.add(file);
  }

  #call(node: ts.CallExpression): void {
    const callee = node.expression;
    const argument = node.arguments[0];
    if (callee.kind === ts.SyntaxKind.ImportKeyword) {
      if (argument) this.#load(callee, argument, "__image_import");
      return;
    }
    if (this.#isCreateRequire(callee)) {
      if (argument) this.#loadCreated(callee, argument);
      return;
    }
    if (ts.isPropertyAccessExpression(callee) && callee.name.text === "resolve" && ts.isIdentifier(callee.expression)) {
      const object = callee.expression.text;
      if (this.#created.has(object) || (object === "require" && !isShadowed(node, "require")))
        this.#resolve(callee, argument);
      return;
    }
    if (!ts.isIdentifier(callee) || !argument) return;
    if (this.#created.has(callee.text)) this.#loadCreated(callee, argument);
    else if (callee.text === "require" && !isShadowed(node, "require")) this.#load(callee, argument, "__image_require");
  }

  #loadCreated(callee: ts.Expression, argument: ts.Expression): void {
    if (ts.isStringLiteralLike(argument)) this.#replace(callee, "require");
    else this.#load(callee, argument, "__image_require", "require");
  }

  /** require.resolve: what a literal name comes to is known when packing. */
  #resolve(callee: ts.Expression, argument: ts.Expression | undefined): void {
    const folded = argument && fold(argument, this.#context);
    if (argument && folded?.exact && !folded.text.startsWith("/")) this.resolved.add(folded.text);
    else if (argument && !folded?.exact) this.#mayResolve(this.#source);
    this.usesResolve = true;
    this.#replace(callee, "__image_resolve");
  }

  /** A computed name is one of the texts of its module that look like a package's file: socket.io 2 resolves its client so. */
  #mayResolve(node: ts.Node): void {
    if (ts.isStringLiteralLike(node) && PACKAGE_FILE.test(node.text)) this.resolved.add(node.text);
    ts.forEachChild(node, (child) => this.#mayResolve(child));
  }

  /** A require or import(): left alone for a literal, made one where the name can be known, else sent to the registry. */
  #load(
    callee: ts.Expression,
    argument: ts.Expression,
    by: "__image_require" | "__image_import",
    plain?: string,
  ): void {
    if (ts.isStringLiteralLike(argument)) return;
    const folded = fold(argument, this.#context);
    const name = folded?.text.replace(/^file:\/\//, "") ?? "";
    if (folded?.exact) {
      if (plain) this.#replace(callee, plain);
      this.#replace(argument, JSON.stringify(name.startsWith("/") ? this.#options.toDisk(name) : name));
      return;
    }
    this.#replace(callee, by);
    if (by === "__image_import") this.usesImport = true;
    else this.usesRequire = true;
    if (!/^(?:\/|\.\.?\/)/.test(name)) {
      if (name === "") this.unknown.push(this.#source.getLineAndCharacterOfPosition(callee.getStart()).line + 1);
      return;
    }
    const prefix = name.startsWith("/") ? name : posix.join(posix.dirname(this.#options.file), name);
    const whole = name.endsWith("/") && !prefix.endsWith("/") ? `${prefix}/` : prefix;
    this.#registerFrom(whole);
  }

  /** A mention of a variable made by createRequire: its declaration and uses that are no plain call get another name. */
  #createdReference(node: ts.Identifier): void {
    const parent = node.parent;
    if (ts.isCallExpression(parent) && parent.expression === node) return;
    if (ts.isPropertyAccessExpression(parent)) {
      if (parent.name === node) return;
      if (parent.name.text === "resolve" && ts.isCallExpression(parent.parent)) return;
    }
    if (ts.isPropertyAssignment(parent) && parent.name === node) return;
    this.#replace(
      node,
      ts.isShorthandPropertyAssignment(parent) ? `${node.text}: __created_${node.text}` : `__created_${node.text}`,
    );
  }

  #replace(node: ts.Node, text: string): void {
    this.edits.push({ start: node.getStart(this.#source), end: node.getEnd(), text });
  }
}

function apply(text: string, edits: Edit[]): string {
  let out = text;
  for (const edit of [...edits].sort((a, b) => b.start - a.start))
    out = out.slice(0, edit.start) + edit.text + out.slice(edit.end);
  return out;
}

/**
 * The declarations a module needs, for the top of its text and on one line, so that line numbers stay. ES modules get the
 * helpers by import: they may have a `require` of their own.
 */
function declarations(text: string, options: RewriteOptions, found: Rewriter | undefined): string {
  const quote = JSON.stringify;
  const parts: string[] = [];
  if (/\b__dirname\b|\bimport\.meta\.dirname\b/.test(text))
    parts.push(`var __image_dirname=${quote(posix.dirname(options.file))}`);
  if (/\b__filename\b|\bimport\.meta\.filename\b/.test(text)) parts.push(`var __image_filename=${quote(options.file)}`);
  if (/\bimport\.meta\.url\b/.test(text)) parts.push(`var __image_url=${quote(`file://${encodeURI(options.file)}`)}`);
  if (!options.isEsm && usesModuleObject(text, options.isEntry)) {
    parts.push(`__image_inside.describe(module,${quote(options.file)},${options.isEntry})`);
  }
  if (/\brequire\.main\b/.test(text)) parts.push("var __image_main=__image_inside.main");
  if (/\bWebAssembly\b/.test(text)) parts.push("var __image_WebAssembly=__image_inside.WebAssembly");
  if (found?.usesRequire) parts.push(`var __image_require=__image_inside.requireFrom(${quote(options.file)})`);
  if (found?.usesImport) parts.push(`var __image_import=__image_inside.importFrom(${quote(options.file)})`);
  if (found?.usesResolve)
    parts.push(`var __image_resolve=__image_inside.resolver(${quote(options.file)},__image_resolved)`);
  const helpers: string[] = [];
  if (found?.usesResolve) {
    const id = quote(RESOLVED + options.file);
    helpers.push(options.isEsm ? `import __image_resolved from ${id}` : `var __image_resolved=require(${id})`);
  }
  const load = (id: string): string => (options.isEsm ? `import ${quote(id)}` : `require(${quote(id)})`);
  if (parts.some((part) => part.includes("__image_inside"))) {
    helpers.push(
      options.isEsm ? `import __image_inside from ${quote(INSIDE)}` : `var __image_inside=require(${quote(INSIDE)})`,
    );
  }
  if (found && found.registered.size > 0) helpers.push(load(REGISTERED + options.file));
  if (found && found.unknown.length > 0 && options.isOwn) helpers.push(load(OWN_MODULES));
  return [...helpers, ...parts].map((part) => `${part};`).join("");
}

/** Does the module use more of `module` than `module.exports`? The entry always gets it, being what require.main is. */
function usesModuleObject(text: string, isEntry: boolean): boolean {
  return isEntry || /\bmodule\b/.test(text.replace(/\bmodule\s*\.\s*exports\b|typeof module\b/g, ""));
}

/**
 * Where declarations go: behind the comments and the "use strict" that a file may begin with, at its start without one.
 * A scan by hand, as a regular expression for this takes exponential time on some minified files.
 */
export function endOfPrologue(text: string): number {
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at++;
    if (text.startsWith("//", at)) at = text.indexOf("\n", at);
    else if (text.startsWith("/*", at)) at = text.indexOf("*/", at) + 1;
    else break;
    if (at <= 0) return 0;
    at++;
  }
  const directive = /^(["'])use strict\1[ \t]*;?/.exec(text.slice(at, at + 40));
  return directive ? at + directive[0].length : 0;
}

export function rewrite(text: string, options: RewriteOptions): Rewritten {
  let code = text.startsWith("#!") ? `//${text}` : text;
  code = code.replace(/\beval\(\s*(["'`])(require|module)\1\s*\)/g, "$2");
  code = code.replace(HIDDEN_IMPORT, "(($2) => import($2))");
  let found: Rewriter | undefined;
  const isOfInterest =
    MAY_LOAD_BY_NAME.test(code) || MENTIONS_PLACE.test(code) || (options.isOwn && MAY_HAND_FOLDER.test(code));
  if (code.length <= MAX_PARSED && isOfInterest) {
    found = new Rewriter(parseModule(options.file, code), options);
    found.run();
  }
  const head = declarations(code, options, found);
  if (found) code = apply(code, found.edits);
  const end = endOfPrologue(code);
  if (head) code = code.slice(0, end) + (end > 0 ? ";" : "") + head + code.slice(end);
  return {
    code,
    unknown: found?.unknown ?? [],
    registered: [...(found?.registered ?? [])],
    resolved: [...(found?.resolved ?? [])],
    paths: [...(found?.paths ?? [])],
  };
}

/** Where a module that is not there is asked for, and whether the code is ready for its absence. */
export function findLoads(file: string, text: string, name: string): { line: number; guarded: boolean }[] {
  const source = parseModule(file, text);
  const found: { line: number; guarded: boolean }[] = [];
  const add = (node: ts.Node): void => {
    found.push({
      line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
      guarded: isGuarded(node),
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0])) {
      if (node.arguments[0].text === name) add(node);
    } else if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      if (ts.isStringLiteral(node.moduleSpecifier) && node.moduleSpecifier.text === name) add(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Inside the block of a `try`, or of an `import()` whose failure is caught. */
function isGuarded(node: ts.Node): boolean {
  for (let at = node; at.parent; at = at.parent) {
    if (ts.isTryStatement(at.parent) && at.parent.tryBlock === at) return true;
    if (ts.isPropertyAccessExpression(at.parent) && at.parent.name.text === "catch") return true;
  }
  return false;
}
